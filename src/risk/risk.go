// Package risk is score, message, risk objects and risk events.
//
// It knows what Enterprise Security's risk action does with one result of a
// search: for each risk object of the rule one event with a score and a
// message, the threat objects riding along. It reads rows through an interface
// and writes records; it runs nothing and stores nothing, so that the search
// command and the alert action share it.
package risk

import (
	"strconv"
	"strings"
)

// Row is a result of a search.
type Row interface {
	// Values are the values of a field, none when it is absent.
	Values(field string) []string
}

// Object is a risk object of a rule: the field that holds it, its type (user,
// system, other) and its score.
type Object struct {
	Field, Type string
	Score       float64
}

// Threat is a threat object of a rule: the field that holds it and its type.
type Threat struct{ Field, Type string }

// Rule is what a risk action says.
type Rule struct {
	Message Template
	Objects []Object
	Threats []Threat
}

// Scored is the risk of one object in one row.
type Scored struct {
	Object  Object
	Value   string
	Score   float64
	Message string
	// ThreatValues and ThreatTypes are parallel.
	ThreatValues, ThreatTypes []string
}

// Problem is something that Splunk would pass over in silence.
type Problem struct {
	// Field is the risk object's field or the message's token.
	Field string
	// Object tells that a risk object is missing and no event can be written;
	// else a token of the message could not be replaced.
	Object bool
	// Found is what stands in the place of a risk object: "", "null", or nothing.
	Found string
}

// String says what is wrong in words.
func (p Problem) String() string {
	switch {
	case !p.Object:
		return `token $` + p.Field + `$ of the risk message has no value in the result: "` + Unknown + `" stands in its place`
	case p.Found == "":
		return `risk object field "` + p.Field + `" is absent or empty in the result: no risk event was written for it`
	}
	return `risk object field "` + p.Field + `" holds the text "` + p.Found + `", which is what fillnull_value puts in the place of an absent field: no risk event was written for it`
}

// Unknown stands in a message where a token has no value.
const Unknown = "unknown"

// Score is impact * confidence / 100, as exact as decimal numbers are.
func Score(impact, confidence float64) float64 {
	return Float(impact).Mul(Float(confidence)).Percent().Float64()
}

// FormatScore writes a score without trailing zeros: 64, 61.6.
func FormatScore(score float64) string { return strconv.FormatFloat(score, 'f', -1, 64) }

// Missing tells whether a risk object's value is none: empty, or the text null
// that fillnull_value=null leaves.
func Missing(value string) bool { return value == "" || strings.EqualFold(value, "null") }

// Apply scores a row: one Scored for each risk object of the rule and each of
// its values, in the order of the rule. A numeric risk_score in the row wins
// over the rule's.
func (r Rule) Apply(row Row) ([]Scored, []Problem) {
	message, absent := r.Message.Render(row)
	var problems []Problem
	for _, field := range absent {
		problems = append(problems, Problem{Field: field})
	}
	var threats, types []string
	for _, t := range r.Threats {
		for _, v := range row.Values(t.Field) {
			if !Missing(v) {
				threats, types = append(threats, v), append(types, t.Type)
			}
		}
	}
	own, hasOwn := ownScore(row)
	var out []Scored
	for _, o := range r.Objects {
		score := o.Score
		if hasOwn {
			score = own
		}
		values := row.Values(o.Field)
		if len(values) == 0 {
			problems = append(problems, Problem{Field: o.Field, Object: true})
		}
		for _, v := range values {
			if Missing(v) {
				problems = append(problems, Problem{Field: o.Field, Object: true, Found: v})
				continue
			}
			out = append(out, Scored{Object: o, Value: v, Score: score, Message: message, ThreatValues: threats, ThreatTypes: types})
		}
	}
	return out, problems
}

// ownScore is the row's own risk_score when it is one number.
func ownScore(row Row) (float64, bool) {
	values := row.Values("risk_score")
	if len(values) != 1 {
		return 0, false
	}
	f, err := strconv.ParseFloat(values[0], 64)
	return f, err == nil && f-f == 0 // not nan, not infinite
}
