package spl

import (
	"strings"
)

// aggregates reads aggregates up to the end of the stage or one of the words.
// Options may stand between them.
func (p *parser) aggregates(st *Stage, f *form, end ...string) {
	for p.next() && !p.ends(end) {
		if p.option(st, f) {
			continue
		}
		if p.peek() == '`' {
			v, _ := p.word(optionMode)
			st.Words = append(st.Words, v)
			continue
		}
		a, ok := p.aggregate()
		if !ok {
			return
		}
		st.Aggs = append(st.Aggs, a)
	}
	if len(st.Aggs) == 0 && len(st.Words) == 0 {
		p.fail(st.NameSpan, st.Name+" needs an aggregate, such as count or sum(field)", "")
	}
}

// aggregate reads one aggregate and its AS.
func (p *parser) aggregate() (Agg, bool) {
	a, ok := p.aggregateCall()
	if ok && a.Eval != nil && !p.atKeyword("as") {
		p.fail(a.Span, "an aggregate of an expression needs a name", "write AS and a name behind it")
	}
	if ok && p.keyword("as") {
		if !p.more() {
			p.expected("a field after AS")
			return a, false
		}
		n, ok := p.name("a field after AS")
		if !ok {
			return a, false
		}
		a.As, a.Span.End = &n, n.Span.End
		if a.Arg != nil && !p.sameWildcards(*a.Arg, n) {
			return a, false
		}
	}
	return a, ok
}

// aggregateCall reads count, avg(x), perc95(x), count(eval(x=1)).
func (p *parser) aggregateCall() (a Agg, ok bool) {
	start := p.posOfNext()
	for p.pos < len(p.text) && (isLetter(p.text[p.pos]) || isDigit(p.text[p.pos]) || p.text[p.pos] == '.') {
		p.pos++
	}
	written := p.text[start:p.pos]
	sp := Span{start, p.pos}
	if written == "" {
		p.expected("an aggregate, such as count or sum(field)")
		return a, false
	}
	if strings.EqualFold(written, "eval") && p.peek() == '(' && (p.stage.Name == "chart" || p.stage.Name == "timechart") {
		a.Func, a.Written = "eval", "eval"
		a.Eval = p.parens()
		a.Span = Span{start, p.pos}
		return a, !p.failed
	}
	p.pos = sp.End
	if !p.function(&a, written, sp) {
		return a, false
	}
	a.Written = written
	if p.peek() == '(' {
		p.aggregateArg(&a)
	} else if p.pos = sp.End; a.Func != "count" && a.Func != "sparkline" {
		a.Arg = &Name{Text: "*", Span: Span{sp.End, sp.End}}
		a.Written += "(*)"
		p.warn(sp, written+" without an argument aggregates every field", "write "+written+"(*) if that is meant, or "+written+"(field)")
	}
	a.Span = Span{start, p.pos}
	return a, !p.failed
}

// aggregateArg reads the parentheses of an aggregate.
func (p *parser) aggregateArg(a *Agg) {
	open := p.pos
	p.pos++
	switch {
	case a.Func == "sparkline":
		p.sparkline(a)
	case p.atCall("eval"):
		p.keyword("eval")
		inner := p.posOfNext()
		p.accept('(')
		if a.Eval = p.expr(); a.Eval == nil {
			return
		}
		p.closeExpr(inner)
	case p.peek() == ')':
		if a.Func != "count" {
			p.expected("a field in " + a.Written + "()")
		}
	default:
		n, ok := p.name("a field")
		if !ok {
			return
		}
		a.Arg = &n
	}
	end := p.posOfNext()
	if p.close(open); p.failed {
		return
	}
	switch {
	case a.Eval != nil:
		a.Written += "(" + oneLine(strings.TrimSpace(p.text[open+1:end])) + ")"
	case a.Of != nil && a.Step != "":
		a.Written += "(" + a.Of.Written + ", " + a.Step + ")"
	case a.Of != nil:
		a.Written += "(" + a.Of.Written + ")"
	case a.Arg != nil:
		a.Written += "(" + a.Arg.Text + ")"
	}
}

// atCall tells whether name( follows, blanks between them or not.
func (p *parser) atCall(name string) bool {
	pos := p.pos
	defer func() { p.pos = pos }()
	return p.keyword(name) && p.peek() == '('
}

// sparkline reads the aggregate and the step within sparkline( ... ).
func (p *parser) sparkline(a *Agg) {
	inner, ok := p.aggregateCall()
	if !ok {
		return
	}
	if inner.Eval != nil || inner.Of != nil {
		p.fail(inner.Span, "sparkline draws an aggregate of a field", "")
		return
	}
	a.Of = &inner
	if p.accept(',') {
		p.space()
		v, ok := p.positional()
		if !ok {
			p.expected("the length of a step")
		}
		a.Step = v.Text
	}
}

// oneLine makes every stretch of blanks outside strings one blank.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\n\r\t\v\f") && !strings.Contains(s, "  ") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		end := i + 1
		switch c := s[i]; {
		case isSpace(c):
			for end < len(s) && isSpace(s[end]) {
				end++
			}
			b.WriteByte(' ')
			i = end
			continue
		case c == '"' || c == '\'':
			if end = stringEnd(s, i); end < 0 {
				end = len(s)
			}
		}
		b.WriteString(s[i:end])
		i = end
	}
	return b.String()
}

// by reads the fields and options behind BY, which was read at sp.
func (p *parser) by(st *Stage, f *form, sp Span, end ...string) {
	for p.next() && !p.ends(end) {
		if p.byOption(st, f) {
			continue
		}
		n, ok := p.name("a field")
		if !ok {
			return
		}
		if !n.Quoted && strings.Contains(n.Text, "*") && !strings.HasPrefix(n.Text, "`") {
			p.fail(n.Span, `the field "`+n.Text+`" cannot hold a wildcard here`, "name the fields to group by one by one")
			return
		}
		st.By = append(st.By, n)
	}
	if len(st.By) == 0 {
		p.fail(sp, "at least one field must follow BY", "")
	}
}

// byOption reads an option behind BY: one that belongs there, or else one of the
// command's, which may stand anywhere.
func (p *parser) byOption(st *Stage, f *form) bool {
	name, ok := p.optionName()
	p.pos = name.Start
	if !ok {
		return false
	}
	if _, ok := f.byKinds[strings.ToLower(p.text[name.Start:name.End])]; ok {
		return p.optionOf(f.byKinds, st, &st.ByOptions)
	}
	return p.option(st, f)
}

// byClause reads BY and what follows, when it follows.
func (p *parser) byClause(st *Stage, f *form, words ...string) bool {
	start := p.posOfNext()
	if !p.keyword(words...) {
		return false
	}
	p.by(st, f, Span{start, p.pos})
	return true
}
