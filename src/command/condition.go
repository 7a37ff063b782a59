package command

import (
	"slices"
	"strings"

	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// tidy checks a condition for what only the knowledge can tell, and makes
// comparisons of words such as sourcetype::access.
func tidy(a *arguments, p spl.Predicate, c search.Context) spl.Predicate {
	switch p := p.(type) {
	case *spl.Compare:
		if oneOf(p.Field.Text, "savedsearch", "savedsplunk") && p.Sub == nil {
			return savedCondition(a, p, c)
		}
		checkCompare(a, p, c)
	case *spl.In:
		if p.Field.Text == "eventtype" {
			for _, v := range p.Values {
				checkEventType(a, v, c)
			}
		}
	case *spl.Word:
		return indexedWord(p)
	case *spl.Not:
		return &spl.Not{X: tidy(a, p.X, c), Span: p.Span}
	case *spl.And:
		return &spl.And{List: tidyAll(a, p.List, c), Span: p.Span}
	case *spl.Or:
		return &spl.Or{List: tidyAll(a, p.List, c), Span: p.Span}
	case *spl.Subsearch:
		a.subsearch(p.Search, c)
	}
	return p
}

func tidyAll(a *arguments, list []spl.Predicate, c search.Context) []spl.Predicate {
	out := make([]spl.Predicate, len(list))
	for i, x := range list {
		out[i] = tidy(a, x, c)
	}
	return out
}

func checkCompare(a *arguments, p *spl.Compare, c search.Context) {
	switch name := p.Field.Text; {
	case p.Sub != nil:
		a.subsearch(p.Sub, c)
	case name == "eventtype" && (p.Op == "=" || p.Op == "!="):
		checkEventType(a, p.Value, c)
	}
}

// savedCondition is savedsearch=name: the condition of the saved search of that
// name, which must have no other command.
func savedCondition(a *arguments, p *spl.Compare, c search.Context) spl.Predicate {
	name := p.Value
	if p.Op != "=" && p.Op != "!=" {
		a.problem(p.Span, p.Field.Text+" can only be compared with = and !=", "")
		return p
	}
	if slices.Contains(a.saved, name.Text) {
		a.problem(name.Span, `saved search "`+name.Text+`" is a condition of itself`, "the chain is "+strings.Join(append(a.saved, name.Text), " -> "))
		return p
	}
	saved, problems := c.SavedSearch(name.Text, nil)
	for _, m := range problems {
		if m.Place.Text == nil {
			m.Place = a.st.Source.At(name.Span)
		}
		a.problems = append(a.problems, m)
	}
	switch {
	case saved.Search == nil && !problems.HasErrors():
		a.problem(name.Span, `unable to find the saved search named "`+name.Text+`"`, "")
		return p
	case saved.Search == nil:
		return p
	case len(saved.Search.Stages) != 1 || saved.Search.Stages[0].Name != "search":
		a.problem(name.Span, `saved search "`+name.Text+`" has more than a condition`, "begin with | savedsearch, or put it in brackets")
		return p
	}
	inner := saved.Search.Stages[0].Predicate
	if inner == nil {
		inner = everything(p.Span)
	}
	a.saved = append(a.saved, name.Text)
	inner = tidy(a, placed(inner, p.Span), c)
	a.saved = a.saved[:len(a.saved)-1]
	if p.Op == "!=" {
		return &spl.Not{X: inner, Span: p.Span}
	}
	return inner
}

func checkEventType(a *arguments, v spl.Value, c search.Context) {
	if !strings.Contains(v.Text, "*") && !c.EventType(v.Text) {
		a.problem(v.Span, `event type "`+v.Text+`" does not exist or is disabled`, "event types are stanzas of eventtypes.conf")
	}
}

// indexedWord reads name::value as the comparison that it is.
func indexedWord(w *spl.Word) spl.Predicate {
	name, value, ok := strings.Cut(w.Value.Text, "::")
	if !ok || w.Kind != "" || w.Value.Quoted || name == "" || value == "" || strings.ContainsAny(name, "* ") {
		return w
	}
	at := w.Value.Span
	return &spl.Compare{
		Field: spl.Name{Text: name, Span: spl.Span{Start: at.Start, End: at.Start + len(name)}},
		Op:    "=",
		Value: spl.Value{Text: value, Span: at},
		Span:  w.Span,
	}
}

// conjuncts are the conditions that must all hold.
func conjuncts(p spl.Predicate) []spl.Predicate {
	switch p := p.(type) {
	case nil:
		return nil
	case *spl.And:
		return p.List
	}
	return []spl.Predicate{p}
}

// namedIndexes is the patterns of index names that a condition names, other than
// to exclude them.
func namedIndexes(p spl.Predicate) []string {
	var out []string
	switch p := p.(type) {
	case *spl.Compare:
		if p.Field.Text == "index" && p.Op == "=" {
			return []string{p.Value.Text}
		}
	case *spl.In:
		if p.Field.Text == "index" {
			for _, v := range p.Values {
				out = append(out, v.Text)
			}
		}
	case *spl.And:
		for _, x := range p.List {
			out = append(out, namedIndexes(x)...)
		}
	case *spl.Or:
		for _, x := range p.List {
			out = append(out, namedIndexes(x)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// conditionText prints a condition, with parentheses where they are needed.
func conditionText(p spl.Predicate) string { return conditionAt(p, false) }

func conditionAt(p spl.Predicate, inner bool) string {
	switch p := p.(type) {
	case *spl.Compare:
		if p.Sub != nil {
			return nameText(p.Field.Text) + p.Op + "[subsearch]"
		}
		return nameText(p.Field.Text) + p.Op + valueText(p.Value)
	case *spl.In:
		list := make([]string, len(p.Values))
		for i, v := range p.Values {
			list[i] = valueText(v)
		}
		return nameText(p.Field.Text) + " IN (" + strings.Join(list, ", ") + ")"
	case *spl.Not:
		return "NOT " + conditionAt(p.X, true)
	case *spl.And:
		return joined(p.List, " ", inner)
	case *spl.Or:
		return joined(p.List, " OR ", inner)
	case *spl.Subsearch:
		return "[subsearch]"
	case *spl.Word:
		if p.Kind == "term" || p.Kind == "case" {
			return strings.ToUpper(p.Kind) + "(" + p.Value.Text + ")"
		}
		return valueText(p.Value)
	}
	return "*"
}

func joined(list []spl.Predicate, by string, inner bool) string {
	parts := make([]string, len(list))
	for i, x := range list {
		_, or := x.(*spl.Or)
		parts[i] = conditionAt(x, inner || !or || by != " ")
	}
	text := strings.Join(parts, by)
	if inner {
		return "(" + text + ")"
	}
	return text
}

func valueText(v spl.Value) string {
	if !v.Quoted && v.Text != "" && !strings.ContainsAny(v.Text, " \t\n\"(),|[]`\\") {
		return v.Text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v.Text) + `"`
}

func nameText(name string) string {
	if strings.ContainsAny(name, " \t\n\"(),|[]`=<>!") {
		return `"` + strings.ReplaceAll(name, `"`, `\"`) + `"`
	}
	return name
}
