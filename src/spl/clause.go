package spl

// clause reads the value of an option that is a condition or an expression:
//
//	startswith=(EventCode=4698)     a condition of search
//	startswith=eval(x > 3)          an expression
//	startswith="text"               a search text
//	reset_after=(x > 3)             an expression
func (p *parser) clause(st *Stage, name string, sp Span, kind string) {
	c := Clause{Keyword: name}
	switch {
	case p.atCall("eval"):
		p.keyword("eval")
		p.peek()
		c.Expr = p.parens()
	case p.peek() == '(' && kind == "expr":
		c.Expr = p.parens()
	case p.peek() == '(':
		c.Pred = p.group()
	default:
		v, ok := p.word(optionMode)
		if !ok {
			p.expected("a condition after " + name + "=")
			return
		}
		c.Values = []Value{v}
	}
	if st.Clause(name) != nil {
		p.fail(sp, "option \""+name+"\" is written twice", "")
	}
	if c.Span = (Span{sp.Start, p.pos}); !p.failed {
		st.Clauses = append(st.Clauses, c)
	}
}

// optionClauses prints what clause reads.
func (w *printer) optionClauses(list []Clause) {
	for _, c := range list {
		switch {
		case c.Expr != nil:
			w.word(c.Keyword + "=eval(")
			w.expr(c.Expr, levelNone)
			w.text(")")
		case c.Pred != nil:
			w.word(c.Keyword + "=(")
			w.predicate(c.Pred, 0)
			w.text(")")
		case c.Values != nil && c.Names == nil && c.Aggs == nil:
			w.word(c.Keyword + "=")
			w.text(quoteIf(c.Values[0], optionMode))
		}
	}
}
