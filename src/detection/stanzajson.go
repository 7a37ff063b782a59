package detection

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/risk"
)

// Annotations and Framework are those of risk, which reads them too.
type (
	Annotations = risk.Annotations
	Framework   = risk.Framework
)

func first(values []string) string {
	if len(values) > 0 {
		return values[0]
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
	var values map[string]json.RawMessage
	s, ok := r.json(annotationsKey, &values)
	if !ok {
		return Annotations{Raw: s.Value}
	}
	out, _ := risk.ReadAnnotations(s.Value) // it is JSON: it was read above
	return out
}

// metadata gives the detection's id and version.
func (r *stanzaReader) metadata() (id string, version int) {
	var m map[string]json.RawMessage
	s, ok := r.json("action.correlationsearch.metadata", &m)
	if !ok {
		return "", 0
	}
	get := func(name string) string { return strings.Join(risk.Scalars(m[name]), "") }
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
	get := func(name string) string { return strings.Join(risk.Scalars(item[name]), ",") }
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
		text := func(name string) string { return strings.Join(risk.Scalars(item[name]), "") }
		out.Drilldowns = append(out.Drilldowns, Drilldown{
			Name: text("name"), Search: text("search"), Earliest: text("earliest_offset"), Latest: text("latest_offset"),
		})
	}
	if search := get("drilldown_search"); search != "" && len(items) == 0 {
		out.Drilldowns = []Drilldown{{get("drilldown_name"), search, get("drilldown_earliest_offset"), get("drilldown_latest_offset")}}
	}
	return out
}
