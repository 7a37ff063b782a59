package eval

import (
	"slices"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// predicateBinder turns the tree into steps. Conditions that touch one field
// alone become one condition, however they are joined.
type predicateBinder struct {
	st       *spl.Stage
	rules    Rules
	fields   []string
	problems diag.List
}

func (b *predicateBinder) step(p spl.Predicate) step {
	switch p := p.(type) {
	case *spl.Compare:
		return b.leaf(p.Field.Text, b.compare(p.Op, p.Value.Text))
	case *spl.In:
		return b.leaf(p.Field.Text, b.in(texts(p.Values)))
	case *spl.Word:
		return b.word(p)
	case *spl.Not:
		return negate(b.step(p.X))
	case *spl.And:
		return b.join(p.List, true)
	case *spl.Or:
		return b.join(p.List, false)
	}
	b.problems = append(b.problems, b.st.Source.Problem(p.At(), "cannot use a subsearch here: it was not run", ""))
	return truth(false)
}

func (b *predicateBinder) leaf(field string, c condition) step {
	for i, f := range b.fields {
		if f == field {
			return newLeaf(i, field, c)
		}
	}
	b.fields = append(b.fields, field)
	return newLeaf(len(b.fields)-1, field, c)
}

func (b *predicateBinder) compare(op, literal string) condition {
	switch {
	case op == "=" && literal == "*":
		return exists{}
	case op == "=":
		return &is{check: literalCheck(literal), rule: b.rules.MVCompare, absent: b.rules.EmptyMatchesAbsent && literal == ""}
	case op == "!=":
		return &isNot{check: literalCheck(literal), rule: b.rules.MVCompare, noneIs: b.rules.MVNotEqualNone}
	}
	return &is{check: newOrdered(op, literal), rule: b.rules.MVCompare}
}

// in is IN: one of several = (rule S2). Where one value of a multivalue decides,
// they are one check.
func (b *predicateBinder) in(list []string) condition {
	if b.rules.MVCompare == MVAll {
		var out some
		for _, literal := range list {
			out = append(out, b.compare("=", literal))
		}
		return out
	}
	absent := b.rules.EmptyMatchesAbsent && slices.Contains(list, "")
	return &is{check: literals(list), rule: b.rules.MVCompare, absent: absent}
}

// literalCheck is what = compares with.
func literalCheck(literal string) check {
	m := matches{CompilePattern(literal)}
	if p, ok := parseSubnet(literal); ok {
		return subnet{p, m}
	}
	return m
}

// literals is what IN compares with: plain ones in one look-up.
func literals(list []string) check {
	var others anyOf
	plain := oneOf{}
	for _, v := range list {
		c := literalCheck(v)
		if m, ok := c.(matches); ok && m.exact {
			plain[strings.ToLower(v)] = true
			continue
		}
		others = append(others, c)
	}
	switch {
	case len(others) == 0:
		return plain
	case len(plain) == 0 && len(others) == 1:
		return others[0]
	case len(plain) == 0:
		return others
	}
	return append(anyOf{plain}, others...)
}

// join is an AND or an OR. Parts that are leaves of one field are joined to one
// leaf, in the place of the first.
func (b *predicateBinder) join(list []spl.Predicate, and bool) step {
	var parts []step
	for _, x := range list {
		parts = addPart(parts, b.step(x), and)
	}
	out := parts[:0]
	for _, s := range parts {
		if t, ok := s.(truth); ok {
			if bool(t) != and {
				return t
			}
			continue
		}
		out = append(out, s)
	}
	switch {
	case len(out) == 0:
		return truth(and)
	case len(out) == 1:
		return out[0]
	case and:
		return conjunction(out)
	}
	return disjunction(out)
}

// addPart adds a part, an AND within an AND part by part.
func addPart(parts []step, s step, and bool) []step {
	switch x := s.(type) {
	case conjunction:
		if and {
			for _, y := range x {
				parts = addPart(parts, y, and)
			}
			return parts
		}
	case disjunction:
		if !and {
			for _, y := range x {
				parts = addPart(parts, y, and)
			}
			return parts
		}
	case *leaf:
		for i, p := range parts {
			if l, ok := p.(*leaf); ok && l.field == x.field {
				parts[i] = newLeaf(l.field, l.name, pair(l.condition, x.condition, and))
				return parts
			}
		}
	}
	return append(parts, s)
}

// pair joins two conditions on one field, flat where one of them is joined the
// same way already.
func pair(a, b condition, and bool) condition {
	if and {
		if list, ok := a.(all); ok {
			return append(list[:len(list):len(list)], b)
		}
		return all{a, b}
	}
	if list, ok := a.(some); ok {
		return append(list[:len(list):len(list)], b)
	}
	return some{a, b}
}

func negate(s step) step {
	switch x := s.(type) {
	case truth:
		return !x
	case *leaf:
		return newLeaf(x.field, x.name, not{x.condition})
	case negation:
		return x.step
	}
	return negation{s}
}
