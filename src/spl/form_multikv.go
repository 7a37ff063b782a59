package spl

// multikvPart is a word and the fields or strings behind it.
func multikvPart(word string) part {
	return part{
		first: true,
		take: func(p *parser, st *Stage, _ *form) bool {
			start := p.pos
			if !p.keyword(word) {
				return false
			}
			if st.Clause(word) != nil {
				p.fail(Span{start, p.pos}, "\""+word+"\" is written twice", "")
			}
			c := Clause{Keyword: word, Names: p.names("fields", "filter")}
			if c.Names == nil {
				p.expected("a name after " + word)
			}
			c.Span = Span{start, p.pos}
			st.Clauses = append(st.Clauses, c)
			return true
		},
		print: func(w *printer, st *Stage) {
			if c := st.Clause(word); c != nil {
				w.word(word)
				w.names(c.Names)
			}
		},
	}
}
