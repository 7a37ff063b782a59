package splscripts

import (
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// MarkField is the indexed field that tells the events of one script from those of
// others in the same index.
const MarkField = "splscript"

// scoped is a search that sees the events of one script alone: each search of
// events in it, and each tstats, names the index and the mark. A text that cannot
// be read stays as it is.
func scoped(text, index, mark string) string {
	tree, problems := spl.Parse(spl.Plain(&diag.Text{Name: "<search>", Body: text}))
	if tree == nil || problems.HasErrors() {
		return text
	}
	scope{index, mark}.search(tree, true)
	return spl.Print(tree)
}

type scope struct{ index, mark string }

// search goes through a pipeline; root tells that it begins with a search of its
// own and not with the rows of another.
func (s scope) search(tree *spl.Search, root bool) {
	var out []*spl.Stage
	for i, st := range tree.Stages {
		s.predicate(st.Predicate)
		s.expr(st.Expr)
		for _, a := range st.Assigns {
			s.expr(a.Expr)
		}
		for _, sub := range st.Subs {
			s.search(sub, st.Name != "foreach" && st.Name != "appendpipe")
		}
		out = append(out, st)
		switch {
		case root && i == 0 && st.Name == "search":
			st.Predicate = s.and(st.Predicate)
			out = append(out, &spl.Stage{Name: "fields", Sign: '-', Fields: []spl.Name{{Text: MarkField}}})
		case st.Name == "tstats":
			st.Predicate = s.and(st.Predicate)
		}
	}
	tree.Stages = out
}

// predicate goes into the searches that stand in conditions.
func (s scope) predicate(p spl.Predicate) {
	switch p := p.(type) {
	case *spl.Subsearch:
		s.search(p.Search, true)
	case *spl.Compare:
		if p.Field.Text == "index" && p.Value.Text == "main" {
			p.Value.Text = s.index
		}
		if p.Sub != nil {
			s.search(p.Sub, true)
		}
	case *spl.Not:
		s.predicate(p.X)
	case *spl.And:
		for _, x := range p.List {
			s.predicate(x)
		}
	case *spl.Or:
		for _, x := range p.List {
			s.predicate(x)
		}
	}
}

func (s scope) and(p spl.Predicate) spl.Predicate {
	list := []spl.Predicate{
		&spl.Compare{Field: spl.Name{Text: "index"}, Op: "=", Value: spl.Value{Text: s.index}},
		&spl.Word{Value: spl.Value{Text: MarkField + "::" + s.mark}},
	}
	if p != nil {
		list = append(list, p)
	}
	return &spl.And{List: list}
}

// expr goes into the searches that stand in expressions.
func (s scope) expr(e spl.Expr) {
	switch e := e.(type) {
	case *spl.SubExpr:
		s.search(e.Search, true)
	case *spl.Unary:
		s.expr(e.X)
	case *spl.Binary:
		s.expr(e.X)
		s.expr(e.Y)
	case *spl.Call:
		for _, a := range e.Args {
			s.expr(a)
		}
	case *spl.InList:
		s.expr(e.X)
		for _, a := range e.List {
			s.expr(a)
		}
	}
}
