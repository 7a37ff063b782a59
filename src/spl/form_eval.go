package spl

import "strings"

var evalGrammar = grammar{
	read:  func(p *parser, st *Stage, _ *form) { p.assigns(st) },
	print: func(w *printer, st *Stage) { w.assigns(st.Assigns) },
}

// assigns reads the assignments of eval: field=expression, ...
func (p *parser) assigns(st *Stage) {
	for {
		a, ok := p.assign()
		if !ok {
			return
		}
		st.Assigns = append(st.Assigns, a)
		if !p.accept(',') {
			break
		}
	}
	if p.failed || !p.more() {
		return
	}
	sp, found := p.found()
	hint := p.afterOperand()
	if p.targetAhead() {
		hint = "assignments are split by commas"
	}
	p.fail(p.blamed(sp), "expected an operator or a comma, found "+found, hint)
}

// assign reads one assignment.
func (p *parser) assign() (Assign, bool) {
	p.space()
	v, ok := p.word(targetMode)
	if !ok || v.Text == "" {
		p.expected("a field to assign to: field=expression")
		return Assign{}, false
	}
	if p.failed {
		return Assign{}, false
	}
	if !v.Quoted && !braced(v.Text) {
		p.fail(v.Span, "the braces in the field's name are not closed", "{name} is replaced by the value of name")
		return Assign{}, false
	}
	if bad := operatorIn(v); bad != "" {
		p.fail(v.Span, `cannot assign to "`+shorten(v.Text)+`"`, "one field stands before the = sign; a name that holds "+bad+" must stand in double quotes")
		return Assign{}, false
	}
	if !p.accept('=') {
		p.expected("= after the field to assign to")
		return Assign{}, false
	}
	e := p.expr()
	return Assign{Name: Name(v), Expr: e}, e != nil
}

// operatorIn is an operator in the name of a target without quotes, outside of
// braces: a+b.
func operatorIn(v Value) string {
	if i := strings.IndexAny(v.Text, "+*%"); i >= 0 && !v.Quoted && !strings.Contains(v.Text, "{") && !strings.Contains(v.Text, "<<") {
		return v.Text[i : i+1]
	}
	return ""
}

// targetAhead tells whether another assignment follows.
func (p *parser) targetAhead() bool {
	pos := p.pos
	defer func() { p.pos = pos }()
	_, ok := p.word(targetMode)
	return ok && p.peek() == '='
}

// braced tells whether every brace of a target is closed.
func braced(name string) bool {
	nest := 0
	for i := range len(name) {
		switch name[i] {
		case '{':
			nest++
		case '}':
			if nest--; nest < 0 {
				return false
			}
		}
	}
	return nest == 0
}

var whereGrammar = grammar{
	read: func(p *parser, st *Stage, _ *form) { p.where(st) },
	print: func(w *printer, st *Stage) {
		w.space()
		w.expr(st.Expr, levelNone)
	},
}

// where reads the one expression of where and its like.
func (p *parser) where(st *Stage) {
	if !p.more() {
		p.expected("a condition")
		return
	}
	st.Expr = p.expr()
	p.endOfExpr()
}

// endOfExpr reports what stands behind an expression at the end of its stage.
func (p *parser) endOfExpr() {
	if p.failed || !p.more() {
		return
	}
	sp, found := p.found()
	hint := p.afterOperand()
	if p.text[p.pos] == ')' {
		hint = "the parenthesis closes nothing"
	}
	p.fail(p.blamed(sp), "expected an operator, found "+found, hint)
}
