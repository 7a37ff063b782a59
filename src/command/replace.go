package command

import (
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var replaceSpec = search.Spec{
	Name: "replace", Kind: search.Streaming,
	Syntax:  "replace <value> WITH <value> [, <value> WITH <value>]... [IN <field>...]",
	Help:    "replaces whole values of the fields named, or of all fields; * stands for the same text on both sides",
	Example: `| replace "::ffff:*" WITH "*" IN src, dest`,
	Bind:    bindReplace,
}

// replace looks at each distinct value once. A value that is given exactly goes
// before those with wildcards, of which the one with the most letters wins; of two
// alike the later one.
type replace struct {
	shown
	exact    map[string]string
	patterns []pair
	fields   []string
}

func bindReplace(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &replace{shown: shown{st}, exact: map[string]string{}, fields: names(st.Fields)}
	for _, r := range st.Renames {
		from, to := r.From.Text, r.To.Text
		n, m := strings.Count(from, "*"), strings.Count(to, "*")
		switch {
		case n == 0 && m == 0:
			s.exact[from] = to
		case m != 0 && m != n:
			a.problem(spl.Span{Start: r.From.Span.Start, End: r.To.Span.End}, `"`+from+`" and "`+to+`" have different numbers of *`, "the new value has as many as the old one, or none")
		default:
			s.patterns = append(s.patterns, pair{from, to})
		}
	}
	return s, a.problems
}

func (s *replace) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "there is nothing to replace", s.st.Fields...)
}

func (s *replace) Needs(want []string) []string { return want }

func (s *replace) Order() search.Order { return search.OrderKept }

func (s *replace) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		out := batch.New(b.Len)
		for i, n := range b.Names {
			c := b.Columns[i]
			if s.in(n) {
				c = s.column(c)
			}
			out.Set(n, c)
		}
		return out, nil
	}), nil
}

// in tells whether a field is looked at: internal ones only by name.
func (s *replace) in(name string) bool {
	if len(s.fields) == 0 {
		return !internal(name)
	}
	return matchesAny(s.fields, name)
}

// column leaves a column as it is when nothing in it changes.
func (s *replace) column(c *batch.Column) *batch.Column {
	changed := false
	out := mapLists(c, func(list []string) []string {
		next := make([]string, len(list))
		for i, v := range list {
			next[i] = s.value(v)
			changed = changed || next[i] != v
		}
		return next
	})
	if !changed {
		return c
	}
	return out
}

func (s *replace) value(v string) string {
	if to, ok := s.exact[v]; ok {
		return to
	}
	best, out := -1, v
	for _, p := range s.patterns {
		parts, ok := search.Capture(p.from, v)
		if n := len(p.from) - strings.Count(p.from, "*"); !ok || n < best {
			continue
		}
		best = len(p.from) - strings.Count(p.from, "*")
		if out = p.to; search.Wild(p.to) {
			out = search.Fill(p.to, parts)
		}
	}
	return out
}
