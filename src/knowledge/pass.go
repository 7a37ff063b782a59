package knowledge

import (
	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// pass goes once over events and makes the columns of several fields. Of the
// steps that give a field of an event, the first one counts; whether further
// values of the same step are added is up to the step.
type pass struct {
	names  []string
	number map[string]int
	fields []*building
	rows   int
	// open passes find out which fields there are: unknown names are added.
	open bool

	row    int32
	raw    []byte // of the row at work
	serial uint64 // of the row and step at work
	multi  bool   // the step may give several values of a field
	lists  []*building
}

// maxNames is how many fields an open pass tells apart. Events with random field
// names would otherwise make a column each.
const maxNames = 10000

// building is a column in the making.
type building struct {
	dict  *batch.Dict
	codes []batch.Code
	by    uint64 // the serial that set the cell of the row at work
	list  []batch.Code
	last  string // the value added last, and its code
	code  batch.Code
}

// parallel makes a pass that works beside p on other rows: fields have the same
// numbers and the same codes, but dictionaries of their own.
func (p *pass) parallel() *pass {
	q := newPass(p.rows, p.names, false)
	for i, b := range p.fields {
		if b.codes == nil {
			b.dict, b.codes = batch.NewDict(), make([]batch.Code, p.rows)
		}
		q.fields[i].dict, q.fields[i].codes = batch.NewDict(), b.codes
	}
	return q
}

// join takes over what a parallel pass made of its rows.
func (p *pass) join(q *pass, rows []int32) {
	for i, b := range p.fields {
		from := q.fields[i].dict
		if from.Len() == 1 {
			continue
		}
		to := batch.NewTranslator(b.dict).From(from)
		for _, r := range rows {
			b.codes[r] = to.Code(b.codes[r])
		}
	}
}

func newPass(rows int, names []string, open bool) *pass {
	p := &pass{rows: rows, number: make(map[string]int, len(names)), open: open}
	for _, n := range names {
		p.add(n)
	}
	return p
}

func (p *pass) add(name string) int {
	i := len(p.names)
	p.names = append(p.names, name)
	p.number[name] = i
	p.fields = append(p.fields, &building{})
	return i
}

// index is the number of a field that is wanted, or -1.
func (p *pass) index(name []byte) int {
	if i, ok := p.number[string(name)]; ok {
		return i
	}
	if !p.open || len(p.names) == maxNames || len(name) == 0 || isMeta(string(name)) {
		return -1
	}
	return p.add(string(name))
}

// begin starts a step over a row.
func (p *pass) begin(multi bool) {
	p.serial++
	p.multi = multi
}

// put gives a field a value, copied. An empty value is none (KEEP_EMPTY_VALS is
// off).
func (p *pass) put(i int, value []byte) {
	if len(value) > 0 {
		p.putEmpty(i, value)
	}
}

// putEmpty is put for a step that knows empty values.
func (p *pass) putEmpty(i int, value []byte) {
	b := p.fields[i]
	if b.codes == nil {
		b.dict, b.codes = batch.NewDict(), make([]batch.Code, p.rows)
	}
	if b.codes[p.row] == 0 {
		b.codes[p.row], b.by = b.add(value), p.serial
		return
	}
	if b.by != p.serial || !p.multi {
		return
	}
	if len(b.list) == 0 {
		b.list = append(b.list, b.codes[p.row])
		p.lists = append(p.lists, b)
	}
	b.list = append(b.list, b.add(value))
}

func (b *building) add(value []byte) batch.Code {
	if b.code == 0 || string(value) != b.last {
		b.code = b.dict.AddBytes(value)
		b.last = b.dict.Text(b.code)
	}
	return b.code
}

// value is the first value that the row at work has of a field so far.
func (p *pass) value(i int) (string, bool) {
	b := p.fields[i]
	if b.codes == nil || b.codes[p.row] == 0 {
		return "", false
	}
	return b.dict.Text(b.codes[p.row]), true
}

// end finishes the row at work.
func (p *pass) end() {
	for _, b := range p.lists {
		b.codes[p.row] = b.dict.AddCodes(b.list)
		b.list = b.list[:0]
	}
	p.lists = p.lists[:0]
}

// indexed puts the fields that came beside the event.
func (p *pass) indexed(fields []event.Field) {
	p.begin(true)
	for _, f := range fields {
		if i := p.index([]byte(f.Name)); i >= 0 {
			p.putEmpty(i, []byte(f.Value))
		}
	}
}

// columns are the columns made, nil for a field that no row has.
func (p *pass) columns() []*batch.Column {
	out := make([]*batch.Column, len(p.fields))
	for i, b := range p.fields {
		if b.codes != nil && b.dict.Len() > 1 {
			out[i] = &batch.Column{Dict: b.dict, Codes: b.codes}
		}
	}
	return out
}
