package splscripts

import (
	"slices"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// Shown is what the scripts show, by name: commands, their arguments ("dedup
// keepevents"), and functions, as searches that give rows write them.
type Shown struct {
	Commands, Covers, Refuses, EvalFunctions, StatsFunctions map[string]bool
}

// Suite reads all scripts for what they show.
func Suite() (Shown, error) {
	out := Shown{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	scripts, err := Scripts()
	for _, s := range scripts {
		for _, name := range s.Covers {
			out.Covers[name] = true
		}
		for _, name := range s.Refuses {
			out.Refuses[name] = true
		}
		for _, step := range s.Steps {
			tree, _ := spl.Parse(spl.Plain(&diag.Text{Body: step.Search}))
			if tree != nil && step.Error == "" {
				out.search(tree)
			}
		}
	}
	return out, err
}

func (s Shown) search(tree *spl.Search) {
	for _, st := range tree.Stages {
		s.Commands[st.Name] = true
		s.expr(st.Expr)
		for _, a := range st.Assigns {
			s.expr(a.Expr)
		}
		s.aggs(st.Aggs)
		for _, c := range st.Clauses {
			s.expr(c.Expr)
			s.aggs(c.Aggs)
		}
		for _, sub := range st.Subs {
			s.search(sub)
		}
	}
}

// aggs takes functions by the names that were written: mean, p95.
func (s Shown) aggs(list []spl.Agg) {
	for _, a := range list {
		name, _, _ := strings.Cut(strings.ToLower(a.Written), "(")
		s.StatsFunctions[strings.TrimSpace(name)] = true
		s.StatsFunctions[a.Func] = true
		s.expr(a.Eval)
		if a.Of != nil {
			s.aggs([]spl.Agg{*a.Of})
		}
	}
}

func (s Shown) expr(e spl.Expr) {
	switch e := e.(type) {
	case *spl.Call:
		s.EvalFunctions[e.Name] = true
		if agg, ok := spl.AggregateCall(e); ok {
			s.StatsFunctions[agg.Func] = true
		}
		s.exprs(e.Args)
	case *spl.Unary:
		s.expr(e.X)
	case *spl.Binary:
		if e.Op == "like" {
			s.EvalFunctions["like"] = true
		}
		s.expr(e.X)
		s.expr(e.Y)
	case *spl.InList:
		s.EvalFunctions["in"] = true
		s.exprs(append(slices.Clone(e.List), e.X))
	case *spl.SubExpr:
		s.search(e.Search)
	}
}

func (s Shown) exprs(list []spl.Expr) {
	for _, e := range list {
		s.expr(e)
	}
}
