package command

import (
	"regexp"
	"slices"
	"strconv"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var rangemapSpec = search.Spec{
	Name: "rangemap", Kind: search.Streaming,
	Syntax:  "rangemap field=<field> [<name>=<low>-<high>]... [default=<text>]",
	Help:    "sets the field range to the names of the ranges that a number is in, ends included; None where it is in none",
	Example: `| rangemap field=risk_score low=0-39 elevated=40-79 severe=80-100`,
	Bind:    bindRangemap,
}

type rangemap struct {
	shown
	field     string
	ranges    []numberRange
	otherwise string
}

type numberRange struct {
	name      string
	low, high float64
}

var rangePattern = regexp.MustCompile(`^(-?[0-9]*\.?[0-9]+)-(-?[0-9]*\.?[0-9]+)$`)

func bindRangemap(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &rangemap{shown: shown{st}, field: a.text("field", ""), otherwise: a.text("default", "None")}
	if s.field == "" {
		a.problem(st.NameSpan, "rangemap needs field=", "rangemap field=score low=0-10 high=11-100")
	}
	for _, o := range st.Options {
		if o.Name == "field" || o.Name == "default" {
			continue
		}
		m := rangePattern.FindStringSubmatch(o.Value.Text)
		if m == nil {
			a.problem(o.Value.Span, `cannot read the range "`+o.Value.Text+`"`, "it is two numbers with a dash between them: 0-10")
			continue
		}
		low, _ := strconv.ParseFloat(m[1], 64)
		high, _ := strconv.ParseFloat(m[2], 64)
		if low > high {
			a.problem(o.Value.Span, `the range "`+o.Value.Text+`" ends before it begins`, "")
		}
		s.ranges = append(s.ranges, numberRange{written(st, o.NameSpan), low, high})
	}
	return s, a.problems
}

func (s *rangemap) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With("range"), in.Missing(s.st, "every row is in no range", optionName(s.st, "field", s.field))
}

func (s *rangemap) Needs(want []string) []string {
	return search.Wants(want, []string{"range"}, []string{s.field})
}

func (s *rangemap) Order() search.Order { return search.OrderKept }

func (s *rangemap) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		c := b.Column(s.field)
		if c == nil {
			return b.With("range", batch.Constant(s.otherwise, b.Len)), nil
		}
		found := mapLists(c, func(list []string) []string {
			out := s.names(list)
			if len(out) == 0 {
				return []string{s.otherwise}
			}
			return out
		})
		return b.With("range", filled(found, s.otherwise, b.Len)), nil
	}), nil
}

func (s *rangemap) names(values []string) []string {
	var out []string
	for _, r := range s.ranges {
		for _, v := range values {
			if x, ok := batch.Number(v); ok && x >= r.low && x <= r.high && !slices.Contains(out, r.name) {
				out = append(out, r.name)
			}
		}
	}
	return out
}
