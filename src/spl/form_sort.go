package spl

import (
	"strings"
)

var sortGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		for p.next() && (p.option(st, f) || numberPart.take(p, st, f) || p.keys(st, "")) {
		}
		if len(st.Keys) == 0 {
			p.fail(st.NameSpan, "sort needs a field", "")
		}
	},
	print: func(w *printer, st *Stage) {
		w.options(st.Options)
		w.values(st.Words)
		w.keys(st.Keys)
	},
}

// keys reads sort keys up to an option. A sign right before a field is its own;
// a sign before a blank holds for all that follow without one; d or desc at the
// end turns all round.
func (p *parser) keys(st *Stage, word string) bool {
	common := byte('+')
	for p.next() && !p.optionAhead() {
		sign := common
		if c := p.peek(); c == '+' || c == '-' {
			sign = c
			if p.pos++; p.pos < len(p.text) && isSpace(p.text[p.pos]) {
				common = c
			}
		} else if len(st.Keys) > 0 && p.direction(st) {
			continue
		}
		k, ok := p.key(sign == '-')
		if !ok {
			return false
		}
		st.Keys = append(st.Keys, k)
	}
	if len(st.Keys) == 0 && !p.failed && word != "" {
		p.expected("a field after " + word)
	}
	return !p.failed
}

// direction reads d or desc at the end of sort, which turns all keys round.
func (p *parser) direction(st *Stage) bool {
	pos := p.posOfNext()
	if p.keyword("asc") && !p.more() {
		p.warn(Span{pos, pos + len("asc")}, `"asc" is sorted by as a field`, "leave it out: sort is ascending")
	}
	p.pos = pos
	if !p.keyword("d", "desc") || p.more() {
		p.pos = pos
		return false
	}
	for i := range st.Keys {
		st.Keys[i].Desc = !st.Keys[i].Desc
	}
	return true
}

func (p *parser) optionAhead() bool {
	pos := p.pos
	_, ok := p.optionName()
	p.pos = pos
	return ok
}

var sortTypes = []string{"auto", "str", "ip", "num"}

// key reads a field, or auto(f), str(f), ip(f), num(f).
func (p *parser) key(desc bool) (SortKey, bool) {
	k := SortKey{Desc: desc}
	p.space()
	for _, t := range sortTypes {
		if !hasPrefixFold(p.text[p.pos:], t+"(") {
			continue
		}
		open := p.pos + len(t)
		p.pos = open + 1
		var ok bool
		k.As = t
		if k.Name, ok = p.name("a field"); ok {
			p.close(open)
		}
		return k, !p.failed
	}
	n, ok := p.name("a field to sort by")
	k.Name = n
	return k, ok
}

func (w *printer) keys(list []SortKey) {
	for _, k := range list {
		w.space()
		switch {
		case k.Desc:
			w.text("-")
		case k.As == "" && !k.Name.Quoted && needsPlus(k.Name.Text):
			w.text("+")
		}
		name := quoteIf(Value(k.Name), nameMode)
		if k.As != "" {
			name = k.As + "(" + name + ")"
		}
		w.text(name)
	}
}

// needsPlus tells whether a bare field would be read as something else: a sign,
// a number of rows, the word that turns all round.
func needsPlus(name string) bool {
	switch strings.ToLower(name) {
	case "d", "desc":
		return true
	}
	return name != "" && (name[0] == '-' || name[0] == '+' || isDigit(name[0]))
}
