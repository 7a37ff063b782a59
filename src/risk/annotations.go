package risk

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Annotations say which frameworks a search maps to: analytic_story, cis20,
// kill_chain_phases, mitre_attack, nist and whatever else stands there.
type Annotations struct {
	// Raw is the JSON as written; "" when there are none.
	Raw string
	// Frameworks are in the order of the JSON.
	Frameworks []Framework
}

// Framework is one annotation and its values as text: {"mitre_attack", {"T1218"}},
// {"impact", {"80"}}.
type Framework struct {
	Name   string
	Values []string
}

// Values are those of a framework, none when there is no such.
func (a Annotations) Values(framework string) []string {
	for _, f := range a.Frameworks {
		if f.Name == framework {
			return f.Values
		}
	}
	return nil
}

// ReadAnnotations reads the JSON of action.correlationsearch.annotations: an
// object of lists and single values. JSON that cannot be read gives its Raw
// alone and the error.
func ReadAnnotations(text string) (Annotations, error) {
	out := Annotations{Raw: text}
	if text == "" {
		return out, nil
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return out, err
	}
	for _, name := range keysInOrder(text) {
		if raw, ok := values[name]; ok {
			out.Frameworks = append(out.Frameworks, Framework{name, Scalars(raw)})
			delete(values, name)
		}
	}
	return out, nil
}

// keysInOrder are the names of a JSON object that is known to be one.
func keysInOrder(text string) []string {
	d := json.NewDecoder(strings.NewReader(text))
	var out []string
	if _, err := d.Token(); err != nil {
		return nil
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return out
		}
		if s, ok := name.(string); ok {
			out = append(out, s)
		}
		var skip json.RawMessage
		if d.Decode(&skip) != nil {
			return out
		}
	}
	return out
}

// Scalars are the values of a JSON value as text: a list's items, or the one
// value; null has none.
func Scalars(raw json.RawMessage) []string {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		items = []json.RawMessage{raw}
	}
	var out []string
	for _, item := range items {
		item = bytes.TrimSpace(item)
		var s string
		switch {
		case len(item) == 0 || string(item) == "null":
		case json.Unmarshal(item, &s) == nil:
			out = append(out, s)
		default:
			out = append(out, string(item))
		}
	}
	return out
}

// context are annotations that map to no security framework; they are no part of
// annotations._all.
var context = []string{"analytic_story", "confidence", "context", "data_source", "impact", "observable", "type", "type_list"}

// annotate gives the annotations as fields: the raw JSON, each framework, all
// values, and what ATT&CK says of the techniques.
func (a Action) annotate() []Field {
	var out []Field
	add := func(name string, values ...string) { out = append(out, Field{name, values}) }
	add("annotations", a.Annotations.Raw)
	var all, frameworks []string
	for _, f := range a.Annotations.Frameworks {
		add("annotations."+f.Name, f.Values...)
		if !slices.Contains(context, f.Name) {
			all = append(all, f.Values...)
			frameworks = append(frameworks, f.Name)
		}
	}
	add("annotations._all", all...)
	add("annotations._frameworks", frameworks...)
	ids := a.Annotations.Values("mitre_attack")
	names, tactics, tacticIDs := a.Known.describe(ids)
	add("annotations.mitre_attack.mitre_technique_id", ids...)
	add("annotations.mitre_attack.mitre_technique", names...)
	add("annotations.mitre_attack.mitre_tactic", tactics...)
	add("annotations.mitre_attack.mitre_tactic_id", tacticIDs...)
	add("analyticstories", a.Annotations.Values("analytic_story")...)
	return out
}

// describe gives the names and tactics of techniques: tactics each once, as
// "privilege-escalation", beside their numbers.
func (k Techniques) describe(ids []string) (names, tactics, numbers []string) {
	for _, id := range ids {
		t, ok := k[id]
		if !ok {
			continue
		}
		names = append(names, t.Name)
		for _, tactic := range t.Tactics {
			if name := strings.ReplaceAll(strings.ToLower(tactic), " ", "-"); !slices.Contains(tactics, name) {
				tactics = append(tactics, name)
				numbers = append(numbers, TacticID(tactic))
			}
		}
	}
	return names, tactics, numbers
}
