package command

import (
	"context"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var untableSpec = search.Spec{
	Name: "untable", Kind: search.Transforming,
	Syntax:  "untable <field> <name field> <value field>",
	Help:    "makes a row of each value of a table: the value of its first field, the column's name and the value; the other way round from xyseries",
	Example: `| chart count over dest by action | untable dest action count`,
	Bind:    bindUntable,
}

// untable leaves out internal columns and null.
type untable struct {
	shown
	x, name, value string
	sorted         bool // columns have no order of their own
}

func bindUntable(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	a.once(st.Fields)
	if len(st.Fields) != 3 {
		a.problem(st.NameSpan, "untable takes three fields", "untable dest action count")
		return nil, a.problems
	}
	n := names(st.Fields)
	return &untable{shown: shown{st}, x: n[0], name: n[1], value: n[2]}, a.problems
}

func (s *untable) Shape(in search.Schema) (search.Schema, diag.List) {
	return search.Schema{Fields: []string{s.x, s.name, s.value}, Ordered: true, From: "untable"}, in.Missing(s.st, "no row is left", s.st.Fields[0])
}

func (s *untable) Needs([]string) []string { return []string{"*"} }

// Arranged: columns that no command ordered go by their names.
func (s *untable) Arranged(in search.Schema) search.Stage {
	out := *s
	out.sorted = !in.Ordered
	return &out
}

func (s *untable) Open(search.World) (search.Operator, error) { return &untabling{s}, nil }

type untabling struct{ *untable }

func (o *untabling) Push(ctx context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	if in.Column(o.x) == nil {
		return nil
	}
	if o.sorted {
		in = in.Sorted()
	}
	for from := 0; from < in.Len; from += expandRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := in.Slice(from, min(from+expandRows, in.Len))
		if out := o.rows(part, part.Column(o.x)); out.Len > 0 {
			if err := emit(out); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *untabling) rows(in *batch.Batch, x *batch.Column) *batch.Batch {
	var rows []int32
	name, value := batch.Nulls(0), batch.Nulls(0)
	tr := batch.NewTranslator(value.Dict)
	var columns []*batch.Column
	var codes []batch.Code
	var to []*batch.Translation
	for i, n := range in.Names {
		if n != o.x && !internal(n) && in.Columns[i].Len() > 0 {
			c := in.Columns[i].Coded()
			columns, codes, to = append(columns, c), append(codes, name.Dict.Add(n)), append(to, tr.From(c.Dict))
		}
	}
	for r := range in.Len {
		for i, c := range columns {
			if code := c.Codes[r]; code != 0 && !x.IsNull(r) {
				rows = append(rows, int32(r))
				name.Codes, value.Codes = append(name.Codes, codes[i]), append(value.Codes, to[i].Code(code))
			}
		}
	}
	out := batch.New(len(rows))
	out.Set(o.x, x.Gather(rows))
	out.Set(o.name, name)
	out.Set(o.value, value)
	return out
}

func (*untabling) Finish(context.Context, func(*batch.Batch) error) error { return nil }
