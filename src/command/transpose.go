package command

import (
	"context"
	"strconv"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var transposeSpec = search.Spec{
	Name: "transpose", Kind: search.Transforming,
	Syntax:  "transpose [N] [column_name=<text>] [header_field=<field>] [include_empty=<bool>]",
	Help:    "makes a row of each column: its name, and the values of the first N rows, 5 when nothing is said, as columns row 1 and so on, or called after the values of a field; 0 is all rows",
	Example: `| stats count by user | transpose 0 header_field=user`,
	Bind:    bindTranspose,
}

// transpose turns a table around.
type transpose struct {
	shown
	rows   int // 0 is all
	column string
	header string
	empty  bool // columns without a value become rows too
	sorted bool // columns have no order of their own
}

func bindTranspose(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &transpose{shown: shown{st}, rows: 5, column: a.text("column_name", "column"), header: a.text("header_field", ""), empty: a.boolean("include_empty", true)}
	if len(st.Words) > 0 {
		s.rows = a.whole(st.Words[0], "transpose", 0, 5)
	}
	return s, a.problems
}

func (s *transpose) Shape(in search.Schema) (search.Schema, diag.List) {
	out := search.Schema{Ordered: true, Open: true, From: "transpose"}.With(s.column)
	if s.header == "" {
		return out, nil
	}
	v, _ := s.st.Option("header_field")
	return out, in.Missing(s.st, "the columns are called row 1 and so on", spl.Name{Text: s.header, Span: v.Span})
}

func (s *transpose) Needs([]string) []string { return []string{"*"} }

// Arranged: columns that no command ordered go by their names.
func (s *transpose) Arranged(in search.Schema) search.Stage {
	out := *s
	out.sorted = !in.Ordered
	return &out
}

func (s *transpose) Open(search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) { return s.run(all) }), nil
}

func (s *transpose) run(all *batch.Batch) (*batch.Batch, error) {
	if s.rows > 0 && all.Len > s.rows {
		all = all.Slice(0, s.rows)
	}
	if all.Len > maxSeriesColumns {
		return nil, s.st.Problem(s.st.NameSpan, "transpose makes more than 10,000 columns", "transpose N takes the first N rows")
	}
	if s.sorted {
		all = all.Sorted()
	}
	var fields []*batch.Column
	var names []string
	for i, n := range all.Names {
		if n != s.header && (s.empty || hasValue(all.Columns[i])) && all.Len > 0 {
			fields, names = append(fields, all.Columns[i]), append(names, n)
		}
	}
	out := batch.New(len(names))
	out.Set(s.column, batch.Texts(names...))
	for r := range all.Len {
		name := "row " + strconv.Itoa(r+1)
		if h := all.Column(s.header); h != nil && !h.IsNull(r) {
			name = h.Text(r)
		}
		c := batch.Nulls(len(names))
		for i, f := range fields {
			c.Codes[i] = c.Dict.AddValues(f.Values(r))
		}
		// Of two rows of one name the last counts.
		out = out.With(name, c)
	}
	return out, nil
}
