package spl

// joinWhere is WHERE L.f = R.g, ...: the pairs are the clause's Names.
var joinWhere = part{
	first: true,
	take: func(p *parser, st *Stage, _ *form) bool {
		start := p.pos
		if !p.keyword("where") {
			return false
		}
		c := Clause{Keyword: "where"}
		for p.next() && (len(c.Names) == 0 || p.compareAheadOfWord()) {
			left, ok := p.name("a field")
			if !ok {
				return true
			}
			if !p.accept('=') {
				p.expected("= between the two fields")
				return true
			}
			right, ok := p.name("a field")
			if !ok {
				return true
			}
			c.Names = append(c.Names, left, right)
		}
		if c.Names == nil {
			p.expected("a pair of fields after WHERE: L.a=R.b")
		}
		c.Span = Span{start, p.pos}
		st.Clauses = append(st.Clauses, c)
		return true
	},
	print: func(w *printer, st *Stage) {
		c := st.Clause("where")
		if c == nil {
			return
		}
		w.word("WHERE")
		for i := 0; i+1 < len(c.Names); i += 2 {
			w.name(c.Names[i])
			w.text("=" + quoteIf(Value(c.Names[i+1]), nameMode))
		}
	},
}

// datasetsPart is type:name, any number of times, kept as words.
var datasetsPart = part{
	take: func(p *parser, st *Stage, f *form) bool {
		return wordsPart(manyWords).take(p, st, f)
	},
	print: func(w *printer, st *Stage) { w.values(st.Words) },
}
