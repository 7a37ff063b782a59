package command

import (
	"context"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var setSpec = search.Spec{
	Name: "set", Kind: search.Generating,
	Syntax:  "set (union|diff|intersect) [<subsearch>] [<subsearch>]",
	Help:    "gives the rows of both subsearches once each, those of one of them only, or those that are in both; rows are alike when all their fields but internal ones are",
	Example: `| set diff [inputlookup yesterday.csv] [inputlookup today.csv]`,
	Bind:    bindSet,
}

// setOperation compares whole rows. Of rows that are alike the first one stays.
type setOperation struct {
	shown
	op          string
	left, right attached
}

func bindSet(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &setOperation{shown: shown{st}, op: strings.ToLower(st.Words[0].Text)}
	if !oneOf(s.op, "union", "diff", "intersect") {
		a.problem(st.Words[0].Span, `set has no operation "`+st.Words[0].Text+`"`, "write union, diff or intersect")
	}
	if len(st.Subs) != 2 {
		a.problem(st.NameSpan, "set takes two subsearches in brackets", "")
		return nil, a.problems
	}
	bound := c.Limits().Append()
	bound.Option = "set"
	s.left, s.right = attach(a, st.Subs[0], c, bound), attach(a, st.Subs[1], c, bound)
	return s, a.problems
}

func (s *setOperation) Shape(search.Schema) (search.Schema, diag.List) {
	return below(s.left.schema(), s.right.schema()), nil
}

func (s *setOperation) Needs([]string) []string { return nil }

// Depends tells that the searches run first.
func (s *setOperation) Depends() bool { return s.left.Depends() }

// Resolve runs both searches.
func (s *setOperation) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	out := *s
	var err error
	if out.left, err = s.left.run(ctx, w); err == nil {
		out.right, err = s.right.run(ctx, w)
	}
	return &out, err
}

func (s *setOperation) Open(search.World) (search.Operator, error) {
	return search.Source(func(_ context.Context, emit func(*batch.Batch) error) error {
		if out := s.result(); out.Len > 0 {
			return emit(out)
		}
		return nil
	}), nil
}

func (s *setOperation) result() *batch.Batch {
	all := batch.Concat([]*batch.Batch{s.left.rows, s.right.rows})
	keys := setKeys(all)
	const left, right = 1, 2
	in := map[string]int{}
	for r, k := range keys {
		if r < s.left.rows.Len {
			in[k] |= left
		} else {
			in[k] |= right
		}
	}
	var rows []int32
	for r, k := range keys {
		sides := in[k]
		delete(in, k)
		if sides != 0 && (s.op == "union" || (s.op == "intersect") == (sides == left|right)) {
			rows = append(rows, int32(r))
		}
	}
	return choose(all, rows)
}

// setKeys is each row's fields as one text; internal fields only where there are
// no others.
func setKeys(all *batch.Batch) []string {
	compared := all.Keep(func(n string) bool { return !internal(n) })
	if len(compared.Names) == 0 {
		compared = all
	}
	keys := make([]string, all.Len)
	for r := range keys {
		keys[r] = rowKey(compared, r)
	}
	return keys
}
