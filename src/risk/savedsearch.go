package risk

import (
	"encoding/json"
	"fmt"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// SavedRule is what the risk action of a saved search says.
type SavedRule struct {
	Name, Description string
	// Message is the risk message as written, with $field$ tokens.
	Message     string
	Objects     []SavedObject
	Threats     []Threat
	Annotations Annotations
}

// SavedObject is a risk object of a saved search.
type SavedObject struct {
	Field, Type string
	Score       Number
}

const riskParam = "action.risk.param."

// FindSavedRule reads the risk action of a saved search out of
// savedsearches.conf, as it is merged over apps (conf.Load). The error is what
// the command tells its user; warnings are about parts that cannot be read and
// were left out.
func FindSavedRule(saved *conf.Conf, name string) (SavedRule, []string, error) {
	s, ok := saved.Stanza(name)
	if !ok {
		return SavedRule{}, nil, notFound(saved, name)
	}
	out := SavedRule{Name: s.Name, Description: s.Get("description"), Message: s.Get(riskParam + "_risk_message")}
	if !hasRisk(s) {
		return out, nil, message("Saved search '" + name + "' has no risk action.")
	}
	r := savedReader{stanza: s}
	r.read(&out)
	var err error
	if out.Annotations, err = ReadAnnotations(s.Get("action.correlationsearch.annotations")); err != nil {
		r.warn("its annotations are no JSON: %v", err)
	}
	return out, r.warnings, nil
}

func notFound(saved *conf.Conf, name string) error {
	names := make([]string, 0, len(saved.Stanzas()))
	for _, s := range saved.Stanzas() {
		names = append(names, s.Name)
	}
	text := fmt.Sprintf("Saved search '%s' not found or not readable.", name)
	if near := diag.Nearest(name, names); near != "" {
		text += fmt.Sprintf(" Did you mean '%s'?", near)
	}
	return message(text)
}

// message is a text for the user in Splunk's form: a sentence with a full stop.
type message string

// Error is the text.
func (m message) Error() string { return string(m) }

// hasRisk tells whether the risk action is on: by its own switch or, in older
// searches, by the list `actions`.
func hasRisk(s *conf.Stanza) bool {
	if setting, ok := s.Lookup("action.risk"); ok && setting.Value != "" {
		on, _ := Bool(setting.Value)
		return on
	}
	for _, name := range strings.FieldsFunc(s.Get("actions"), func(r rune) bool { return r == ',' || r == ' ' }) {
		if name == "risk" {
			return true
		}
	}
	return false
}

// Bool reads Splunk's booleans: 1, true, t, yes, y, on and their opposites, in
// any case.
func Bool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "1", "true", "t", "yes", "y", "on":
		return true, true
	case "0", "false", "f", "no", "n", "off":
		return false, true
	}
	return false, false
}

// savedReader reads the objects of one stanza and collects warnings.
type savedReader struct {
	stanza   *conf.Stanza
	warnings []string
}

func (r *savedReader) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf("Saved search '"+r.stanza.Name+"': "+format+".", args...))
}

// read reads the list _risk, or the single object of older searches.
func (r *savedReader) read(out *SavedRule) {
	fallback := r.score(r.stanza.Get(riskParam+"_risk_score"), "_risk_score", Number{})
	text := r.stanza.Get(riskParam + "_risk")
	if text == "" {
		if field := r.stanza.Get(riskParam + "_risk_object"); field != "" {
			out.Objects = []SavedObject{{field, r.stanza.Get(riskParam + "_risk_object_type"), fallback}}
		}
		return
	}
	var items []map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &items); err != nil {
		r.warn("_risk is no JSON list: %v", err)
		return
	}
	for i, item := range items {
		get := func(name string) string { return strings.Join(Scalars(item[name]), ",") }
		field, threat := get("risk_object_field"), get("threat_object_field")
		switch {
		case threat != "":
			out.Threats = append(out.Threats, Threat{threat, get("threat_object_type")})
		case field == "":
			r.warn("entry %d of _risk names neither a risk object nor a threat object", i+1)
		default:
			o := SavedObject{field, get("risk_object_type"), fallback}
			if score := get("risk_score"); score != "" {
				o.Score = r.score(score, "risk_score of "+field, fallback)
			}
			out.Objects = append(out.Objects, o)
		}
	}
}

func (r *savedReader) score(text, what string, fallback Number) Number {
	n, ok := ParseNumber([]byte(text))
	if ok {
		return n
	}
	if text != "" {
		r.warn("%s is no number: %s", what, text)
	}
	return fallback
}
