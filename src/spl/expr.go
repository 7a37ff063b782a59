package spl

import (
	"strings"
)

// This file reads expressions of eval and where: NOT before AND before OR before
// XOR (rule P2), arithmetic before the dot before comparisons (rule P3).

// level is how tight an operator binds.
type level int

// The levels, loosest first.
const (
	levelNone level = iota
	levelXor
	levelOr
	levelAnd
	levelNot
	levelCompare
	levelDot
	levelAdd
	levelMul
	levelUnary
)

// operator is an infix operator as written, its canonical form and its level.
type operator struct {
	written, op string
	level       level
}

// signs are the infix operators that are no words, longer ones first.
var signs = [...]operator{
	{"==", "=", levelCompare},
	{"!=", "!=", levelCompare},
	{"<=", "<=", levelCompare},
	{">=", ">=", levelCompare},
	{"=", "=", levelCompare},
	{"<", "<", levelCompare},
	{">", ">", levelCompare},
	{".", ".", levelDot},
	{"+", "+", levelAdd},
	{"-", "-", levelAdd},
	{"*", "*", levelMul},
	{"/", "/", levelMul},
	{"%", "%", levelMul},
}

// words are those that are, in any case.
var words = [...]operator{
	{"and", "and", levelAnd},
	{"or", "or", levelOr},
	{"xor", "xor", levelXor},
	{"like", "like", levelCompare},
	{"in", "in", levelCompare},
}

func levelOf(op string) level {
	for _, o := range signs {
		if o.op == op {
			return o.level
		}
	}
	for _, o := range words {
		if o.op == op {
			return o.level
		}
	}
	return levelUnary
}

// expr reads an expression.
func (p *parser) expr() Expr {
	ops := p.ops
	p.ops = 0
	e := p.binary(levelNone + 1)
	p.ops = ops
	return e
}

// binary reads an expression of operators that bind at least as tight as low.
func (p *parser) binary(low level) Expr {
	start := p.posOfNext()
	x := p.operand()
	for end := p.pos; x != nil; end = p.pos {
		o, sp, ok := p.infix()
		if !ok || o.level < low {
			p.pos = end
			break
		}
		if p.ops++; p.ops > maxOperators {
			p.fail(sp, "the expression has more than 10,000 operators", "")
			return nil
		}
		if o.op == "in" {
			x = p.inList(x, start)
			continue
		}
		y := p.binary(o.level + 1)
		if y == nil {
			return nil
		}
		x = &Binary{Op: o.op, OpSpan: sp, X: x, Y: y, Span: Span{start, p.pos}}
	}
	return x
}

// infix reads an operator; where there is none, the span is empty.
func (p *parser) infix() (operator, Span, bool) {
	c := p.peek()
	start := p.pos
	if isLetter(c) {
		for _, o := range words {
			if p.keyword(o.written) {
				return o, Span{start, p.pos}, true
			}
		}
		return operator{}, Span{start, start}, false
	}
	if c == '<' && p.template() {
		return operator{}, Span{start, start}, false
	}
	for _, o := range signs {
		if strings.HasPrefix(p.text[start:], o.written) {
			p.pos += len(o.written)
			return o, Span{start, p.pos}, true
		}
	}
	return operator{}, Span{start, start}, false
}

// template tells whether <<NAME>> of foreach is at the cursor.
func (p *parser) template() bool { return templateEnd(p.text, p.pos) > 0 }

func templateEnd(s string, i int) int {
	if !strings.HasPrefix(s[i:], "<<") {
		return -1
	}
	j := i + 2
	for j < len(s) && (isLetter(s[j]) || isDigit(s[j])) {
		j++
	}
	if j > i+2 && strings.HasPrefix(s[j:], ">>") {
		return j + 2
	}
	return -1
}
