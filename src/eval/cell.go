package eval

import (
	"strings"

	"riskreplay/src/batch"
)

// cell is one distinct value of a field as conditions see it: null, one text, or
// several.
type cell struct {
	null  bool
	one   text
	multi []text // nil unless there are two or more
}

// text is a value with its folded form, which may not be known yet.
type text struct {
	s, low string
	folded bool
}

// lower is the text in lower case.
func (t *text) lower() string {
	if !t.folded {
		t.low, t.folded = strings.ToLower(t.s), true
	}
	return t.low
}

// dictCell is the entry of a dictionary; folded is its Folded, or nil.
func dictCell(d *batch.Dict, code batch.Code, folded []string) cell {
	if code == 0 {
		return cell{null: true}
	}
	list := d.Multi(code)
	if list == nil {
		return cell{one: dictText(d, code, folded)}
	}
	out := cell{multi: make([]text, len(list))}
	for i, c := range list {
		out.multi[i] = dictText(d, c, folded)
	}
	return out
}

func dictText(d *batch.Dict, code batch.Code, folded []string) text {
	if folded == nil {
		return text{s: d.Text(code)}
	}
	return text{s: d.Text(code), low: folded[code], folded: true}
}
