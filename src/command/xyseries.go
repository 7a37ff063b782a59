package command

import (
	"context"
	"slices"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var xyseriesSpec = search.Spec{
	Name: "xyseries", Kind: search.Transforming,
	Syntax:  "xyseries [grouped=<bool>] <row field> <column field> <value field>... [sep=<text>] [format=<text>]",
	Help:    "makes a row of each value of one field and a column of each value of another, with the values of further fields in them",
	Example: `| stats count by dest action | xyseries dest action count`,
	Bind:    bindXyseries,
}

// maxSeriesColumns bounds the columns that xyseries and its like make.
const maxSeriesColumns = 10_000

// xyseries turns rows into a table. Rows stand in the order in which their values
// came, columns in natural order; of two values for one place the last counts. A row without one of the first two
// fields is left out.
type xyseries struct {
	shown
	x, y        string
	data        []string
	sep, format string
}

func bindXyseries(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	a.once(st.Fields)
	a.boolean("grouped", false)
	if len(st.Fields) < 3 {
		a.problem(st.NameSpan, "xyseries takes at least three fields", "xyseries dest action count")
		return nil, a.problems
	}
	n := names(st.Fields)
	return &xyseries{shown{st}, n[0], n[1], n[2:], a.text("sep", ": "), a.text("format", "")}, a.problems
}

func (s *xyseries) Shape(in search.Schema) (search.Schema, diag.List) {
	return search.Schema{Fields: []string{s.x}, Ordered: true, Open: true, From: "xyseries"}, in.Missing(s.st, "no row is left", s.st.Fields...)
}

func (s *xyseries) Needs([]string) []string { return append([]string{s.x, s.y}, s.data...) }

func (s *xyseries) Open(search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) { return s.run(all) }), nil
}

func (s *xyseries) run(all *batch.Batch) (*batch.Batch, error) {
	x, y := all.Column(s.x), all.Column(s.y)
	if x == nil || y == nil || all.Len == 0 {
		return batch.New(0), nil
	}
	y = y.Coded()
	var rows []int32
	for r, code := range y.Codes {
		if code != 0 {
			rows = append(rows, int32(r))
		}
	}
	keys := aggregate.NewKeys(1, aggregate.KeyOptions{Whole: true})
	in, groups := keys.Group([]*batch.Column{x}, rows)
	out := batch.New(keys.Len())
	order := batch.AllRows(keys.Len())
	out.Set(s.x, keys.Columns(order)[0])
	var names []string
	for _, code := range distinctCodes(y) {
		names = append(names, y.Dict.Text(code))
	}
	slices.SortFunc(names, aggregate.Natural)
	if names = slices.Compact(names); len(names)*len(s.data) > maxSeriesColumns {
		return nil, s.st.Problem(s.st.Fields[1].Span, `"`+s.y+`" makes more than 10,000 columns`, "the column field is for few values")
	}
	for _, d := range s.data {
		data := all.Column(d)
		if data == nil {
			continue
		}
		data = data.Coded()
		columns := map[string]*batch.Column{}
		for _, n := range names {
			columns[n] = &batch.Column{Dict: data.Dict, Codes: make([]batch.Code, out.Len)}
		}
		for i, r := range in {
			columns[y.Dict.Text(y.Codes[r])].Codes[groups[i]] = data.Codes[r]
		}
		for _, n := range names {
			if name := s.column(d, n); out.Column(name) == nil {
				out.Set(name, columns[n])
			}
		}
	}
	return out, nil
}

func distinctCodes(c *batch.Column) []batch.Code {
	seen := make([]bool, c.Dict.Len())
	var out []batch.Code
	for _, code := range c.Codes {
		if code != 0 && !seen[code] {
			seen[code] = true
			out = append(out, code)
		}
	}
	return out
}

// column is a column's name: the value, with the field's name before it where
// there are several.
func (s *xyseries) column(field, value string) string {
	switch {
	case len(s.data) == 1:
		return value
	case s.format != "":
		return strings.NewReplacer("$AGG$", field, "$VAL$", value).Replace(s.format)
	}
	return field + s.sep + value
}
