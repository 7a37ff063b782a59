package command

import (
	"context"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var searchSpec = search.Spec{
	Name: "search", Kind: search.Streaming,
	Syntax:  "search <condition>",
	Help:    "as the first command finds events; behind others keeps the rows for which a condition holds",
	Example: `index=main sourcetype=xmlwineventlog EventCode=1 parent_process_name IN (regsvcs.exe, regasm.exe)`,
	Bind:    bindFilter,
	First:   bindScan,
}

// filter is search behind other commands (rules P1, S1-S7).
type filter struct {
	shown
	condition spl.Predicate
	env       eval.Env
	predicate *eval.Predicate
	brackets  brackets
}

func bindFilter(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	condition := tidy(a, st.Predicate, c)
	for _, m := range timeBounds(condition) {
		a.warning(m.Span, m.Field.Text+"= bounds the time in the first command only; here it is a field", "")
	}
	if a.failed() {
		return nil, a.problems
	}
	p, more := eval.CompilePredicate(blank(condition), st, c.Env())
	problems := append(a.problems, more...)
	if p == nil {
		return nil, problems
	}
	return &filter{shown{st}, condition, c.Env(), p, a.brackets}, problems
}

func (s *filter) Shape(in search.Schema) (search.Schema, diag.List) {
	fields, words := conditionFields(s.condition)
	problems := in.Missing(s.st, "no value matches", fields...)
	if len(words) > 0 && !in.Has("_raw") {
		m := s.st.Problem(words[0].Span, "no row passes: words are looked for in _raw, which is not there", `compare a field: field="*word*"`)
		m.Severity = diag.Warning
		problems = append(problems, m)
	}
	return in, problems
}

func (s *filter) Needs(want []string) []string {
	want = append(want[:len(want):len(want)], s.predicate.Fields()...)
	return append(want, s.brackets.fields()...)
}

func (s *filter) Order() search.Order { return search.OrderKept }

// Identity tells of `search *`.
func (s *filter) Identity() bool { return s.predicate.All() && !s.Depends() }

// Depends tells whether subsearches must run first.
func (s *filter) Depends() bool { return len(s.brackets) > 0 }

// Resolve puts what subsearches give into the condition.
func (s *filter) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	out := *s
	var err error
	out.condition, out.predicate, err = s.brackets.condition(ctx, w, s.st, s.condition, nil)
	out.brackets = nil
	return &out, err
}

// Absorb joins the conditions of two filters.
func (s *filter) Absorb(next search.Stage) (search.Stage, bool) {
	f, ok := next.(*filter)
	if !ok {
		return nil, false
	}
	both := and(s.condition, f.condition)
	p, problems := eval.CompilePredicate(blank(both), s.st, s.env)
	if p == nil || len(problems) > 0 {
		return nil, false
	}
	return &filter{s.shown, both, s.env, p, s.brackets.with(f.brackets)}, true
}

func (s *filter) String() string { return "search " + conditionText(s.condition) }

func (s *filter) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		return choose(b, s.predicate.Select(eval.Of(b), batch.AllRows(b.Len))), nil
	}), nil
}

// and joins conditions; nil is no condition.
func and(list ...spl.Predicate) spl.Predicate {
	var parts []spl.Predicate
	for _, p := range list {
		switch p := p.(type) {
		case nil:
		case *spl.And:
			parts = append(parts, p.List...)
		default:
			parts = append(parts, p)
		}
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return &spl.And{List: parts, Span: spl.Span{Start: parts[0].At().Start, End: parts[0].At().End}}
}
