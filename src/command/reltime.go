package command

import (
	"strconv"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var reltimeSpec = search.Spec{
	Name: "reltime", Kind: search.Streaming,
	Syntax:  "reltime [timefield=<field>] [prefix=<text>]",
	Help:    "adds reltime, how long ago a time was, in words",
	Example: `| reltime timefield=firstTime`,
	Bind:    bindReltime,
}

type reltime struct {
	shown
	from, to string
}

func bindReltime(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	return &reltime{shown{st}, a.text("timefield", "_time"), a.text("prefix", "") + "reltime"}, a.problems
}

func (s *reltime) Shape(in search.Schema) (search.Schema, diag.List) {
	return in.With(s.to), in.Missing(s.st, "there is no time", optionName(s.st, "timefield", s.from))
}

func (s *reltime) Needs(want []string) []string { return append(want[:len(want):len(want)], s.from) }

func (s *reltime) Order() search.Order { return search.OrderKept }

func (s *reltime) Open(w search.World) (search.Operator, error) {
	now := w.Info().Now
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		x := newExtraction(b.Len)
		out := x.column(s.to)
		x.each(b.Column(s.from), func(text string) {
			if t, ok := epoch(text); ok {
				x.set(out, ago(now-t))
			}
		})
		return x.into(b), nil
	}), nil
}

// ago is a length of time in words, in the greatest unit that it fills.
func ago(d event.Time) string {
	const second = event.Time(1e9)
	future := d < 0
	if future {
		d = -d
	}
	text := "now"
	for _, u := range []struct {
		name   string
		length event.Time
	}{{"year", 365 * 86400 * second}, {"month", 30 * 86400 * second}, {"day", 86400 * second}, {"hour", 3600 * second}, {"minute", 60 * second}, {"second", second}} {
		n := int64(d / u.length)
		if n == 0 {
			continue
		}
		text = strconv.FormatInt(n, 10) + " " + u.name
		if n > 1 {
			text += "s"
		}
		if future {
			return "in " + text
		}
		return text + " ago"
	}
	return text
}
