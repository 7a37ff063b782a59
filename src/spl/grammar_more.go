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
		v, ok := p.word(optionMode)
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

// returnGrammar is N, alias=field, field, $field.
var returnGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		for p.next() {
			if p.knownOption(f) && p.option(st, f) || numberPart.take(p, st, f) {
				continue
			}
			n, ok := p.name("a field")
			if !ok {
				return
			}
			r := Rename{From: n}
			if p.accept('=') {
				r.To = n
				if r.From, ok = p.name("a field after ="); !ok {
					return
				}
			}
			st.Renames = append(st.Renames, r)
		}
	},
	print: func(w *printer, st *Stage) {
		w.options(st.Options)
		w.values(st.Words)
		for _, r := range st.Renames {
			w.space()
			if r.To != (Name{}) {
				w.text(quoteIf(Value(r.To), nameMode) + "=")
			}
			w.text(quoteIf(Value(r.From), nameMode))
		}
	},
}

// fromGrammar is type:name or type name.
var fromGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		if datasetPart.take(p, st, f) {
			return
		}
		start := p.posOfNext()
		kind, sp := p.commandName()
		low := strings.ToLower(kind)
		if kind == "" {
			p.expected("a data set, such as datamodel:Model.Dataset")
			return
		}
		if !containsFold(datasetKinds, low) {
			p.fail(sp, "expected a kind of data set, found \""+kind+"\"", "write datamodel:Model.Dataset, lookup:name, savedsearch:name or inputlookup:name")
			return
		}
		p.accept(':')
		p.space()
		v, ok := p.positional()
		if !ok {
			p.expected("a name after " + kind)
			return
		}
		st.Dataset = newDataset(low, v.Text, Span{start, p.pos})
	},
	print: datasetPart.print,
}

// datamodelGrammar is a model, a dataset and a mode; the mode is the only word.
var datamodelGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		for n := 0; p.next(); {
			if p.option(st, f) {
				continue
			}
			v, ok := p.positional()
			switch n++; {
			case !ok || n > 3:
				p.unexpected("")
				return
			case n == 1:
				st.Dataset = &Dataset{Kind: "datamodel", Name: v.Text, Span: v.Span}
			case n == 2:
				st.Dataset.Sub, st.Dataset.Span.End = v.Text, v.Span.End
			default:
				st.Words = append(st.Words, v)
			}
		}
	},
	print: func(w *printer, st *Stage) {
		w.options(st.Options)
		if d := st.Dataset; d != nil {
			w.word(plainOrQuoted(d.Name, optionMode))
			if d.Sub != "" || len(st.Words) > 0 {
				w.word(plainOrQuoted(d.Sub, optionMode))
			}
		}
		w.values(st.Words)
	},
}

// rawArgs keeps the arguments of a command that reads them itself. The words,
// options and subsearches in them are filled for who looks for them.
func (p *parser) rawArgs(st *Stage, _ *form) {
	start := p.posOfNext()
	end := skipStage(p.text, start)
	for p.pos < end && !p.failed {
		p.space()
		if name, ok := p.optionName(); ok {
			o := Option{Name: strings.ToLower(p.text[name.Start:name.End]), NameSpan: name}
			o.Value, _ = p.optionValue()
			st.Options = append(st.Options, o)
		} else if p.pos < end && p.text[p.pos] == '[' {
			if s := p.subsearch(); s != nil {
				st.Subs = append(st.Subs, s)
			}
		} else if v, ok := p.word(optionMode); ok {
			st.Words = append(st.Words, v)
		} else {
			p.pos++
		}
	}
	if !p.failed {
		p.rawText(st, start)
	}
}
