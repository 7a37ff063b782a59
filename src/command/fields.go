package command

import (
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var fieldsSpec = search.Spec{
	Name: "fields", Kind: search.Streaming,
	Syntax:  "fields [+|-] <field>...",
	Help:    "keeps the fields named, and _time and _raw; with - removes them",
	Example: `| fields - process_guid, parent_process_guid`,
	Bind:    bindFields,
}

// fields keeps or removes columns. Internal fields stay unless they are named,
// or matched by a pattern that begins with _.
type fields struct {
	shown
	names  []string
	remove bool
}

func bindFields(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	return &fields{shown{st}, names(st.Fields), st.Sign == '-'}, nil
}

func (s *fields) keeps(name string) bool {
	if s.remove {
		return !matchesAny(s.names, name)
	}
	return internal(name) || matchesAny(s.names, name)
}

func (s *fields) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "", s.st.Fields...)
	if s.remove {
		return in.Keep(s.keeps), problems
	}
	if in.Open {
		in.Open = slices.ContainsFunc(s.names, search.Wild)
		in = in.With("_raw", "_time")
		for _, n := range s.names {
			if !search.Wild(n) {
				in = in.With(n)
			}
		}
	}
	in.Fields = s.order(in.Fields)
	in.Ordered = in.Ordered || !slices.ContainsFunc(s.names, search.Wild)
	in.From = "fields"
	return in, problems
}

// order is the fields kept: internal ones, then the others as they are listed.
func (s *fields) order(have []string) []string {
	var out []string
	for _, n := range slices.Sorted(slices.Values(have)) {
		if internal(n) && !slices.Contains(s.names, n) {
			out = append(out, n)
		}
	}
	for _, n := range expand(s.names, have) {
		if slices.Contains(have, n) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

func (s *fields) Needs(want []string) []string {
	if s.remove {
		return slices.DeleteFunc(slices.Clone(want), func(w string) bool { return !search.Wild(w) && !s.keeps(w) })
	}
	var out []string
	for _, w := range want {
		switch {
		case w == "*":
			return append(append(out, s.names...), "_*")
		case search.Wild(w):
			out = append(append(out, s.names...), w)
		case s.keeps(w):
			out = append(out, w)
		}
	}
	return out
}

func (s *fields) Order() search.Order { return search.OrderKept }

func (s *fields) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		if s.remove {
			return b.Keep(s.keeps), nil
		}
		out := batch.New(b.Len)
		for _, n := range s.order(b.Names) {
			out.Set(n, b.Column(n))
		}
		return out, nil
	}), nil
}
