package spl

import (
	"strings"
)

// operand reads what an operator stands between.
func (p *parser) operand() Expr {
	c := p.peek()
	start := p.pos
	switch {
	case c == '(':
		return p.parens()
	case c == '[' && p.stage != nil && (p.stage.Name == "where" || p.stage.Name == "eval"):
		s := p.subsearch()
		if s == nil {
			return nil
		}
		return &SubExpr{Search: s, Span: Span{start, p.pos}}
	case c == '"' || c == '\'':
		return p.quotedOperand(c)
	case isDigit(c) || c == '.' && start+1 < len(p.text) && isDigit(p.text[start+1]):
		return p.number()
	case c == '-' || c == '+':
		p.pos++
		return p.unary(string(c), start, levelUnary)
	case c == '!' && !strings.HasPrefix(p.text[start:], "!="):
		p.pos++
		return p.unary("not", start, levelNot)
	case c == '$':
		return p.token()
	case c == '`':
		p.pos = p.useEnd()
		return &Field{Name: p.text[start:p.pos], Span: Span{start, p.pos}}
	case isLetter(c) || c == '<' && p.template():
		return p.identifier()
	}
	p.expectedOperand(c)
	return nil
}

func (p *parser) expectedOperand(c byte) {
	switch c {
	case '[':
		p.fail(Span{p.pos, p.pos + 1}, "expected a value, found a bracket", "only where and eval hold subsearches in their expressions")
	case '*':
		p.fail(Span{p.pos, p.pos + 1}, "expected a value, found a wildcard", `compare with like(field, "a%") or match(field, "^a")`)
	case '~':
		p.fail(Span{p.pos, p.pos + 1}, `expected a value, found "~"`, regexHint)
	default:
		p.expected("a value")
	}
}

const regexHint = `for a regular expression use match(field, "...")`

func (p *parser) unary(op string, start int, low level) Expr {
	if !p.enter(Span{start, start + 1}) {
		return nil
	}
	defer p.leave()
	x := p.binary(low)
	if x == nil {
		return nil
	}
	return &Unary{Op: op, X: x, Span: Span{start, p.pos}}
}

func (p *parser) parens() Expr {
	open := p.pos
	p.pos++
	if !p.enter(Span{open, open + 1}) {
		return nil
	}
	defer p.leave()
	x := p.binary(levelNone + 1)
	if p.closeExpr(open); p.failed {
		return nil
	}
	return x
}

// closeExpr is close with hints for what people write in expressions.
func (p *parser) closeExpr(open int) {
	if p.failed || p.accept(')') {
		return
	}
	sp, found := p.found()
	p.fail(p.blamed(sp), "expected an operator or a closing parenthesis, found "+found, p.afterOperand(), p.opened(open))
}

// afterOperand is a hint on what stands behind an operand without an operator.
func (p *parser) afterOperand() string {
	if p.pos >= len(p.text) {
		return ""
	}
	switch c := p.text[p.pos]; {
	case c == '{' || c == ':' || c == '@' || c == '\\':
		return "a field's name with signs must stand in single quotes here: 'a{}.b'"
	case c == '~':
		return regexHint
	case c == '&':
		return "write AND"
	case isLetter(c) || c == '"' || c == '\'' || c == '(' || isDigit(c):
		return "conditions are joined by AND or OR here, strings by a dot"
	}
	return p.misuse(Span{p.pos, p.pos})
}

func (p *parser) quotedOperand(quote byte) Expr {
	start := p.pos
	end := stringEnd(p.text, start)
	if end < 0 {
		p.unbalanced()
		return nil
	}
	p.pos = end
	if quote == '\'' {
		return &Field{Name: unescape(p.text[start+1:end-1], '\''), Quoted: true, Span: Span{start, end}}
	}
	return &Literal{Text: unquote(p.text[start:end]), Span: Span{start, end}}
}

