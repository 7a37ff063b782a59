package command

import (
	"context"
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

var gentimesSpec = search.Spec{
	Name: "gentimes", Kind: search.Generating,
	Syntax:  "gentimes start=<MM/DD/YYYY[:HH:MM:SS]|-days> [end=<the same>] [increment=<N[s|m|h|d]>]",
	Help:    "makes a row of each stretch of time: starttime, endtime, starthuman, endhuman; days unless increment says otherwise, up to the last midnight",
	Example: `| gentimes start=10/1/2026 end=10/5/2026 increment=1d`,
	Bind:    bindGentimes,
}

type gentimes struct {
	shown
	env        eval.Env
	start, end event.Time
	step       splunktime.Span
	most       int
}

func bindGentimes(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &gentimes{shown: shown{st}, env: c.Env(), most: search.Or(c.Limits().Results, resultRows)}
	midnight, _ := splunktime.Relative(s.env.Now, "@d", s.env.Zone)
	s.end = midnight
	if v, ok := st.Option("end"); ok {
		s.end = s.day(a, v, midnight)
	}
	v, ok := st.Option("start")
	if !ok {
		a.problem(st.NameSpan, "gentimes needs start=", "gentimes start=-7")
		return s, a.problems
	}
	s.start = s.day(a, v, midnight)
	step := a.text("increment", "1d")
	span, err := splunktime.ParseSpan(step)
	if err != nil {
		v, _ := st.Option("increment")
		a.cannot(v.Span, err)
	}
	s.step = span
	if !a.failed() && s.end <= s.start {
		a.problem(v.Span, "gentimes ends before it starts", "end= is the last midnight unless it is given")
	}
	return s, a.problems
}

// day reads a date, with a time of day or without, or a number of days from the
// last midnight.
func (s *gentimes) day(a *arguments, v spl.Value, midnight event.Time) event.Time {
	if n, err := strconv.Atoi(v.Text); err == nil && n > -100_000 && n < 100_000 {
		sign := "+"
		if n < 0 {
			sign = ""
		}
		t, _ := splunktime.Relative(midnight, sign+strconv.Itoa(n)+"d", s.env.Zone)
		return t
	}
	text := v.Text
	for _, format := range []string{"%m/%d/%Y:%H:%M:%S", "%m/%d/%Y", "%m/%d/%y:%H:%M:%S", "%m/%d/%y"} {
		year := strings.LastIndexByte(text, '/')
		long := year >= 0 && len(strings.SplitN(text[year+1:], ":", 2)[0]) == 4
		if long != strings.Contains(format, "%Y") || strings.Contains(text, ":") != strings.Contains(format, ":") {
			continue
		}
		if t, ok := splunktime.Strptime(text, format, s.env.Zone); ok {
			return t
		}
	}
	a.problem(v.Span, `cannot read the day "`+v.Text+`"`, "it is MM/DD/YYYY, MM/DD/YYYY:HH:MM:SS or a number of days: -7")
	return 0
}

var gentimesFields = []string{"endhuman", "endtime", "starthuman", "starttime"}

func (s *gentimes) Shape(search.Schema) (search.Schema, diag.List) {
	return search.Schema{Fields: gentimesFields, Ordered: true, From: "gentimes"}, nil
}

func (s *gentimes) Needs([]string) []string { return nil }

func (s *gentimes) Open(w search.World) (search.Operator, error) {
	return search.Source(func(_ context.Context, emit func(*batch.Batch) error) error {
		zone := s.env.Zone
		var rows [4][]string
		human := splunktime.CompileFormat("%a %b %e %H:%M:%S %Y")
		text := func(t event.Time) string { return string(human.Print(nil, t, zone)) }
		for t := s.start; t < s.end; t = s.after(t, zone) {
			if len(rows[0]) == s.most {
				m := s.st.Problem(s.st.NameSpan, "gentimes makes the first "+strconv.Itoa(s.most)+" rows only", "a longer increment= makes fewer")
				m.Severity = diag.Warning
				w.Warn(m)
				break
			}
			last := s.after(t, zone) - 1e9
			for i, v := range []string{text(last), last.String(), text(t), t.String()} {
				rows[i] = append(rows[i], v)
			}
		}
		out := batch.New(len(rows[0]))
		for i, n := range gentimesFields {
			out.Set(n, batch.Texts(rows[i]...))
		}
		if out.Len == 0 {
			return nil
		}
		return emit(out)
	}), nil
}

// after is a step later: days are the calendar's.
func (s *gentimes) after(t event.Time, zone *time.Location) event.Time {
	next, err := splunktime.Relative(t, "+"+s.step.String(), zone)
	if err != nil || next <= t {
		return t + s.step.Next(0, nil)
	}
	return next
}
