package spl

import (
	"strings"
)

// headGrammar is N, (expression) or expression, with options round it.
var headGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		for p.next() {
			switch {
			case p.knownOption(f) && p.option(st, f):
			case numberAlone(p) && numberPart.take(p, st, f):
			case st.Expr == nil:
				if st.Expr = p.expr(); st.Expr == nil {
					return
				}
			default:
				p.unexpected(p.afterOperand())
			}
		}
	},
	print: func(w *printer, st *Stage) {
		w.options(st.Options)
		w.values(st.Words)
		if st.Expr != nil {
			w.word("(")
			w.expr(st.Expr, levelNone)
			w.text(")")
		}
	},
}

// knownOption tells whether an option that the command has, or a misspelt one,
// follows.
func (p *parser) knownOption(f *form) bool {
	pos := p.pos
	defer func() { p.pos = pos }()
	name, ok := p.optionName()
	if !ok || p.peek() == '=' {
		return false
	}
	low := strings.ToLower(p.text[name.Start:name.End])
	_, known := kindOf(f.kinds, low)
	return known || nearOption(f.kinds, low) != ""
}

// numberAlone tells whether a number that is no operand follows.
func numberAlone(p *parser) bool {
	pos := p.pos
	defer func() { p.pos = pos }()
	p.digits()
	if p.pos == pos || !p.alone(p.pos) {
		return false
	}
	_, _, operator := p.infix()
	return !operator
}
