package command

import (
	"math"
	"strconv"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var trendlineSpec = search.Spec{
	Name: "trendline", Kind: search.Centralized,
	Syntax:  "trendline (sma|ema|wma)<N>(<field>) [AS <field>]...",
	Help:    "adds moving averages over the last N rows, 2 to 10,000: simple, exponential, or weighted by how recent a row is",
	Example: `| timechart span=1h count | trendline sma3(count) AS usual`,
	Bind:    bindTrendline,
}

// trendline gives nothing until N rows with a number have come; rows without one
// are passed over.
type trendline struct {
	shown
	trends []trend
}

type trend struct {
	kind     string
	n        int
	from, to string
}

func bindTrendline(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &trendline{shown: shown{st}}
	for _, call := range st.Calls {
		t := trend{from: call.Arg.Text, to: call.Func + "(" + call.Arg.Text + ")"}
		if call.As != nil {
			t.to = call.As.Text
		}
		a.plain([]spl.Name{call.Arg})
		var err error
		t.kind = call.Func[:min(3, len(call.Func))]
		t.n, err = strconv.Atoi(call.Func[len(t.kind):])
		switch {
		case !oneOf(t.kind, "sma", "ema", "wma"):
			a.problem(call.Span, `trendline has no function "`+call.Func+`"`, "sma5(field), ema5(field) and wma5(field) are averages of five rows")
		case err != nil || t.n < 2 || t.n > maxLag:
			a.problem(call.Span, "trendline takes a number of rows from 2 to 10,000 behind "+t.kind, t.kind+"5("+call.Arg.Text+")")
		}
		s.trends = append(s.trends, t)
	}
	return s, a.problems
}

func (s *trendline) Shape(in search.Schema) (search.Schema, diag.List) {
	var problems diag.List
	for i, t := range s.trends {
		problems = append(problems, in.Missing(s.st, "there is nothing to average", s.st.Calls[i].Arg)...)
		in = in.With(t.to)
	}
	return in, problems
}

func (s *trendline) Needs(want []string) []string {
	out := want[:len(want):len(want)]
	for _, t := range s.trends {
		out = append(out, t.from)
	}
	return out
}

func (s *trendline) Open(search.World) (search.Operator, error) {
	averages := make([]func(float64) float64, len(s.trends))
	for i, t := range s.trends {
		averages[i] = t.average()
	}
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		for i, t := range s.trends {
			number, out := numberOf(b.Column(t.from)), make([]float64, b.Len)
			for r := range out {
				if out[r] = number(r); !math.IsNaN(out[r]) {
					out[r] = averages[i](out[r])
				}
			}
			b = b.With(t.to, numbersColumn(out))
		}
		return b, nil
	}), nil
}

// average takes one number after the other and gives the average so far, NaN
// while there are fewer than n.
func (t trend) average() func(x float64) float64 {
	last := make([]float64, 0, t.n) // a ring once it is full
	at, seen := 0, 0
	var sma, weighted, ema float64
	n := float64(t.n)
	alpha := 2 / (n + 1)
	return func(x float64) float64 {
		switch {
		case seen == 0:
			ema = x
		default:
			ema = alpha*ema + (1-alpha)*x
		}
		if len(last) < t.n {
			last = append(last, x)
			sma += x
			weighted += float64(len(last)) * x
		} else {
			weighted += n*x - sma
			sma += x - last[at]
			last[at] = x
			at = (at + 1) % t.n
		}
		if seen++; seen < t.n {
			return math.NaN()
		}
		switch t.kind {
		case "sma":
			return sma / n
		case "wma":
			return weighted / (n * (n + 1) / 2)
		}
		return ema
	}
}
