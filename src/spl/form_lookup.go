package spl

import (
	"strings"
)

var lookupGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		for p.next() {
			switch {
			case p.option(st, f):
			case len(st.Words) == 0:
				if !wordsPart(1).take(p, st, f) {
					p.expected("a lookup's name")
				}
			case st.Outputs == nil && p.keyword("output", "outputnew"):
				st.OutputNew = strings.EqualFold(p.text[p.pos-len("new"):p.pos], "new")
				if st.Outputs = p.aliases(st, f); len(st.Outputs) == 0 {
					p.expected("a field after OUTPUT")
				}
			default:
				st.Renames = append(st.Renames, p.aliases(st, f, "output", "outputnew")...)
			}
		}
		switch {
		case len(st.Words) == 0:
			p.fail(st.NameSpan, "lookup needs the name of a lookup", "")
		case len(st.Renames) == 0:
			p.fail(st.NameSpan, "lookup needs a field to look up", "")
		}
	},
	print: func(w *printer, st *Stage) {
		w.options(st.Options)
		w.values(st.Words)
		w.renames(st.Renames, "AS", "", nameMode)
		if len(st.Outputs) == 0 {
			return
		}
		if w.word("OUTPUT"); st.OutputNew {
			w.text("NEW")
		}
		w.renames(st.Outputs, "AS", "", nameMode)
	},
}

// aliases reads fields, each with or without AS.
func (p *parser) aliases(st *Stage, f *form, end ...string) []Rename {
	var list []Rename
	for p.next() && !p.atKeyword(end...) {
		if p.option(st, f) {
			continue
		}
		if p.atKeyword("as") {
			p.expected("a field")
			break
		}
		from, ok := p.name("a field")
		if !ok {
			break
		}
		r := Rename{From: from}
		if p.keyword("as") {
			if r.To, ok = p.name("a field after AS"); !ok {
				break
			}
		}
		list = append(list, r)
	}
	return list
}
