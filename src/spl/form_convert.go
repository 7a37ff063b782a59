package spl

import (
	"strings"

	"riskreplay/src/diag"
)

// convertFuncs are the functions of convert.
var convertFuncs = []string{"auto", "ctime", "dur2sec", "memk", "mktime", "mstime", "none", "num", "rmcomma", "rmunit"}

// tojsonFuncs are the types of tojson.
var tojsonFuncs = []string{"auto", "bool", "json", "none", "num", "str"}

// callsPart is fn(field) AS name, of convert and tojson.
func callsPart(funcs []string) part {
	return part{
		take:  func(p *parser, st *Stage, _ *form) bool { return p.fieldCall(st, funcs) },
		print: func(w *printer, st *Stage) { w.calls(st.Calls) },
	}
}

func (p *parser) fieldCall(st *Stage, funcs []string) bool {
	start := p.posOfNext()
	name, sp := p.commandName()
	if name == "" {
		return false
	}
	c := FieldCall{Func: strings.ToLower(name)}
	if p.peek() != '(' {
		p.expected(`an opening parenthesis after "` + name + `"`)
		return true
	}
	if funcs != nil && !containsFold(funcs, name) {
		p.pos = start
		p.fail(sp, st.Name+` has no function "`+name+`"`, diag.DidYouMean(name, funcs))
		return true
	}
	open := p.pos
	p.pos++
	p.space()
	v, ok := p.word(nameMode)
	if !ok {
		v = Value{Text: "*", Span: Span{p.pos, p.pos}}
	}
	c.Arg = Name(v)
	p.close(open)
	if !p.failed && p.keyword("as") {
		if as, ok := p.name("a field after AS"); ok && p.sameWildcards(c.Arg, as) {
			c.As = &as
		}
	}
	c.Span = Span{start, p.pos}
	st.Calls = append(st.Calls, c)
	return true
}

func (w *printer) calls(list []FieldCall) {
	for _, c := range list {
		w.word(c.Func + "(" + quoteIf(Value(c.Arg), nameMode) + ")")
		if c.As != nil {
			w.word("AS")
			w.name(*c.As)
		}
	}
}
