package spl

import (
	"strings"
)

// statsGrammar is aggregates with options, then BY.
var statsGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		p.aggregates(st, f, "by")
		p.byClause(st, f, "by")
	},
	print: func(w *printer, st *Stage) {
		w.aggregates(st)
		w.by("BY", st.By, st.ByOptions)
	},
}

// aggregates writes options, uses of macros and aggregates.
func (w *printer) aggregates(st *Stage) {
	w.options(st.Options)
	w.optionClauses(st.Clauses)
	w.values(st.Words)
	for _, a := range st.Aggs {
		w.space()
		w.aggregate(a)
	}
}

func (w *printer) aggregate(a Agg) {
	fn, _, _ := strings.Cut(a.Written, "(")
	w.text(fn)
	switch {
	case a.Func == "eval" && a.Eval != nil:
		w.text("(")
		w.expr(a.Eval, levelNone)
		w.text(")")
	case a.Eval != nil:
		w.text("(eval(")
		w.expr(a.Eval, levelNone)
		w.text("))")
	case a.Of != nil:
		w.text("(")
		w.aggregate(*a.Of)
		if a.Step != "" {
			w.text(", " + plainOrQuoted(a.Step, optionMode))
		}
		w.text(")")
	case a.Arg != nil:
		w.text("(" + quoteIf(Value(*a.Arg), nameMode) + ")")
	}
	if a.As != nil {
		w.word("AS")
		w.name(*a.As)
	}
}
