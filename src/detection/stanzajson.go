package detection

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"riskreplay/src/conf"
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

func (a Annotations) first(framework string) string {
	if v := a.Values(framework); len(v) > 0 {
		return v[0]
	}
	return ""
}

// json decodes a setting's JSON into v and reports what is wrong at its place;
// false when there is no such setting or it cannot be read.
func (r *stanzaReader) json(key string, v any) (conf.Setting, bool) {
	s, ok := r.stanza.Lookup(key)
	if !ok || s.Value == "" {
		return s, false
	}
	err := json.Unmarshal([]byte(s.Value), v)
	if err == nil {
		return s, true
	}
	at, text := len(s.Value), strings.TrimPrefix(err.Error(), "json: ")
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = int(syntax.Offset) - 1
	case errors.As(err, &kind):
		at = int(kind.Offset) - 1
		text = "unexpected " + kind.Value
	}
	r.warn(s, at, at+1, "", "cannot read the JSON of "+quote(key)+": "+text)
	return s, false
}

const annotationsKey = "action.correlationsearch.annotations"

// annotations keep the order in which the JSON has them.
func (r *stanzaReader) annotations() Annotations {
	s, _ := r.stanza.Lookup(annotationsKey)
	out := Annotations{Raw: s.Value}
	var values map[string]json.RawMessage
	if _, ok := r.json(annotationsKey, &values); !ok {
		return out
	}
	for _, name := range keysInOrder(s.Value) {
		if raw, ok := values[name]; ok {
			out.Frameworks = append(out.Frameworks, Framework{name, scalars(raw)})
			delete(values, name)
		}
	}
	return out
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

// scalars are the values of a JSON value as text: a list's items, or the one
// value; null has none.
func scalars(raw json.RawMessage) []string {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		items = []json.RawMessage{raw}
	}
	var out []string
	for _, item := range items {
		item = bytes.TrimSpace(item)
		var s string
		switch {
		case string(item) == "null":
		case json.Unmarshal(item, &s) == nil:
			out = append(out, s)
		default:
			out = append(out, string(item))
		}
	}
	return out
}

// metadata gives the detection's id and version.
func (r *stanzaReader) metadata() (id string, version int) {
	var m map[string]json.RawMessage
	s, ok := r.json("action.correlationsearch.metadata", &m)
	if !ok {
		return "", 0
	}
	get := func(name string) string { return strings.Join(scalars(m[name]), "") }
	if text := get("detection_version"); text != "" {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			at := strings.Index(s.Value, text)
			r.warn(s, at, at+len(text), "", "cannot read the detection version "+quote(text))
		}
		version = int(n)
	}
	return get("detection_id"), version
}

// risk reads the risk action: the list _risk, or the older single object.
func (r *stanzaReader) risk() *RiskAction {
	const prefix = "action.risk.param."
	out := &RiskAction{Message: r.stanza.Get(prefix + "_risk_message"), DefaultScore: r.num(prefix+"_risk_score", 0)}
	var items []map[string]json.RawMessage
	if s, ok := r.json(prefix+"_risk", &items); ok {
		for i, item := range items {
			r.riskItem(s, i, item, out)
		}
		return out
	}
	if field := r.stanza.Get(prefix + "_risk_object"); field != "" {
		out.Objects = []RiskObject{{field, r.stanza.Get(prefix + "_risk_object_type"), out.DefaultScore}}
	}
	return out
}

// riskItem reads one entry of _risk: a risk object or a threat object.
func (r *stanzaReader) riskItem(s conf.Setting, i int, item map[string]json.RawMessage, out *RiskAction) {
	get := func(name string) string { return strings.Join(scalars(item[name]), ",") }
	risk, threat := get("risk_object_field"), get("threat_object_field")
	switch {
	case threat != "":
		out.ThreatObjects = append(out.ThreatObjects, ThreatObject{threat, get("threat_object_type")})
	case risk == "":
		r.warn(s, 0, len(s.Value), `give it "risk_object_field" or "threat_object_field"`,
			"entry "+strconv.Itoa(i+1)+" of "+quote(s.Key)+" names neither a risk object nor a threat object")
	default:
		o := RiskObject{Field: risk, Type: get("risk_object_type"), Score: out.DefaultScore}
		if text := get("risk_score"); text != "" {
			f, err := strconv.ParseFloat(text, 64)
			if err != nil || f-f != 0 {
				r.warn(s, 0, len(s.Value), "", "the score of risk object "+quote(risk)+" is no number: "+quote(text))
			} else {
				o.Score = f
			}
		}
		out.Objects = append(out.Objects, o)
	}
}

// notable reads the notable action; its drilldowns are a list, or the single
// one of ES before 7.3.
func (r *stanzaReader) notable() *NotableAction {
	const prefix = "action.notable.param."
	get := func(key string) string { return r.stanza.Get(prefix + key) }
	out := &NotableAction{
		RuleTitle: get("rule_title"), RuleDescription: get("rule_description"),
		SecurityDomain: get("security_domain"), Severity: get("severity"),
		Fields: list(get("nes_fields")), NextSteps: get("next_steps"), Params: under(r.stanza, prefix),
	}
	var items []map[string]json.RawMessage
	r.json(prefix+"drilldown_searches", &items)
	for _, item := range items {
		text := func(name string) string { return strings.Join(scalars(item[name]), "") }
		out.Drilldowns = append(out.Drilldowns, Drilldown{
			Name: text("name"), Search: text("search"), Earliest: text("earliest_offset"), Latest: text("latest_offset"),
		})
	}
	if search := get("drilldown_search"); search != "" && len(items) == 0 {
		out.Drilldowns = []Drilldown{{get("drilldown_name"), search, get("drilldown_earliest_offset"), get("drilldown_latest_offset")}}
	}
	return out
}
