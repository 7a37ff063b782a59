package command

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

var binSpec = search.Spec{
	Name: "bin", Kind: search.Streaming,
	Syntax:  "bin [span=<span>|bins=N [minspan=<span>]] [start=N] [end=N] [aligntime=earliest|latest|<time>] <field> [AS <field>]",
	Help:    "puts times and numbers into buckets: a time becomes the bucket's start, a number the text lo-hi",
	Example: `| bin _time span=1h`,
	Bind:    bindBin,
}

// binning puts one field into buckets (rule K2).
type binning struct {
	shown
	from, to string
	env      eval.Env
	time     bool // the field holds times
	span     splunktime.Span
	align    string
	numeric  bins
	most     int // buckets, when no span was given
	start    *float64
	end      *float64
	min      float64 // minspan, in seconds or units
}

func bindBin(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &binning{shown: shown{st}, from: st.Fields[0].Text, env: c.Env(), most: 100}
	s.to = s.from
	if len(st.Renames) > 0 {
		s.to = st.Renames[0].To.Text
	}
	a.plain(st.Fields)
	s.time = s.from == "_time"
	if v, ok := st.Option("span"); ok {
		s.bindSpan(a, v)
	} else {
		s.bindBins(a, c)
	}
	s.align = a.text("aligntime", "")
	if v, ok := st.Option("aligntime"); ok && s.align != "earliest" && s.align != "latest" {
		if _, err := splunktime.Parse(s.align, s.env.Now, s.env.Zone); err != nil {
			a.cannot(v.Span, err)
		}
	}
	return s, a.problems
}

// bindSpan reads a span: of time for _time and wherever a unit of time stands,
// else of numbers.
func (s *binning) bindSpan(a *arguments, v spl.Value) {
	if strings.Contains(v.Text, "log") {
		if s.time {
			a.problem(v.Span, "a log span is for numbers, not for _time", "")
		}
		s.numeric = logBins(a, v)
		return
	}
	if x, err := strconv.ParseFloat(v.Text, 64); err == nil && !s.time {
		if x <= 0 || math.IsInf(x, 0) || math.IsNaN(x) {
			a.problem(v.Span, `the span "`+v.Text+`" must be above 0`, "")
		}
		s.numeric = evenBins(x)
		return
	}
	span, err := splunktime.ParseSpan(v.Text)
	if err != nil {
		a.cannot(v.Span, err)
		return
	}
	s.time, s.span = true, week(span, v.Text, s.env)
}

// week makes weeks start on the day of the rules; the epoch was a Thursday.
func week(span splunktime.Span, text string, env eval.Env) splunktime.Span {
	day := env.Rules.WeekStart
	if day == 0 || strings.Contains(text, "@") || !strings.HasSuffix(span.String(), "w") {
		return span
	}
	aligned, err := splunktime.ParseSpan(span.String() + "@w" + strconv.Itoa(day%7))
	if err != nil {
		return span
	}
	return aligned
}

func (s *binning) bindBins(a *arguments, c search.Context) {
	limit := c.Limits().Bins
	if limit == 0 {
		limit = 50_000
	}
	if s.most = a.number("bins", 2, s.most); s.most > limit {
		v, _ := s.st.Option("bins")
		a.problem(v.Span, "bins goes up to "+strconv.Itoa(limit), "")
	}
	for name, to := range map[string]**float64{"start": &s.start, "end": &s.end} {
		if x, ok := a.float(name); ok {
			*to = &x
		}
	}
	if v, ok := s.st.Option("minspan"); ok {
		if x, err := strconv.ParseFloat(v.Text, 64); err == nil && x > 0 {
			s.min = x
		} else if span, err := splunktime.ParseSpan(v.Text); err == nil {
			s.min = span.Next(0, time.UTC).Seconds()
		} else {
			a.cannot(v.Span, err)
		}
	}
}

func (s *binning) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(s.to), in.Missing(s.st, "there is nothing to put into buckets", s.st.Fields...)
}

// Needs: rows without a value keep what the target had.
func (s *binning) Needs(want []string) []string {
	if !search.MatchAny(want, s.to) {
		return want
	}
	return append(want[:len(want):len(want)], s.from)
}

func (s *binning) Order() search.Order { return search.OrderKept }

