package spl

import (
	"strings"
)

// regexGrammar is f="re", f!="re" or "re".
var regexGrammar = grammar{
	read: func(p *parser, st *Stage, _ *form) {
		if !p.more() {
			p.expected(`a regular expression: regex field="..."`)
			return
		}
		if p.compareAheadOfWord() {
			v, _ := p.word(nameMode)
			st.Fields = []Name{Name(v)}
		}
		if p.peek() == '!' && strings.HasPrefix(p.text[p.pos:], "!=") {
			st.Sign = '!'
			p.pos += 2
		} else if p.peek() == '=' {
			p.pos++
		}
		p.space()
		start := p.pos
		v, ok := p.word(optionMode)
		if written := p.text[start:p.pos]; ok && len(st.Fields) == 0 && written[0] != '"' {
			if i := strings.IndexAny(written, "<>"); i > 0 && strings.HasPrefix(written[i+1:], `"`) {
				p.fail(Span{start + i, start + i + 1}, `regex compares with = or !=, found "`+written[i:i+1]+`"`, `regex field="..." keeps the rows that match`)
				return
			}
		}
		if !ok {
			p.expected("a regular expression in quotes")
			return
		}
		st.Words = []Value{v}
	},
	print: func(w *printer, st *Stage) {
		w.space()
		op := "="
		if st.Sign == '!' {
			op = "!="
		}
		if len(st.Fields) > 0 {
			w.text(quoteIf(Value(st.Fields[0]), nameMode) + op)
		} else if st.Sign == '!' || !st.Words[0].Quoted {
			w.text(op)
		}
		for _, v := range st.Words {
			w.text(quoteIf(v, optionMode))
		}
	},
}

// compareAheadOfWord tells whether a word and then = or != follow.
func (p *parser) compareAheadOfWord() bool {
	pos := p.pos
	defer func() { p.pos = pos }()
	if p.text[p.pos] == '=' || strings.HasPrefix(p.text[p.pos:], "!=") {
		return false
	}
	if _, ok := p.word(nameMode); !ok || p.failed {
		return false
	}
	c := p.peek()
	return c == '=' || c == '!' && strings.HasPrefix(p.text[p.pos:], "!=")
}
