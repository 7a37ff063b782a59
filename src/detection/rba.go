package detection

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// observable is v4's way to name the fields that matter.
type observable struct {
	name, kind string
	roles      []string
}

var observableKeys = []key[observable]{
	{name: "name", must: true, read: text(func(o *observable) *string { return &o.name })},
	{name: "type", must: true, read: text(func(o *observable) *string { return &o.kind })},
	{name: "role", must: true, read: texts(func(o *observable) *[]string { return &o.roles })},
}

func readObservable(r *reader, n ast.Node, d *draft) {
	var o observable
	if readMap(r, n, "an observable", observableKeys, &o, nil) {
		d.observables = append(d.observables, o)
	}
}

// objectRules map an observable's role and type to a risk or a threat object
// (rule 1.5). What no row names becomes a risk object of type other.
var objectRules = []struct {
	role   string
	kinds  []string
	risk   string
	threat string
}{
	{role: "Victim", kinds: []string{"user", "username", "email address"}, risk: "user"},
	{role: "Victim", kinds: []string{"device", "endpoint", "hostname", "ip address"}, risk: "system"},
	{role: "Attacker", kinds: []string{"process name", "process"}, threat: "process"},
	{role: "Attacker", kinds: []string{"file name", "file", "file hash"}, threat: "file_name"},
	{role: "Attacker", kinds: []string{"url string", "url"}, threat: "url"},
	{role: "Attacker", kinds: []string{"ip address"}, threat: "ip_address"},
}

func (o observable) object() (risk, threat string) {
	for _, rule := range objectRules {
		if slices.Contains(o.roles, rule.role) && slices.Contains(rule.kinds, strings.ToLower(o.kind)) {
			return rule.risk, rule.threat
		}
	}
	return "other", ""
}

// rba is v5's way.
type rba struct {
	message string
	risks   []RiskObject
	threats []ThreatObject
}

var rbaKeys = []key[rba]{
	{name: "message", must: true, read: text(func(b *rba) *string { return &b.message })},
	{name: "risk_objects", must: true, read: each(readRiskObject)},
	{name: "threat_objects", read: each(readThreatObject)},
}

var riskObjectKeys = []key[RiskObject]{
	{name: "field", must: true, read: text(func(o *RiskObject) *string { return &o.Field })},
	{name: "type", must: true, read: text(func(o *RiskObject) *string { return &o.Type })},
	{name: "score", must: true, read: number(func(o *RiskObject) *float64 { return &o.Score })},
}

var threatObjectKeys = []key[ThreatObject]{
	{name: "field", must: true, read: text(func(o *ThreatObject) *string { return &o.Field })},
	{name: "type", must: true, read: text(func(o *ThreatObject) *string { return &o.Type })},
}

func readRiskObject(r *reader, n ast.Node, b *rba) {
	var o RiskObject
	if !readMap(r, n, "a risk object", riskObjectKeys, &o, nil) {
		return
	}
	if o.Score < 0 {
		r.error(r.place(n), "", "the score of risk object %q is negative: %v", o.Field, o.Score)
		return
	}
	b.risks = append(b.risks, o)
}

func readThreatObject(r *reader, n ast.Node, b *rba) {
	var o ThreatObject
	if readMap(r, n, "a threat object", threatObjectKeys, &o, nil) {
		b.threats = append(b.threats, o)
	}
}

// readRBA takes v5's message and objects, sorted as contentctl sorts them: by
// field, type and score run together.
func readRBA(r *reader, n ast.Node, d *draft) {
	var b rba
	if !readMap(r, n, "rba", rbaKeys, &b, d.saw("rba.")) {
		return
	}
	slices.SortStableFunc(b.risks, func(x, y RiskObject) int {
		return strings.Compare(x.Field+x.Type+decimal(x.Score), y.Field+y.Type+decimal(y.Score))
	})
	slices.SortStableFunc(b.threats, func(x, y ThreatObject) int {
		return strings.Compare(x.Field+x.Type, y.Field+y.Type)
	})
	d.rba = true
	d.Message, d.RiskObjects, d.ThreatObjects = b.message, b.risks, b.threats
}

// score is impact*confidence/100. The product of two decimals with few digits
// is exact in a float64, and its hundredth is the nearest one: 77*80/100 is 61.6.
func score(impact, confidence float64) float64 { return impact * confidence / 100 }

// decimal writes a number without trailing zeros: 64, 61.6.
func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
