package command

import (
	"context"
	"maps"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// brackets are the subsearches of a condition, checked, by their trees. They run
// before the search that they stand in, and what they give takes their place.
type brackets map[*spl.Search]*search.Plan

// subsearch checks a search in brackets within a condition.
func (a *arguments) subsearch(tree *spl.Search, c search.Context) {
	p, problems := search.New(tree, c)
	a.problems = append(a.problems, problems...)
	if p == nil {
		return
	}
	if a.brackets == nil {
		a.brackets = brackets{}
	}
	a.brackets[tree] = p
}

// with is both.
func (b brackets) with(other brackets) brackets {
	if len(other) == 0 {
		return b
	}
	out := maps.Clone(other)
	for k, v := range b {
		out[k] = v
	}
	return out
}

// fields is what the conditions that come may read.
func (b brackets) fields() []string {
	var out []string
	for _, p := range b {
		s := p.Schema()
		if s.Open || slices.Contains(s.Fields, "search") || slices.Contains(s.Fields, "query") {
			return []string{"*"}
		}
		out = append(out, s.Fields...)
	}
	return out
}

// everything is the condition that holds for every row.
func everything(sp spl.Span) spl.Predicate {
	return &spl.Word{Value: spl.Value{Text: "*", Span: sp}, Span: sp}
}

// nothing is the condition that holds for no row.
func nothing(sp spl.Span) spl.Predicate { return &spl.Not{X: everything(sp), Span: sp} }

// blank is a condition that demands nothing in the places of subsearches; the
// condition itself when there are none.
func blank(p spl.Predicate) spl.Predicate {
	out, _ := replaceSubs(p, func(_ *spl.Search, _ *spl.Compare, at spl.Span) (spl.Predicate, error) { return everything(at), nil })
	return out
}

// replaceSubs puts conditions in the places of subsearches: those alone, and
// those that are the value of a comparison.
func replaceSubs(p spl.Predicate, by func(s *spl.Search, value *spl.Compare, at spl.Span) (spl.Predicate, error)) (spl.Predicate, error) {
	switch x := p.(type) {
	case *spl.Subsearch:
		return by(x.Search, nil, x.Span)
	case *spl.Compare:
		if x.Sub != nil {
			return by(x.Sub, x, x.Span)
		}
	case *spl.Not:
		inner, err := replaceSubs(x.X, by)
		if inner == x.X || err != nil {
			return p, err
		}
		return &spl.Not{X: inner, Span: x.Span}, nil
	case *spl.And:
		list, changed, err := replaceAll(x.List, by)
		if changed {
			return &spl.And{List: list, Span: x.Span}, err
		}
		return p, err
	case *spl.Or:
		list, changed, err := replaceAll(x.List, by)
		if changed {
			return &spl.Or{List: list, Span: x.Span}, err
		}
		return p, err
	}
	return p, nil
}

func replaceAll(list []spl.Predicate, by func(*spl.Search, *spl.Compare, spl.Span) (spl.Predicate, error)) (out []spl.Predicate, changed bool, err error) {
	out = make([]spl.Predicate, len(list))
	for i, x := range list {
		if out[i], err = replaceSubs(x, by); err != nil {
			return nil, false, err
		}
		changed = changed || out[i] != x
	}
	return out, changed, nil
}

// condition runs the subsearches and gives the condition that they make. Time
// modifiers among what they give go to times, when there is a place for them.
func (b brackets) condition(ctx context.Context, w search.World, st *spl.Stage, p spl.Predicate, times *timeRange) (spl.Predicate, *eval.Predicate, error) {
	filled, err := replaceSubs(p, func(tree *spl.Search, value *spl.Compare, at spl.Span) (spl.Predicate, error) {
		place := st.Source.At(at)
		rows, err := b[tree].Gather(ctx, w, place, w.Limits().Subsearch())
		if err != nil {
			return nil, err
		}
		return given(st, rows, value, at)
	})
	if err != nil {
		return nil, nil, err
	}
	filled = and(conjuncts(flat(filled))...)
	if times != nil {
		a := argumentsOf(st)
		var more timeRange
		more, filled = takeTimeRange(a, filled, w.Env())
		times.narrow(more)
		if a.failed() {
			return nil, nil, a.problems.Err()
		}
	}
	compiled, problems := eval.CompilePredicate(filled, st, w.Env())
	return filled, compiled, problems.Err()
}

// flat joins ANDs within an AND, so that time modifiers of a subsearch's only row
// stand with the others.
func flat(p spl.Predicate) spl.Predicate {
	x, ok := p.(*spl.And)
	if !ok {
		return p
	}
	var list []spl.Predicate
	for _, y := range x.List {
		list = append(list, conjuncts(flat(y))...)
	}
	return &spl.And{List: list, Span: x.Span}
}

// narrow takes the bounds that another range has.
func (r *timeRange) narrow(other timeRange) {
	if other.hasEarliest {
		r.earliest, r.hasEarliest = other.earliest, true
	}
	if other.hasLatest {
		r.latest, r.hasLatest = other.latest, true
	}
}

// given is the rows of a subsearch as a condition: a row is an AND of its fields,
// rows are an OR. The fields search and query are conditions themselves. No rows
// are a condition that never holds.
func given(st *spl.Stage, rows *batch.Batch, value *spl.Compare, at spl.Span) (spl.Predicate, error) {
	fields := shownFields(rows)
	if value != nil {
		return givenValue(st, rows, fields, value, at)
	}
	if len(fields) == 1 && fields[0] != "search" && fields[0] != "query" {
		return givenList(rows.Column(fields[0]), fields[0], at), nil
	}
	var out []spl.Predicate
	for r := range rows.Len {
		var row []spl.Predicate
		for _, f := range fields {
			x, err := givenCell(st, rows.Column(f), r, f, at)
			if err != nil {
				return nil, err
			}
			if x != nil {
				row = append(row, x)
			}
		}
		if len(row) > 0 {
			out = append(out, and(row...))
		}
	}
	return either(out, at), nil
}

// shownFields is the fields of rows that become conditions, by name: internal
// ones do not.
func shownFields(rows *batch.Batch) []string {
	var out []string
	for i, n := range rows.Names {
		if !internal(n) && hasValue(rows.Columns[i]) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

func either(list []spl.Predicate, at spl.Span) spl.Predicate {
	switch len(list) {
	case 0:
		return nothing(at)
	case 1:
		return list[0]
	}
	return &spl.Or{List: list, Span: at}
}

// givenList is the rows of one field: one of its values.
func givenList(c *batch.Column, field string, at spl.Span) spl.Predicate {
	x := &spl.In{Field: spl.Name{Text: field, Span: at}, Span: at}
	seen := map[string]bool{}
	for r := range c.Len() {
		for _, v := range c.Values(r) {
			if !seen[v] {
				seen[v] = true
				x.Values = append(x.Values, spl.Value{Text: v, Quoted: true, Span: at})
			}
		}
	}
	if len(x.Values) == 1 {
		return &spl.Compare{Field: x.Field, Op: "=", Value: x.Values[0], Span: at}
	}
	return x
}

// givenCell is one field of a row; nil for a field without a value.
func givenCell(st *spl.Stage, c *batch.Column, r int, field string, at spl.Span) (spl.Predicate, error) {
	values := c.Values(r)
	if field == "search" && len(values) > 1 {
		values = values[:1]
	}
	var out []spl.Predicate
	for _, v := range values {
		if field == "search" || field == "query" {
			p, err := givenText(st, v, at)
			if err != nil {
				return nil, err
			}
			out = append(out, p)
			continue
		}
		out = append(out, &spl.Compare{Field: spl.Name{Text: field, Span: at}, Op: "=", Value: spl.Value{Text: v, Quoted: true, Span: at}, Span: at})
	}
	if len(out) == 0 {
		return nil, nil
	}
	return either(out, at), nil
}

// givenText reads a condition that a subsearch gives as text; an empty one demands
// nothing.
func givenText(st *spl.Stage, text string, at spl.Span) (spl.Predicate, error) {
	if strings.TrimSpace(text) == "" {
		return everything(at), nil
	}
	p, problems := spl.ParsePredicate(spl.Plain(&diag.Text{Name: "subsearch", Body: text}))
	if problems.HasErrors() {
		m := st.Problem(at, "what the subsearch gives is no condition: "+problems.Errors()[0].Text, "it gives "+shortened(text))
		return nil, m
	}
	if p == nil {
		return everything(at), nil
	}
	return placed(p, at), nil
}

// placed is a condition whose parts all stand at the subsearch that gave it.
func placed(p spl.Predicate, at spl.Span) spl.Predicate {
	switch x := p.(type) {
	case *spl.Compare:
		x.Span, x.Field.Span, x.Value.Span = at, at, at
	case *spl.In:
		x.Span, x.Field.Span = at, at
		for i := range x.Values {
			x.Values[i].Span = at
		}
	case *spl.Word:
		x.Span, x.Value.Span = at, at
	case *spl.Subsearch:
		x.Span = at
	case *spl.Not:
		x.Span = at
		placed(x.X, at)
	case *spl.And:
		x.Span = at
		for _, y := range x.List {
			placed(y, at)
		}
	case *spl.Or:
		x.Span = at
		for _, y := range x.List {
			placed(y, at)
		}
	}
	return p
}

// givenValue is field=[subsearch]: the comparison with what it gives, as if that
// stood there.
func givenValue(st *spl.Stage, rows *batch.Batch, fields []string, value *spl.Compare, at spl.Span) (spl.Predicate, error) {
	if len(fields) == 0 {
		return nothing(at), nil
	}
	field := fields[0]
	if slices.Contains(fields, "search") {
		field = "search"
	}
	c := rows.Column(field)
	var texts []string
	for r := range rows.Len {
		texts = append(texts, c.Values(r)...)
	}
	text := strings.Join(texts, " OR ")
	if strings.TrimSpace(text) == "" {
		return nothing(at), nil
	}
	if !readsAsValue(text) {
		return &spl.Compare{Field: value.Field, Op: value.Op, Value: spl.Value{Text: text, Quoted: true, Span: at}, Span: at}, nil
	}
	return givenText(st, nameText(value.Field.Text)+value.Op+text, at)
}

// readsAsValue tells whether a text is written like a value or several of them, so
// that it may stand behind an operator.
func readsAsValue(text string) bool {
	return !strings.ContainsAny(text, "\\|[]`") && (!strings.Contains(text, " ") || strings.ContainsAny(text, `"(`) || strings.Contains(text, " OR "))
}

func shortened(text string) string {
	if len(text) > 80 {
		text = strings.ToValidUTF8(text[:77], "") + "..."
	}
	return text
}
