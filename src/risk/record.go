package risk

import (
	"strings"

	"riskreplay/src/event"
)

// Record is an event of the risk or notable index: a time and fields in order.
type Record struct {
	Time   event.Time
	fields []Field
	known  map[string]bool
}

// Field is a field of a record with its values.
type Field struct {
	Name   string
	Values []string
}

// NewRecord is an empty record.
func NewRecord(at event.Time) *Record {
	return &Record{Time: at, fields: make([]Field, 0, usualFields), known: make(map[string]bool, usualFields)}
}

// usualFields is how many fields most risk events have room in.
const usualFields = 48

// Add appends a field, once: what was added first stays. A field without a
// value is left out.
func (r *Record) Add(name string, values ...string) {
	if r.known[name] || len(values) == 0 || len(values) == 1 && values[0] == "" {
		return
	}
	r.known[name] = true
	r.fields = append(r.fields, Field{Name: name, Values: values})
}

// Fields are the fields in the order added.
func (r *Record) Fields() []Field { return r.fields }

// Values are the values of a field.
func (r *Record) Values(name string) []string {
	for _, f := range r.fields {
		if f.Name == name {
			return f.Values
		}
	}
	return nil
}

// Value is the first value of a field, "" when it is absent.
func (r *Record) Value(name string) string {
	if v := r.Values(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// Raw is the record as Enterprise Security stores it (sourcetype stash):
//
//	1768478400, search_name="RiskReplay - X - Rule", risk_score="64", tag="a", tag="b"
//
// a multivalue is the key repeated, and a double quote inside a value is \".
func (r *Record) Raw() []byte {
	b := r.Time.Append(make([]byte, 0, 2048)) // few are longer
	for _, f := range r.fields {
		for _, v := range f.Values {
			b = append(b, ", "...)
			b = append(b, f.Name...)
			b = append(b, `="`...)
			b = append(b, strings.ReplaceAll(v, `"`, `\"`)...)
			b = append(b, '"')
		}
	}
	return b
}
