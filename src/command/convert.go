package command

import (
	"context"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var convertSpec = search.Spec{
	Name: "convert", Kind: search.Streaming,
	Syntax:  "convert [timeformat=<format>] (auto|ctime|dur2sec|memk|mktime|mstime|none|num|rmcomma|rmunit)(<field>) [AS <field>]...",
	Help:    "converts the values of fields to numbers, or times to text; a field that does not exist stays away",
	Example: `| convert timeformat="%Y-%m-%dT%H:%M:%S" ctime(firstTime) ctime(lastTime)`,
	Bind:    bindConvert,
}

// convert runs conversions in the order written. Converts that follow each other
// become one, of which each keeps its own list of excepted fields.
type convert struct {
	st   *spl.Stage
	list []conversion
	text string
}

// conversion is fn(from) AS to, on fields that from matches, but for those that
// except matches.
type conversion struct {
	function string
	from, to string
	except   []string
	value    func(string) (string, bool) // of one value; false is no value
	keep     bool                        // a value that cannot be converted stays
}

func bindConvert(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &convert{st: st, text: written(st, spl.Span{Start: st.NameSpan.End, End: st.Span.End})}
	functions := conversions(a.text("timeformat", ""), c.Env())
	var except []string
	for _, call := range st.Calls {
		if call.Func == "none" {
			except = append(except, call.Arg.Text)
		}
	}
	for _, call := range st.Calls {
		if call.Func == "none" {
			continue
		}
		f, ok := functions[call.Func]
		if !ok {
			a.problem(call.Span, `convert has no function "`+call.Func+`"`, "")
			continue
		}
		f.function, f.from, f.to, f.except = call.Func, call.Arg.Text, call.Arg.Text, except
		if call.As != nil {
			f.to = call.As.Text
		}
		s.list = append(s.list, f)
	}
	if a.failed() {
		return nil, a.problems
	}
	return s, a.problems
}

// Shape adds the fields that AS names; a field that does not exist is no problem
// here: detections convert fields that they may not have.
func (s *convert) Shape(in search.Schema) (search.Schema, diag.List) {
	for _, f := range s.list {
		for _, t := range f.targets(in.Fields) {
			in = in.With(t.to)
		}
		if in.Open && !search.Wild(f.to) {
			in = in.With(f.to)
		}
	}
	return in, nil
}

func (s *convert) Needs(want []string) []string {
	for _, f := range slices.Backward(s.list) {
		next := slices.Clone(want)
		for _, w := range want {
			next = append(next, pair{f.from, f.to}.needs(w)...)
		}
		want = search.Distinct(next)
	}
	return want
}

func (s *convert) Order() search.Order { return search.OrderKept }

// Absorb joins a convert that follows.
func (s *convert) Absorb(next search.Stage) (search.Stage, bool) {
	c, ok := next.(*convert)
	if !ok {
		return nil, false
	}
	return &convert{s.st, slices.Concat(s.list, c.list), s.text + " " + c.text}, true
}

// Open: auto looks at all values of a field before it converts any.
func (s *convert) Open(search.World) (search.Operator, error) {
	if slices.ContainsFunc(s.list, func(f conversion) bool { return f.function == "auto" }) {
		return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) { return s.run(all), nil }), nil
	}
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) { return s.run(b), nil }), nil
}

func (s *convert) String() string { return "convert " + s.text }

func (s *convert) run(b *batch.Batch) *batch.Batch {
	for _, f := range s.list {
		for _, t := range f.targets(b.Names) {
			if c, ok := f.column(b.Column(t.from)); ok {
				b = s.set(b, t, c)
			}
		}
	}
	return b
}

// set puts a converted column in its place. With AS, rows without a value keep
// what the target had.
func (s *convert) set(b *batch.Batch, t pair, c *batch.Column) *batch.Batch {
	if t.from == t.to {
		return b.With(t.to, c)
	}
	return put(b, t.to, c)
}

// targets is the fields to convert, and where to.
func (f *conversion) targets(have []string) []pair {
	var out []pair
	for _, n := range have {
		if !matches(f.from, n) || matchesAny(f.except, n) && search.Wild(f.from) {
			continue
		}
		if parts, ok := search.Capture(f.from, n); ok {
			out = append(out, pair{n, search.Fill(f.to, parts)})
		}
	}
	return out
}

// column converts a column, each distinct value once; false leaves it as it is
// (auto).
func (f *conversion) column(c *batch.Column) (*batch.Column, bool) {
	c = c.Coded()
	out := batch.Nulls(c.Len())
	known := make(map[batch.Code]batch.Code)
	for r, code := range c.Codes {
		if code == 0 {
			continue
		}
		to, ok := known[code]
		if !ok {
			values := c.Dict.Values(code)
			list := make([]string, 0, len(values))
			for _, v := range values {
				n, ok := f.value(v)
				switch {
				case ok:
					list = append(list, n)
				case f.function == "auto":
					return nil, false
				case f.keep:
					list = append(list, v)
				}
			}
			to = out.Dict.AddValues(list)
			known[code] = to
		}
		out.Codes[r] = to
	}
	return out, true
}

// conversions are the functions of convert.
func conversions(format string, env eval.Env) map[string]conversion {
	return map[string]conversion{
		"auto":    {value: bestNumber},
		"num":     {value: bestNumber},
		"ctime":   {value: ctime(format, env), keep: true},
		"mktime":  {value: mktime(format, env), keep: true},
		"dur2sec": {value: durationSeconds, keep: true},
		"mstime":  {value: minuteSeconds, keep: true},
		"memk":    {value: kilobytes, keep: true},
		"rmcomma": {value: func(s string) (string, bool) { return strings.ReplaceAll(s, ",", ""), true }},
		"rmunit":  {value: leadingNumber, keep: true},
	}
}
