package spl

import "strings"

// wrongOps are operators of other languages.
var wrongOps = [...]struct{ op, hint string }{
	{"==", "search compares with one = sign; == belongs to where and eval"},
	{"=~", "for a regular expression use the regex command, or where match(field, \"...\")"},
	{"<>", "write !="},
	{"=>", "write >="},
	{"=<", "write <="},
}

// compareOp reads an operator of search; "" is none. Operators of other
// languages are problems, where they are not an operator and a value.
func (p *parser) compareOp() string {
	rest := p.text[p.posOfNext():]
	for _, wrong := range wrongOps {
		if strings.HasPrefix(rest, wrong.op) && !signedValue(rest[1:]) {
			p.fail(Span{p.pos, p.pos + 2}, `unknown operator "`+wrong.op+`"`, wrong.hint)
			return ""
		}
	}
	for _, op := range [...]string{"!=", "<=", ">=", "=", "<", ">"} {
		if strings.HasPrefix(rest, op) {
			p.pos += len(op)
			return op
		}
	}
	return ""
}

// signedValue tells whether a value without quotes may begin with the sign that
// s begins with: <tag>, ~/file.
func signedValue(s string) bool {
	switch s[0] {
	case '<', '>':
		return len(s) > 1 && isLetter(s[1])
	case '~':
		return len(s) > 1 && (isLetter(s[1]) || s[1] == '/')
	}
	return s[0] != '='
}

// compare reads the right side of a comparison.
func (p *parser) compare(field Name, op string) Predicate {
	c := &Compare{Field: field, Op: op}
	switch p.peek() {
	case '[':
		c.Sub = p.subsearch()
	case '(':
		p.fail(Span{p.pos, p.pos + 1}, "expected a value, found a parenthesis", "write "+field.Text+" IN (a, b), or put a value that holds parentheses in quotes")
	default:
		c.Value, c.Kind = p.compareValue(op)
	}
	if p.failed {
		return nil
	}
	c.Span = Span{field.Span.Start, p.pos}
	return c
}

func (p *parser) compareValue(op string) (v Value, kind string) {
	p.space()
	operator := p.atExact("AND", "OR", "NOT", "IN")
	sp := p.wordSpan()
	for _, d := range [...]string{"TERM", "CASE"} {
		if strings.HasPrefix(p.text[p.pos:], d+"(") {
			p.pos += len(d)
			v, _ = p.directive(d)
			return v, strings.ToLower(d)
		}
	}
	start := p.pos
	v, ok := p.word(valueMode)
	switch {
	case !ok:
		p.expected("a value after " + op)
	case strings.IndexByte("=<>~", p.text[start]) >= 0 && (!signedValue(p.text[start:]) || op != "=" && op != "!="):
		p.pos = start
		p.fail(sp, "expected a value after "+op+", found \""+shorten(v.Text)+"\"", "a value that begins with a sign must stand in quotes")
	case operator:
		p.fail(sp, "expected a value after "+op+", found the operator "+v.Text, `a value that is also a keyword must be quoted: "`+v.Text+`"`)
	case !v.Quoted && p.pos < len(p.text) && p.text[p.pos] == '(':
		p.warn(Span{v.Span.Start, p.pos + 1}, `"`+shorten(v.Text)+`" is compared as a text, not called`, "functions belong to where and eval; a value that holds parentheses must stand in quotes")
	case !v.Quoted && v.Text[0] == '\'':
		p.warn(v.Span, "single quotes do not quote a value in search", `write "`+strings.Trim(v.Text, "'")+`"`)
	case !v.Quoted && strings.HasPrefix(v.Text, "\u201c"):
		p.warn(v.Span, "typographic quotes do not quote", `write "`)
	}
	return v, ""
}

// listFollows tells whether "in" is followed by a list of values with commas.
func (p *parser) listFollows() bool {
	pos := p.pos
	defer func() { p.pos = pos }()
	p.pos += len("in")
	if !p.accept('(') {
		return false
	}
	p.space()
	if _, ok := p.word(itemMode); !ok {
		return false
	}
	c := p.peek()
	return c == ',' || c == ')'
}

// in reads the list of field IN (value, ...).
func (p *parser) in(field Name) Predicate {
	x := &In{Field: field}
	open := p.pos
	p.pos++
	for p.next() && p.peek() != ')' {
		v, ok := p.word(itemMode)
		if !ok {
			p.unexpected("a list of values goes " + field.Text + ` IN ("a", "b*")`)
			break
		}
		x.Values = append(x.Values, v)
	}
	if len(x.Values) == 0 {
		p.expected("a value in the list")
	}
	if p.close(open); p.failed {
		return nil
	}
	x.Span = Span{field.Span.Start, p.pos}
	return x
}
