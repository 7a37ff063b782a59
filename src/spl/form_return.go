package spl

// returnGrammar is N, alias=field, field, $field.
var returnGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		for p.next() {
			if p.knownOption(f) && p.option(st, f) || numberPart.take(p, st, f) {
				continue
			}
			n, ok := p.name("a field")
			if !ok {
				return
			}
			r := Rename{From: n}
			if p.accept('=') {
				r.To = n
				if r.From, ok = p.name("a field after ="); !ok {
					return
				}
			}
			st.Renames = append(st.Renames, r)
		}
	},
	print: func(w *printer, st *Stage) {
		w.options(st.Options)
		w.values(st.Words)
		for _, r := range st.Renames {
			w.space()
			if r.To != (Name{}) {
				w.text(quoteIf(Value(r.To), nameMode) + "=")
			}
			w.text(quoteIf(Value(r.From), nameMode))
		}
	},
}