// number reads 1, 1.5, .5, 1e9. A dot that no digit follows is the operator.
func (p *parser) number() Expr {
	start := p.pos
	p.digits()
	if p.pos+1 < len(p.text) && p.text[p.pos] == '.' && isDigit(p.text[p.pos+1]) {
		p.pos++
		p.digits()
	}
	p.exponent()
	sp := Span{start, p.pos}
	if p.pos < len(p.text) && (isLetter(p.text[p.pos]) || p.text[p.pos] == '{') {
		word, _ := p.word(targetMode)
		p.pos = start
		p.fail(Span{start, word.Span.End}, "expected a number, found \""+shorten(p.text[start:word.Span.End])+"\"",
			"a field's name that begins with a digit must stand in single quotes")
		return nil
	}
	if sp.End-sp.Start > maxNumberText {
		p.fail(sp, "the number has too many digits", "")
		return nil
	}
	return &Literal{Text: p.text[sp.Start:sp.End], Number: true, Span: sp}
}

func (p *parser) digits() {
	for p.pos < len(p.text) && isDigit(p.text[p.pos]) {
		p.pos++
	}
}

func (p *parser) exponent() {
	i := p.pos
	if i >= len(p.text) || p.text[i]|0x20 != 'e' {
		return
	}
	if i++; i < len(p.text) && (p.text[i] == '+' || p.text[i] == '-') {
		i++
	}
	if i < len(p.text) && isDigit(p.text[i]) {
		p.pos = i
		p.digits()
	}
}

// token reads $name$, which something should have replaced.
func (p *parser) token() Expr {
	start := p.pos
	for i := start + 1; i < len(p.text) && !isSpace(p.text[i]) && p.text[i] != '"'; i++ {
		if p.text[i] == '$' {
			if i == start+1 {
				break
			}
			p.pos = i + 1
			return &Field{Name: p.text[start:p.pos], Span: Span{start, p.pos}}
		}
	}
	p.fail(Span{start, start + 1}, "expected a value, found a lone $", "a token is written $name$")
	return nil
}

// identifier reads a field, a function or NOT.
func (p *parser) identifier() Expr {
	start := p.pos
	if p.keyword("not") {
		return p.unary("not", start, levelNot)
	}
	for p.pos < len(p.text) {
		if c := p.text[p.pos]; isLetter(c) || isDigit(c) {
			p.pos++
		} else if end := templateEnd(p.text, p.pos); end > 0 {
			p.pos = end
		} else {
			break
		}
	}
	sp := Span{start, p.pos}
	name := p.text[start:p.pos]
	if hint := p.misuse(sp); hint != "" {
		p.fail(sp, "expected a value, found "+shorten(name), hint)
		return nil
	}
	if p.peek() == '(' {
		return p.call(name, sp)
	}
	p.pos = sp.End
	switch strings.ToLower(name) {
	case "and", "or", "xor", "not":
		p.pos = start
		p.fail(sp, "expected a value, found the operator "+name, "a field of that name must stand in single quotes")
		return nil
	}
	return &Field{Name: name, Span: sp}
}

// call reads the arguments of a function.
func (p *parser) call(name string, sp Span) Expr {
	c := &Call{Name: strings.ToLower(name), NameSpan: sp}
	if c.Args = p.args(sp, "an opening parenthesis"); p.failed {
		return nil
	}
	c.Span = Span{sp.Start, p.pos}
	return c
}

// args reads ( a, b ).
func (p *parser) args(at Span, what string) []Expr {
	open := p.posOfNext()
	if !p.accept('(') {
		p.expected(what)
		return nil
	}
	if !p.enter(at) {
		return nil
	}
	defer p.leave()
	if p.accept(')') {
		return nil
	}
	var list []Expr
	for {
		x := p.binary(levelNone + 1)
		if x == nil {
			return nil
		}
		list = append(list, x)
		if !p.accept(',') {
			break
		}
	}
	if !p.accept(')') {
		sp, found := p.found()
		p.fail(p.blamed(sp), "expected a comma or a closing parenthesis, found "+found, p.afterOperand(), p.opened(open))
	}
	return list
}

func (p *parser) inList(x Expr, start int) Expr {
	list := p.args(Span{p.pos, p.pos + 1}, "a list of values in parentheses")
	if len(list) == 0 && !p.failed {
		p.fail(Span{p.pos - 1, p.pos}, "expected a value in the list, found none", "")
	}
	if p.failed {
		return nil
	}
	return &InList{X: x, List: list, Span: Span{start, p.pos}}
}
