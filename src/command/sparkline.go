package command

import (
	"math"
	"strings"
	"time"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

// sparkline is a small chart in a cell: the values of another aggregate over
// stretches of time, behind a mark that Splunk draws by. All groups have the same
// stretches, at most a hundred.
//
//	sparkline(count, 1h)   ##__SPARKLINE__##, 2, 0, 5
type sparkline struct {
	of      boundAgg
	span    splunktime.Span // zero is found from the range of times
	zone    *time.Location
	dict    *batch.Dict
	tr      *batch.Translator
	groups  []int32
	times   []event.Time
	cells   []batch.Code
	dropped bool
}

const (
	sparklineMark   = "##__SPARKLINE__##"
	sparklinePoints = 100
	// sparklineValues is how many values all small charts of a search may hold.
	sparklineValues = 10_000_000
)

// bindSparkline makes the function of sparkline(<aggregate>, <span>).
func bindSparkline(a *arguments, agg spl.Agg, c search.Context) (boundAgg, bool) {
	of, ok := bindAgg(a, *agg.Of, c)
	if !ok {
		return of, false
	}
	if search.Wild(of.field) {
		a.problem(agg.Of.Span, "sparkline takes no wildcard", "name the field")
		return of, false
	}
	var span splunktime.Span
	if agg.Step != "" {
		var err error
		if span, err = splunktime.ParseSpan(agg.Step); err != nil {
			a.cannot(agg.Span, err)
			return of, false
		}
	}
	zone := c.Env().Zone
	out := boundAgg{column: agg.Column(), field: of.field, tree: agg, options: of.options}
	out.fn = aggregate.Func{Name: "sparkline", Time: true, Ordered: of.fn.Ordered, Rows: of.fn.Rows, New: func(aggregate.Options) aggregate.Accumulator {
		d := batch.NewDict()
		return &sparkline{of: of, span: span, zone: zone, dict: d, tr: batch.NewTranslator(d)}
	}}
	return out, true
}

// Add keeps the rows that have a time, and the field where there is one.
func (s *sparkline) Add(c *batch.Column, in aggregate.Rows) {
	if in.Time == nil || c == nil && s.of.field != "" {
		return
	}
	if c != nil {
		c = c.Coded()
	}
	for i, r := range in.Rows {
		t, ok := in.Time.Time(int(r))
		if !ok || c != nil && c.Codes[r] == 0 {
			continue
		}
		s.groups, s.times = append(s.groups, in.Groups[i]), append(s.times, t)
		if c != nil {
			s.cells = append(s.cells, s.tr.From(c.Dict).Code(c.Codes[r]))
		}
	}
}

// Limited tells whether groups were left without a chart.
func (s *sparkline) Limited() bool { return s.dropped }

// Column counts each stretch of each group as a group of its own.
func (s *sparkline) Column(n int) *batch.Column {
	out := batch.Nulls(n)
	if len(s.times) == 0 {
		return out
	}
	start, points := s.stretches()
	if n*points > sparklineValues {
		s.dropped = true
		n = sparklineValues / points
	}
	at := indexTimes(start)
	rows := aggregate.Rows{N: n * points, Time: &batch.Column{Times: s.times}}
	for i, t := range s.times {
		p, ok := at[s.span.Floor(t, s.zone)]
		if int(s.groups[i]) < n && ok {
			rows.Rows, rows.Groups = append(rows.Rows, int32(i)), append(rows.Groups, s.groups[i]*int32(points)+int32(p))
		}
	}
	acc := s.of.fn.New(s.of.options)
	var c *batch.Column
	if s.cells != nil {
		c = &batch.Column{Dict: s.dict, Codes: s.cells}
	}
	acc.Add(c, rows)
	values := acc.Column(n * points)
	seen := make([]bool, n)
	for _, g := range s.groups {
		if int(g) < n {
			seen[g] = true
		}
	}
	list := make([]string, points+1)
	for g := range n {
		if !seen[g] {
			continue
		}
		list[0] = sparklineMark
		for p := range points {
			if list[p+1] = strings.ReplaceAll(values.Text(g*points+p), "\n", " "); list[p+1] == "" {
				list[p+1] = "0"
			}
		}
		out.Codes[g] = out.Dict.AddValues(list)
	}
	return out
}

// stretches finds the span, and where the stretches start: the last hundred, where
// there are more.
func (s *sparkline) stretches() (start []event.Time, points int) {
	low, high := event.Time(math.MaxInt64), event.Time(math.MinInt64)
	for _, t := range s.times {
		low, high = min(low, t), max(high, t)
	}
	if s.span.IsZero() {
		s.span = timeSpan((high - low).Seconds(), sparklinePoints, 0)
	}
	length := s.span.Next(0, nil)
	from := max(low, high-min(length*(sparklinePoints+1), high))
	for t := s.span.Floor(from, s.zone); t <= high; t = s.span.Next(t, s.zone) {
		start = append(start, t)
	}
	start = start[max(0, len(start)-sparklinePoints):]
	return start, len(start)
}

func indexTimes(list []event.Time) map[event.Time]int {
	out := make(map[event.Time]int, len(list))
	for i, t := range list {
		out[t] = i
	}
	return out
}
