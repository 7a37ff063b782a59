package spl

import (
	"strings"
)

// This file reads conditions of search and of WHERE in tstats: literal right
// sides, NOT before OR before AND (rule P1), AND implied between conditions.

// predicate reads a condition up to the end of the stage, a closing parenthesis
// or one of the words in end. Nil is none.
func (p *parser) predicate(end []string) Predicate {
	var list []Predicate
	p.next()
	sp := Span{p.pos, p.pos}
	for p.next() && p.peek() != ')' && !p.ends(end) {
		if len(list) > 0 {
			p.keywordExact("AND")
		}
		x := p.either(end)
		if x == nil {
			break
		}
		sp.End = p.pos
		if and, ok := x.(*And); ok {
			list = append(list, and.List...)
		} else {
			list = append(list, x)
		}
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return &And{List: list, Span: sp}
}

// ends tells whether one of the words follows, and is not a field compared.
func (p *parser) ends(words []string) bool {
	if len(words) == 0 || !p.atKeyword(words...) {
		return false
	}
	pos := p.pos
	defer func() { p.pos = pos }()
	p.keyword(words...)
	c := p.peek()
	return c != '=' && c != '!' && c != '<' && c != '>'
}

// keywordExact reads AND, OR or NOT, which only count in upper case.
func (p *parser) keywordExact(word string) bool {
	p.space()
	if !strings.HasPrefix(p.text[p.pos:], word) || !p.alone(p.pos+len(word)) {
		return false
	}
	p.pos += len(word)
	return true
}

// either reads conditions joined by OR.
func (p *parser) either(end []string) Predicate {
	sp := Span{Start: p.posOfNext()}
	x := p.negated(end)
	if sp.End = p.pos; x == nil || !p.keywordExact("OR") {
		p.pos = sp.End
		return x
	}
	var list []Predicate
	for {
		if or, ok := x.(*Or); ok {
			list = append(list, or.List...)
		} else {
			list = append(list, x)
		}
		if sp.End = p.pos; len(list) > 1 && !p.keywordExact("OR") {
			p.pos = sp.End
			break
		}
		if x = p.negated(end); x == nil {
			return nil
		}
	}
	return &Or{List: list, Span: sp}
}

func (p *parser) negated(end []string) Predicate {
	start := p.posOfNext()
	if !p.keywordExact("NOT") {
		return p.term(end)
	}
	if !p.enter(Span{start, start + 3}) {
		return nil
	}
	defer p.leave()
	x := p.negated(end)
	if x == nil {
		return nil
	}
	return &Not{X: x, Span: Span{start, p.pos}}
}

func (p *parser) posOfNext() int {
	p.space()
	return p.pos
}

// term reads a comparison, a word, a subsearch or a condition in parentheses.
func (p *parser) term(end []string) Predicate {
	switch c := p.peek(); {
	case !p.more() || c == ')' || p.ends(end):
		p.expected("a condition")
		return nil
	case c == '(':
		return p.group()
	case c == '[':
		start := p.pos
		s := p.subsearch()
		if s == nil {
			return nil
		}
		return &Subsearch{Search: s, Span: Span{start, p.pos}}
	case c == ',':
		p.unexpected("conditions are joined by AND, OR or a blank")
		return nil
	}
	if p.atExact("AND", "OR", "IN") && !p.compares() {
		_, found := p.found()
		p.fail(p.wordSpan(), "expected a condition, found the operator "+found, "to search for the word, put it in quotes")
		return nil
	}
	return p.compareOrWord()
}

func (p *parser) atExact(words ...string) bool {
	pos := p.pos
	defer func() { p.pos = pos }()
	for _, w := range words {
		if p.keywordExact(w) {
			return true
		}
	}
	return false
}

// compares tells whether the word at the cursor stands before an operator.
func (p *parser) compares() bool {
	pos := p.pos
	defer func() { p.pos = pos }()
	p.word(termMode)
	return p.compareAhead()
}

func (p *parser) wordSpan() Span {
	sp, _ := p.found()
	return sp
}

func (p *parser) group() Predicate {
	open := p.pos
	p.pos++
	if !p.enter(Span{open, open + 1}) {
		return nil
	}
	defer p.leave()
	if p.posOfNext(); p.peek() == ')' {
		// Nothing in parentheses demands nothing: the macros cim_*_indexes of the
		// Common Information Model are () until somebody fills them.
		p.pos++
		return &Word{Value: Value{Text: "*", Span: Span{open, p.pos}}, Span: Span{open, p.pos}}
	}
	x := p.predicate(nil)
	if x == nil && !p.failed {
		p.expected("a condition")
	}
	if p.close(open); p.failed {
		return nil
	}
	return x
}

// compareOrWord reads what begins with a word.
func (p *parser) compareOrWord() Predicate {
	v, ok := p.fieldOrWord()
	if !ok {
		p.unexpected("")
		return nil
	}
	if p.failed {
		return nil
	}
	if !v.Quoted && (v.Text == "TERM()" || v.Text == "CASE()") {
		p.fail(v.Span, "expected a word in "+v.Text, "")
		return nil
	}
	if !v.Quoted && (v.Text == "TERM" || v.Text == "CASE") {
		if x, ok := p.directive(v.Text); ok {
			if v.Text == "TERM" && strings.ContainsAny(x.Text, " \t") {
				p.fail(x.Span, `TERM looks for one word, and "`+shorten(x.Text)+`" has a blank in it`, `words in a row are a phrase: "`+x.Text+`"`)
				return nil
			}
			return &Word{Value: x, Kind: strings.ToLower(v.Text), Span: Span{v.Span.Start, p.pos}}
		}
	}
	after := p.pos
	if op := p.compareOp(); op != "" {
		return p.compare(Name(v), op)
	}
	if p.failed {
		return nil
	}
	if p.keywordExact("IN") {
		if p.peek() == '(' {
			return p.in(Name(v))
		}
	} else if p.atKeyword("in") && p.listFollows() {
		p.warn(Span{p.pos, p.pos + 2}, `"in" is searched for as a word`, "write IN in upper case if the operator is meant")
	}
	p.pos = after
	return p.plainWord(v)
}

// fieldOrWord reads a word. Single quotes count only round a field's name, that
// is, before an operator.
func (p *parser) fieldOrWord() (Value, bool) {
	if p.text[p.pos] == '\'' {
		pos := p.pos
		if v, ok := p.singleQuoted(); ok && (p.compareAhead() || p.atKeyword("IN")) {
			return v, true
		}
		p.pos = pos
	}
	return p.word(termMode)
}

// compareAhead tells whether an operator follows.
func (p *parser) compareAhead() bool {
	c := p.peek()
	return c == '=' || c == '<' || c == '>' || c == '!' && strings.HasPrefix(p.text[p.pos:], "!=")
}

// plainWord is a word looked for, with a warning where a keyword was meant.
func (p *parser) plainWord(v Value) Predicate {
	w := &Word{Value: v, Span: v.Span}
	if v.Quoted {
		return w
	}
	low := strings.ToLower(v.Text)
	switch {
	case strings.HasPrefix(v.Text, "`"):
		w.Kind = "macro"
	case low == "and" || low == "or" || low == "not":
		p.warn(v.Span, "\""+v.Text+"\" is searched for as a word", "write "+strings.ToUpper(v.Text)+" in upper case if the operator is meant")
	case jargon[low]:
		p.warn(v.Span, "\""+v.Text+"\" is searched for as a word", "write a pipe before it if the command is meant: | "+low)
	case strings.HasPrefix(v.Text, "\u201c"):
		p.warn(v.Span, "typographic quotes do not quote", "write \"")
	}
	return w
}

// jargon is the commands whose names are no words that people look for.
var jargon = map[string]bool{
	"stats": true, "eventstats": true, "streamstats": true, "tstats": true, "timechart": true, "eval": true, "dedup": true,
	"fillnull": true, "mvexpand": true, "makemv": true, "iplocation": true, "spath": true, "rex": true, "inputlookup": true,
	"outputlookup": true, "makeresults": true, "appendpipe": true, "xmlkv": true, "addtotals": true,
}

// directive reads the parentheses of TERM(x) or CASE(x).
func (p *parser) directive(name string) (Value, bool) {
	if p.pos >= len(p.text) || p.text[p.pos] != '(' {
		return Value{}, false
	}
	open := p.pos
	p.pos++
	p.space()
	start := p.pos
	if p.peek() == '"' {
		v, _ := p.word(itemMode)
		p.close(open)
		return v, true
	}
	for p.pos < len(p.text) && strings.IndexByte(")|[]\n", p.text[p.pos]) < 0 {
		p.pos++
	}
	from, to := trim(p.text, start, p.pos)
	if from == to {
		p.expected("a word in " + name + "()")
	}
	p.close(open)
	return Value{Text: unescape(p.text[from:to], '"'), Span: Span{from, to}}, true
}
