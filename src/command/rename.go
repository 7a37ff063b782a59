package command

import (
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var renameSpec = search.Spec{
	Name: "rename", Kind: search.Streaming,
	Syntax:  "rename <field> AS <field> [, <field> AS <field>]...",
	Help:    "gives fields other names; * stands for the same text on both sides",
	Example: `| rename Processes.* as *`,
	Bind:    bindRename,
}

// rename gives fields other names, one pair after the other (rule 2.13). The
// field is gone from its old name; a field that had the new one before is gone
// too, also when there is nothing to rename.
type rename struct {
	st    *spl.Stage
	pairs []pair
}

type pair struct{ from, to string }

func bindRename(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &rename{st: st}
	targets, sources := map[string]bool{}, map[string]bool{}
	for _, r := range st.Renames {
		from, to := r.From.Text, r.To.Text
		at := spl.Span{Start: r.From.Span.Start, End: r.To.Span.End}
		if targets[to] {
			a.warning(at, `several fields are renamed to "`+to+`": the last one wins, the others are lost`, "")
		}
		if sources[from] {
			a.warning(at, `"`+from+`" has no value left: it was renamed before`, `copy it instead: eval `+to+`=...`)
		}
		targets[to], sources[from] = true, true
		s.pairs = append(s.pairs, pair{from, to})
	}
	return s, a.problems
}

// targets is the new names of a pair's fields: old name to new.
func (p pair) targets(have []string) map[string]string {
	out := map[string]string{}
	if !search.Wild(p.from) {
		if slices.Contains(have, p.from) {
			out[p.from] = p.to
		}
		return out
	}
	for _, n := range have {
		if !matches(p.from, n) {
			continue
		}
		if parts, ok := search.Capture(p.from, n); ok {
			out[n] = search.Fill(p.to, parts)
		}
	}
	return out
}

// apply gives the new names, in order; "" for a field that is gone.
func (p pair) apply(have []string) []string {
	to := p.targets(have)
	taken := p.taken(have, to)
	out := make([]string, len(have))
	for i, n := range have {
		if t, ok := to[n]; ok {
			n = t
		}
		if winner, ok := taken[n]; ok && winner != i {
			continue
		}
		out[i] = n
	}
	return out
}

// taken is the new names, each with the place of the field that gets it, -1 for
// none: a name that is given goes also when there is nothing to give it to.
func (p pair) taken(have []string, to map[string]string) map[string]int {
	out := map[string]int{}
	for i, n := range have {
		if t, ok := to[n]; ok {
			out[t] = i
		}
	}
	if !search.Wild(p.from) && p.from != p.to && len(to) == 0 {
		out[p.to] = -1
	}
	return out
}

// rename gives a batch's columns their new names. A field found by a wildcard
// takes the place of another only in the rows that have it: rows that lack it may
// come in a batch of their own.
func (p pair) rename(b *batch.Batch) *batch.Batch {
	out := batch.New(b.Len)
	moved := p.targets(b.Names)
	for i, n := range p.apply(b.Names) {
		c := b.Columns[i]
		if n == "" {
			continue
		}
		if _, old := moved[n]; !old && n != b.Names[i] && search.Wild(p.from) {
			c = inRows(b.Column(n), c)
		}
		out.Set(n, c)
	}
	return out
}

func (s *rename) Shape(in search.Schema) (search.Schema, diag.List) {
	var problems diag.List
	for i, p := range s.pairs {
		if i < len(s.st.Renames) {
			problems = append(problems, in.Missing(s.st, "there is nothing to rename", s.st.Renames[i].From)...)
		}
		in.Fields = slices.DeleteFunc(p.apply(in.Fields), func(n string) bool { return n == "" })
		if in.Open && !search.Wild(p.to) {
			in = in.With(p.to)
		}
	}
	return in, problems
}

// Needs turns names back, from the last pair to the first. A name that is wanted
// may be the old one of no pair, or what a pair made of another.
func (s *rename) Needs(want []string) []string {
	for _, p := range slices.Backward(s.pairs) {
		next := slices.Clone(want)
		for _, w := range want {
			next = append(next, p.needs(w)...)
		}
		want = search.Distinct(next)
	}
	return want
}

func (p pair) needs(w string) []string {
	switch {
	case w == "*":
		return nil
	case search.Wild(w) || strings.Count(p.to, "*") > 1:
		// What several wildcards stood for cannot be told from the new name.
		return []string{p.from}
	case !search.Wild(p.to):
		if w == p.to {
			return []string{p.from}
		}
		return nil
	}
	if parts, ok := search.Capture(p.to, w); ok {
		return []string{search.Fill(p.from, parts)}
	}
	return nil
}

func (s *rename) Order() search.Order { return search.OrderKept }

func (s *rename) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		for _, p := range s.pairs {
			b = p.rename(b)
		}
		return b, nil
	}), nil
}

func (s *rename) String() string {
	parts := make([]string, len(s.pairs))
	for i, p := range s.pairs {
		parts[i] = nameText(p.from) + " as " + nameText(p.to)
	}
	return "rename " + strings.Join(parts, ", ")
}
