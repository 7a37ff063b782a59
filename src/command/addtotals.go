package command

import (
	"context"
	"math"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var addtotalsSpec = search.Spec{
	Name: "addtotals", Kind: search.Streaming,
	Syntax:  "addtotals [row=<bool>] [col=<bool>] [labelfield=<field>] [label=<text>] [fieldname=<field>] [<field>...]",
	Help:    "adds to each row the sum of its numbers and, with col=true, a last row with the sum of each column",
	Example: `| chart count over dest by action | addtotals col=true labelfield=dest`,
	Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
		return bindTotals(st, true, false)
	},
}

var addcoltotalsSpec = search.Spec{
	Name: "addcoltotals", Kind: search.Dataset,
	Syntax:  "addcoltotals [labelfield=<field>] [label=<text>] [<field>...]",
	Help:    "adds a last row with the sum of each column",
	Example: `| stats count by dest | addcoltotals labelfield=dest label=all`,
	Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
		return bindTotals(st, false, true)
	},
}

// totals adds up plain numbers; texts, multivalues and internal fields that are
// not named count nothing.
type totals struct {
	shown
	row, col     bool
	fields       []string // none is all
	label, field string   // of the row of sums; "" has no label
	total        string   // the field of a row's sum
}

func bindTotals(st *spl.Stage, row, col bool) (search.Stage, diag.List) {
	a := argumentsOf(st)
	return &totals{
		shown: shown{st}, row: a.boolean("row", row), col: a.boolean("col", col), fields: names(st.Fields),
		label: a.text("label", "Total"), field: a.text("labelfield", ""), total: a.text("fieldname", "Total"),
	}, a.problems
}

func (s *totals) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "it counts nothing", s.st.Fields...)
	if s.row {
		in = in.With(s.total)
	}
	if s.col && s.field != "" {
		in = in.With(s.field)
	}
	return in, problems
}

func (s *totals) Needs(want []string) []string {
	if len(s.fields) == 0 {
		return []string{"*"}
	}
	return append(want[:len(want):len(want)], s.fields...)
}

func (s *totals) adds(name string) bool {
	if name == s.total && s.row {
		return false
	}
	if len(s.fields) == 0 {
		return !internal(name)
	}
	return matchesAny(s.fields, name)
}

func (s *totals) Open(search.World) (search.Operator, error) {
	return &totalling{totals: s, sums: map[string]float64{}}, nil
}

// totalling keeps the sum of each column, in order of their first number.
type totalling struct {
	*totals
	order []string
	sums  map[string]float64
}

func (o *totalling) Push(_ context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	rows := make([]float64, in.Len)
	for i, n := range in.Names {
		if o.adds(n) {
			o.add(n, in.Columns[i], rows)
		}
	}
	if o.row {
		c := numbersColumn(rows)
		if o.col {
			o.add(o.total, c, nil)
		}
		in = in.With(o.total, c)
	}
	return emit(in)
}

// add adds a column's numbers to those of its rows, and to its own sum.
func (o *totalling) add(name string, c *batch.Column, rows []float64) {
	number := numberOf(c)
	sum, some := 0.0, false
	for r := range c.Len() {
		x := number(r)
		if math.IsNaN(x) {
			continue
		}
		some = true
		sum += x
		if rows != nil {
			rows[r] += x
		}
	}
	if _, known := o.sums[name]; some && !known {
		o.order = append(o.order, name)
	}
	if some {
		o.sums[name] += sum
	}
}

// numberOf gives the number in a row, NaN where there is none; each distinct value
// is read once.
func numberOf(c *batch.Column) func(row int) float64 {
	if c == nil {
		return func(int) float64 { return math.NaN() }
	}
	c = c.Coded()
	if c.Dict == nil {
		return func(int) float64 { return math.NaN() }
	}
	known := make([]bool, c.Dict.Len())
	nums := make([]float64, c.Dict.Len())
	return func(row int) float64 {
		code := c.Codes[row]
		if !known[code] {
			known[code] = true
			x, ok := c.Dict.Num(code)
			if nums[code] = x; !ok {
				nums[code] = math.NaN()
			}
		}
		return nums[code]
	}
}

// numbersColumn is numbers as a column; NaN is null.
func numbersColumn(nums []float64) *batch.Column {
	out := batch.Nulls(len(nums))
	var text []byte
	for r, x := range nums {
		if !math.IsNaN(x) {
			text = aggregate.AppendNumber(text[:0], x)
			out.Codes[r] = out.Dict.AddBytes(text)
		}
	}
	return out
}

func (o *totalling) Finish(_ context.Context, emit func(*batch.Batch) error) error {
	if !o.col || len(o.order) == 0 {
		return nil
	}
	out := batch.New(1)
	for _, n := range o.order {
		if n != o.field {
			out.Set(n, numbersColumn([]float64{o.sums[n]}))
		}
	}
	if o.field != "" {
		out.Set(o.field, batch.Constant(o.label, 1))
	}
	return emit(out)
}
