package spl

import (
	"strings"
)

var searchGrammar = grammar{
	read: func(p *parser, st *Stage, _ *form) {
		st.Predicate = p.predicate(nil)
		if !p.failed && p.peek() == ')' {
			p.unexpected("the parenthesis closes nothing")
		}
	},
	print: func(w *printer, st *Stage) {
		if st.Predicate == nil {
			return
		}
		w.space()
		if st.Implicit && beginsWithSearch(st.Predicate) {
			// The word search would be read as the command.
			w.text("(")
			w.predicate(st.Predicate, predicateAny)
			w.text(")")
			return
		}
		w.predicate(st.Predicate, predicateAny)
	},
}

func beginsWithSearch(x Predicate) bool {
	switch x := x.(type) {
	case *And:
		return beginsWithSearch(x.List[0])
	case *Or:
		return beginsWithSearch(x.List[0])
	case *Word:
		return !x.Value.Quoted && strings.EqualFold(x.Value.Text, "search")
	case *In:
		return !x.Field.Quoted && strings.EqualFold(x.Field.Text, "search")
	}
	return false
}