// Open: without a span the range of all values must be known first.
func (s *binning) Open(w search.World) (search.Operator, error) {
	if !s.span.IsZero() || s.numeric.known() {
		span := s.aligned(s.span, w)
		return search.Each(func(b *batch.Batch) (*batch.Batch, error) { return s.run(b, span, s.numeric), nil }), nil
	}
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) {
		low, high, ok := valueRange(all.Column(s.from))
		if !ok {
			return all, nil
		}
		if s.start != nil {
			low = math.Min(low, *s.start)
		}
		if s.end != nil {
			high = math.Max(high, *s.end)
		}
		if s.time {
			return s.run(all, s.aligned(timeSpan(high-low, s.most, s.min), w), bins{}), nil
		}
		return s.run(all, splunktime.Span{}, evenBins(numberSpan(low, high, s.most, s.min))), nil
	}), nil
}

func (s *binning) aligned(span splunktime.Span, w search.World) splunktime.Span {
	switch s.align {
	case "":
		return span
	case "earliest":
		return span.Align(w.Info().Earliest)
	case "latest":
		return span.Align(w.Info().Latest)
	}
	t, err := splunktime.Parse(s.align, s.env.Now, s.env.Zone)
	if err != nil {
		return span
	}
	return span.Align(t)
}

func (s *binning) run(b *batch.Batch, span splunktime.Span, numbers bins) *batch.Batch {
	c := b.Column(s.from)
	if c == nil {
		return b
	}
	if c.Times != nil && s.time {
		return b.With(s.to, floorTimes(c, span, s.env.Zone))
	}
	return put(b, s.to, mapValues(c, func(text string) string {
		if !s.time {
			return numbers.bucket(text)
		}
		t, ok := epoch(text)
		if !ok {
			return text
		}
		return span.Floor(t, s.env.Zone).String()
	}))
}

// put sets a field in the rows that have a value in c; in the others it stays as
// it is. So it does not matter whether rows that lack what c was made of come in
// one batch with others.
func put(b *batch.Batch, name string, c *batch.Column) *batch.Batch {
	return b.With(name, inRows(b.Column(name), c))
}

// inRows is c, and old in the rows where c is null.
func inRows(old, c *batch.Column) *batch.Column {
	if old == nil {
		return c
	}
	var rows []int32
	for r := range c.Len() {
		if !c.IsNull(r) {
			rows = append(rows, int32(r))
		}
	}
	if len(rows) == c.Len() {
		return c
	}
	return overlay(old, c, rows, c.Len())
}

// floorTimes floors times; those that follow each other mostly share a bucket.
func floorTimes(c *batch.Column, span splunktime.Span, zone *time.Location) *batch.Column {
	out := &batch.Column{Times: make([]event.Time, len(c.Times))}
	var start, next event.Time
	for i, t := range c.Times {
		if i == 0 || t < start || t >= next {
			start = span.Floor(t, zone)
			next = span.Next(start, zone)
		}
		out.Times[i] = start
	}
	return out
}

// mapValues is a column with each distinct value replaced; a multivalue stays.
func mapValues(c *batch.Column, f func(string) string) *batch.Column {
	c = c.Coded()
	out := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, c.Len())}
	known := map[batch.Code]batch.Code{}
	for r, code := range c.Codes {
		if code == 0 {
			continue
		}
		to, ok := known[code]
		if !ok {
			if c.Dict.Multi(code) != nil {
				to = out.Dict.AddValues(c.Dict.Values(code))
			} else {
				to = out.Dict.Add(f(c.Dict.Text(code)))
			}
			known[code] = to
		}
		out.Codes[r] = to
	}
	return out
}

// mapLists is a column with the values of each distinct cell replaced.
func mapLists(c *batch.Column, f func([]string) []string) *batch.Column {
	c = c.Coded()
	out := batch.Nulls(c.Len())
	known := map[batch.Code]batch.Code{}
	for r, code := range c.Codes {
		if code == 0 {
			continue
		}
		to, ok := known[code]
		if !ok {
			to = out.Dict.AddValues(f(c.Dict.Values(code)))
			known[code] = to
		}
		out.Codes[r] = to
	}
	return out
}

// valueRange is the smallest and the largest number in a column.
func valueRange(c *batch.Column) (low, high float64, ok bool) {
	if c == nil {
		return 0, 0, false
	}
	low, high = math.Inf(1), math.Inf(-1)
	for r := range c.Len() {
		if x, isNum := c.Num(r); isNum && !math.IsNaN(x) && !math.IsInf(x, 0) {
			low, high, ok = math.Min(low, x), math.Max(high, x), true
		}
	}
	return low, high, ok
}
