package aggregate

import (
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// keyField is one BY field: its values, as codes of its own dictionary.
type keyField struct {
	dict  *batch.Dict
	tr    *batch.Translator
	fill  batch.Code
	once  bool
	multi bool // the last translated column has multivalues
	times map[event.Time]batch.Code
	group []int32 // of each code, plus one; where the field is the only one
}

func newKeyField(o KeyOptions) *keyField {
	d := batch.NewDict()
	f := &keyField{dict: d, tr: batch.NewTranslator(d), once: o.Once, times: map[event.Time]batch.Code{}}
	if o.HasFill {
		f.fill = d.Add(o.Fill)
	}
	return f
}

// translate appends the codes of the rows' cells.
func (f *keyField) translate(dst []batch.Code, c *batch.Column, rows []int32) []batch.Code {
	f.multi = false
	if c == nil {
		for range rows {
			dst = append(dst, f.fill)
		}
		return dst
	}
	if c.Times != nil {
		return f.translateTimes(dst, c.Times, rows)
	}
	col, at := coded(c, rows)
	if len(at) == 0 {
		return dst
	}
	f.multi = col.Dict.HasMulti()
	tr := f.tr.From(col.Dict)
	for _, r := range at {
		if code := col.Codes[r]; code != 0 {
			dst = append(dst, tr.Code(code))
		} else {
			dst = append(dst, f.fill)
		}
	}
	return dst
}

func (f *keyField) translateTimes(dst []batch.Code, times []event.Time, rows []int32) []batch.Code {
	var last event.Time
	var code batch.Code
	for _, r := range rows {
		if t := times[r]; code == 0 || t != last {
			last, code = t, f.time(t)
		}
		dst = append(dst, code)
	}
	return dst
}

func (f *keyField) time(t event.Time) batch.Code {
	code, ok := f.times[t]
	if !ok {
		var text [32]byte
		code = f.dict.AddBytes(t.Append(text[:0]))
		f.times[t] = code
	}
	return code
}

// values is the values of a code, itself when it is plain or null.
func (f *keyField) values(code batch.Code) []batch.Code {
	list := f.dict.Multi(code)
	if list == nil {
		return []batch.Code{code}
	}
	if !f.once {
		return list
	}
	var out []batch.Code
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
