package eval

import (
	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// Kind is what a Value is.
type Kind uint8

// The kinds of values. A field's value is a number or a string by its content,
// a multivalue when it has two or more values.
const (
	Null Kind = iota
	String
	Number
	Bool
	Multi
)

// Value is what an expression gives. The zero Value is null: the field is
// absent. A Value is not written to; it may share memory with what it was made
// from.
type Value struct {
	text   string   // String; the text of a Number that was read from one, if it is kept
	list   []string // Multi
	num    float64  // Number; Bool is 0 or 1
	places int16    // of a Number without text: digits after the point that count (rule F2)
	kind   Kind
	field  bool // a Number that is a field's: beside a string it is one too
}

// Text is a string, also when it looks like a number.
func Text(s string) Value { return Value{kind: String, text: s} }

// Num is a number all of whose digits count.
func Num(f float64) Value { return Value{kind: Number, num: f, places: unlimited} }

// Truth is a boolean.
func Truth(b bool) Value {
	if b {
		return Value{kind: Bool, num: 1}
	}
	return Value{kind: Bool}
}

// FieldText is a field's single value: a number when it looks like one, which
// keeps its text, else a string.
func FieldText(s string) Value {
	if f, ok := batch.Number(s); ok {
		return Value{kind: Number, text: s, num: f, field: true}
	}
	return Value{kind: String, text: s}
}

// fieldTime is a field's value that is a time: FieldText of its text, but
// without a text where its decimals print the same from the number.
func fieldTime(t event.Time) Value {
	sec, frac := int64(t)/1e9, int64(t)%1e9
	if sec < 1<<20 {
		return FieldText(t.String())
	}
	// Both parts are exact or nearly so, and no time of nine decimals is that near
	// to the middle between two doubles: this is the double nearest to the text.
	out := Value{kind: Number, num: float64(sec) + float64(frac)/1e9, places: unlimited, field: true}
	switch micros := frac / 1000; {
	case frac%1000 != 0:
		out.text = t.String()
	case micros != 0:
		for out.places = sixDecimals; micros%10 == 0; micros /= 10 {
			out.places--
		}
	}
	return out
}

// FieldValues is a field's values: null for none, FieldText for one.
func FieldValues(values []string) Value {
	switch len(values) {
	case 0:
		return Value{}
	case 1:
		return FieldText(values[0])
	}
	return Value{kind: Multi, list: values}
}

// Kind is what the value is.
func (v Value) Kind() Kind { return v.kind }

// IsNull tells whether the value is null.
func (v Value) IsNull() bool { return v.kind == Null }

// IsTrue tells whether the value is the boolean true.
func (v Value) IsTrue() bool { return v.kind == Bool && v.num == 1 }

// Float is the number, if the value is one.
func (v Value) Float() (float64, bool) { return v.num, v.kind == Number }

// String is the value as it is printed: "" for null, True and False, a number by
// rules F2 to F4, values joined by newlines.
func (v Value) String() string {
	switch v.kind {
	case String:
		return v.text
	case Number:
		return v.printed()
	case Bool:
		if v.num == 1 {
			return "True"
		}
		return "False"
	case Multi:
		return joinLines(v.list)
	}
	return ""
}

// Values is the value as a field's values: none for null and for booleans, which
// no field can hold (rule E4). The slice is not to be written to.
func (v Value) Values() []string {
	switch v.kind {
	case Multi:
		return v.list
	case String, Number:
		return []string{v.String()}
	}
	return nil
}
