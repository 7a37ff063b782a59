package command

import (
	"slices"
	"strings"

	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// internal tells whether a field is one of Splunk's own, such as _time; a
// wildcard at a pattern's start does not match those.
func internal(name string) bool { return strings.HasPrefix(name, "_") }

// matches is search.Match, but that `*` at the start leaves internal fields out.
func matches(pattern, name string) bool {
	if internal(name) && strings.HasPrefix(pattern, "*") {
		return false
	}
	return search.Match(pattern, name)
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

// expand replaces patterns by the names they match, in byte order; a name without
// a wildcard stays. Each name comes once, at its first place.
func expand(patterns, have []string) []string {
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	sorted := slices.Sorted(slices.Values(have))
	for _, p := range patterns {
		if !search.Wild(p) {
			add(p)
			continue
		}
		for _, n := range sorted {
			if matches(p, n) {
				add(n)
			}
		}
	}
	return out
}

// conditionFields is the fields that a condition names, each with its place, and
// the words that it looks for in _raw.
func conditionFields(p spl.Predicate) (fields []spl.Name, words []*spl.Word) {
	switch p := p.(type) {
	case *spl.Compare:
		return []spl.Name{p.Field}, nil
	case *spl.In:
		return []spl.Name{p.Field}, nil
	case *spl.Not:
		return conditionFields(p.X)
	case *spl.And:
		return conditionsFields(p.List)
	case *spl.Or:
		return conditionsFields(p.List)
	case *spl.Word:
		if p.Value.Text != "*" {
			return nil, []*spl.Word{p}
		}
	}
	return nil, nil
}

func conditionsFields(list []spl.Predicate) (fields []spl.Name, words []*spl.Word) {
	for _, x := range list {
		f, w := conditionFields(x)
		fields, words = append(fields, f...), append(words, w...)
	}
	return fields, words
}

// asksForAbsence are functions that are there for fields that may be absent; and
// bare constants are fields that nobody expects to exist (rule E5).
var (
	asksForAbsence = []string{"isnull", "isnotnull", "coalesce", "ifnull", "typeof", "validate"}
	bareConstants  = []string{"null", "NULL", "true", "false", "TRUE", "FALSE"}
)

// expressionFields is the fields that an expression reads as if they existed,
// each with its place.
func expressionFields(e spl.Expr) []spl.Name {
	switch e := e.(type) {
	case *spl.Field:
		if slices.Contains(bareConstants, e.Name) && !e.Quoted {
			return nil
		}
		return []spl.Name{{Text: e.Name, Span: e.Span}}
	case *spl.Call:
		if slices.Contains(asksForAbsence, e.Name) {
			return nil
		}
		return expressionsFields(e.Args)
	case *spl.Unary:
		return expressionFields(e.X)
	case *spl.Binary:
		return append(expressionFields(e.X), expressionFields(e.Y)...)
	case *spl.InList:
		return append(expressionFields(e.X), expressionsFields(e.List)...)
	}
	return nil
}

func expressionsFields(list []spl.Expr) []spl.Name {
	var out []spl.Name
	for _, e := range list {
		out = append(out, expressionFields(e)...)
	}
	return out
}
