package command

import (
	"context"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/index"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// scan is search as the first command: events from an index, newest first, or in
// any order when nobody cares.
type scan struct {
	st        *spl.Stage
	condition spl.Predicate
	env       eval.Env
	where     *eval.Predicate
	reading
	times    timeRange
	indexes  []string
	brackets brackets
}

func bindScan(st *spl.Stage, c search.Context) ([]search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &scan{st: st, env: c.Env(), reading: reading{fields: []string{"*"}}}
	s.times, s.condition = takeTimeRange(a, tidy(a, st.Predicate, c), s.env)
	s.indexes = namedIndexes(s.condition)
	if a.failed() {
		return nil, a.problems
	}
	s.brackets = a.brackets
	where, problems := eval.CompilePredicate(blank(s.condition), st, s.env)
	s.where = where
	return []search.Stage{s}, append(a.problems, problems...)
}

func (s *scan) Shape(search.Schema) (search.Schema, diag.List) {
	return search.Schema{Open: true, Events: true, From: "search"}, nil
}

func (s *scan) Needs([]string) []string { return nil }

// Prune asks for the fields wanted only.
func (s *scan) Prune(want []string) search.Stage {
	out := *s
	out.reading = s.reading.of(want)
	return &out
}

// AnyOrder is the scan in the order of the index.
func (s *scan) AnyOrder() search.Stage {
	out := *s
	out.reading = s.reading.unordered()
	return &out
}

// Absorb takes over the condition of a search behind it.
func (s *scan) Absorb(next search.Stage) (search.Stage, bool) {
	f, ok := next.(*filter)
	if !ok {
		return nil, false
	}
	out := *s
	out.condition, out.brackets = and(s.condition, f.condition), s.brackets.with(f.brackets)
	where, problems := eval.CompilePredicate(blank(out.condition), s.st, s.env)
	if where == nil || len(problems) > 0 {
		return nil, false
	}
	out.where = where
	return &out, true
}

// Depends tells whether subsearches must run first.
func (s *scan) Depends() bool { return len(s.brackets) > 0 }

// Resolve puts what subsearches give into the condition, which may bound the time
// and name indexes.
func (s *scan) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	out := *s
	var err error
	if out.condition, out.where, err = s.brackets.condition(ctx, w, s.st, s.condition, &out.times); err != nil {
		return nil, err
	}
	out.indexes, out.brackets = namedIndexes(out.condition), nil
	return &out, nil
}

// Query is what the scan asks of the index.
func (s *scan) Query(i search.Info) index.Query {
	q := index.Query{Fields: s.fields, NewestFirst: !s.anyOrder, Indexes: s.indexes}
	q.Earliest, q.Latest = s.times.of(i)
	if !s.where.All() {
		q.Where = s.where
	}
	return q
}

func (s *scan) Open(w search.World) (search.Operator, error) {
	return scanned(w, s, func(b *batch.Batch) *batch.Batch { return b }), nil
}

func (s *scan) String() string {
	var b strings.Builder
	b.WriteString("scan")
	if !s.anyOrder {
		b.WriteString(" newest first")
	}
	explainQuery(&b, s.times, s.where, s.condition, s.fields)
	return b.String()
}

// explainQuery prints what a scan asks for.
func explainQuery(b *strings.Builder, r timeRange, where *eval.Predicate, condition spl.Predicate, fields []string) {
	if r.hasEarliest {
		b.WriteString(" from " + r.earliest.String())
	}
	if r.hasLatest {
		b.WriteString(" to " + r.latest.String())
	}
	if !where.All() || condition != blank(condition) {
		b.WriteString(" where " + conditionText(condition))
	}
	switch {
	case len(fields) == 0:
		b.WriteString(" without fields")
	case len(fields) == 1 && fields[0] == "*":
		b.WriteString(" with all fields")
	default:
		b.WriteString(" fields " + strings.Join(slices.Sorted(slices.Values(fields)), ", "))
	}
}
