package command

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

var makecontinuousSpec = search.Spec{
	Name: "makecontinuous", Kind: search.Dataset,
	Syntax:  "makecontinuous [<field>] span=<span> [start=<value>] [end=<value>]",
	Help:    "adds rows so that the values of a field, _time when none is named, go up by steps of span without gaps; values are moved down to the step that they lie in",
	Example: `| stats count by _time | makecontinuous _time span=1h`,
	Bind:    bindMakecontinuous,
}

// makecontinuous orders rows by the field. Rows that it adds have no other field;
// rows without a number in it stand at the end as they are.
type makecontinuous struct {
	shown
	env   eval.Env
	field string
	span  splunktime.Span // of times
	step  float64         // of numbers; 0 for times
	from  float64         // start and end, NaN for none
	to    float64
	most  int // rows
}

func bindMakecontinuous(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	s := &makecontinuous{shown: shown{st}, env: c.Env(), field: "_time", from: math.NaN(), to: math.NaN(), most: search.Or(c.Limits().Bins, 50_000)}
	if len(st.Fields) > 0 {
		s.field = st.Fields[0].Text
	}
	for _, name := range []string{"bins", "aligntime", "minspan"} {
		a.unsupported(name, "span= says how long a step is")
	}
	if x, ok := a.float("start"); ok {
		s.from = x
	}
	if x, ok := a.float("end"); ok {
		s.to = x
	}
	s.bindStep(a)
	return s, a.problems
}

func (s *makecontinuous) bindStep(a *arguments) {
	v, ok := a.option("span")
	if !ok {
		a.unsupportedHere(s.st.NameSpan, "makecontinuous needs span= here", "makecontinuous _time span=1h")
		return
	}
	x, err := strconv.ParseFloat(v.Text, 64)
	if err == nil && s.field != "_time" {
		if s.step = x; !(x > 0) || math.IsInf(x, 0) {
			a.problem(v.Span, `the span "`+v.Text+`" must be above 0`, "")
		}
		return
	}
	if s.span, err = splunktime.ParseSpan(v.Text); err != nil {
		a.cannot(v.Span, err)
	}
}

func (s *makecontinuous) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "there is nothing to fill up", spl.Name{Text: s.field, Span: s.st.NameSpan})
}

func (s *makecontinuous) Needs(want []string) []string {
	return append(want[:len(want):len(want)], s.field)
}

func (s *makecontinuous) Open(search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) { return s.run(all) }), nil
}

func (s *makecontinuous) floor(x float64) float64 {
	if s.step > 0 {
		return math.Floor(x/s.step) * s.step
	}
	return s.span.Floor(event.Time(x*1e9), s.env.Zone).Seconds()
}

func (s *makecontinuous) next(x float64) float64 {
	if s.step > 0 {
		return (math.Round(x/s.step) + 1) * s.step
	}
	return s.span.Next(event.Time(x*1e9), s.env.Zone).Seconds()
}

func (s *makecontinuous) run(all *batch.Batch) (*batch.Batch, error) {
	type placed struct {
		row int32 // -1 for a row that is added
		at  float64
	}
	number := numberOf(all.Column(s.field))
	var rows []placed
	var rest []int32
	for r := range all.Len {
		if x := number(r); !math.IsNaN(x) && math.Abs(x) < 9e9 {
			rows = append(rows, placed{int32(r), s.floor(x)})
		} else {
			rest = append(rest, int32(r))
		}
	}
	if len(rows) == 0 {
		return all, nil
	}
	slices.SortStableFunc(rows, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	at, end := rows[0].at, rows[len(rows)-1].at
	if s.from < at {
		at = s.floor(s.from)
	}
	if s.to > end {
		end = s.floor(s.to)
	}
	var out []placed
	for i := 0; at <= end; at = s.next(at) {
		if len(out) > s.most+len(rows) {
			return nil, s.st.Problem(s.st.NameSpan, "makecontinuous adds more than "+strconv.Itoa(s.most)+" rows", "take a longer span")
		}
		before := len(out)
		for ; i < len(rows) && rows[i].at <= at; i++ {
			out = append(out, rows[i])
		}
		if len(out) == before {
			out = append(out, placed{-1, at})
		}
	}
	order := make([]int32, 0, len(out)+len(rest))
	values := batch.Nulls(len(out) + len(rest))
	for i, p := range out {
		order = append(order, p.row)
		values.Codes[i] = values.Dict.Add(string(aggregate.AppendNumber(nil, p.at)))
	}
	order = append(order, rest...)
	b := batch.New(len(order))
	for i, n := range all.Names {
		b.Set(n, gatherOrNull(all.Columns[i].Coded(), order))
	}
	return b.With(s.field, inRows(b.Column(s.field), values)), nil
}
