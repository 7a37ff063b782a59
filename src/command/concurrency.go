package command

import (
	"cmp"
	"context"
	"math"
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var concurrencySpec = search.Spec{
	Name: "concurrency", Kind: search.Dataset,
	Syntax:  "concurrency duration=<field> [start=<field>] [output=<field>]",
	Help:    "gives each row the number of rows that were under way when it started, itself among them",
	Example: `| transaction user | concurrency duration=duration`,
	Bind:    bindConcurrency,
}

// concurrency counts a row as under way from its start to before its end. Rows
// without a start or a duration count nowhere.
type concurrency struct {
	shown
	duration, start, output string
}

func bindConcurrency(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &concurrency{shown{st}, a.text("duration", ""), a.text("start", "_time"), a.text("output", "concurrency")}
	if s.duration == "" {
		a.problem(st.NameSpan, "concurrency needs duration=", "concurrency duration=seconds")
	}
	return s, a.problems
}

func (s *concurrency) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "no row is counted", optionName(s.st, "duration", s.duration), optionName(s.st, "start", s.start))
	return in.With(s.output), problems
}

func (s *concurrency) Needs(want []string) []string {
	return search.Wants(want, []string{s.output}, []string{s.duration, s.start})
}

func (s *concurrency) Open(search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) {
		return all.With(s.output, numbersColumn(s.count(all))), nil
	}), nil
}

// count goes through starts and ends in order of time.
func (s *concurrency) count(all *batch.Batch) []float64 {
	start, duration := numberOf(all.Column(s.start)), numberOf(all.Column(s.duration))
	out := make([]float64, all.Len)
	var starts, ends []int
	for r := range out {
		if x := start(r) + duration(r); math.IsNaN(x) {
			out[r] = x
			continue
		}
		starts, ends = append(starts, r), append(ends, r)
	}
	end := func(r int) float64 { return start(r) + math.Max(duration(r), 0) }
	slices.SortFunc(starts, func(a, b int) int { return cmp.Compare(start(a), start(b)) })
	slices.SortFunc(ends, func(a, b int) int { return cmp.Compare(end(a), end(b)) })
	over := 0
	for i := 0; i < len(starts); {
		at := start(starts[i])
		to := i
		for to < len(starts) && start(starts[to]) == at {
			to++
		}
		for over < len(ends) && end(ends[over]) <= at {
			over++
		}
		for _, r := range starts[i:to] {
			if out[r] = float64(to - over); end(r) <= at {
				out[r]++ // itself, which is over already
			}
		}
		i = to
	}
	return out
}
