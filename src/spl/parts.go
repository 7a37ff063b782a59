package spl

import "strings"

// part is one kind of argument of a command that takes its arguments in any
// order: options between positional words, a subsearch, keyword clauses.
type part struct {
	// take reads the next argument if it is of this kind, else leaves it.
	take  func(p *parser, st *Stage, f *form) bool
	print func(w *printer, st *Stage)
	// first: it begins with a word, and is asked before the others, which would
	// take that word for a field.
	first bool
	// need is what is missing when the command has none; "" is nothing.
	need string
}

func (pt part) needed(what string) part {
	pt.need = what
	return pt
}

// parts is the grammar of commands whose arguments are options and parts, in any
// order; they are printed in the order given here.
func parts(list ...part) grammar {
	return grammar{
		read: func(p *parser, st *Stage, f *form) {
			var taken [8]bool
			for p.next() {
				if p.option(st, f) {
					continue
				}
				i := takeOne(p, st, f, list)
				if i < 0 {
					superfluous(p, st, list, taken[:])
					return
				}
				taken[i] = true
			}
			for i, pt := range list {
				if pt.need != "" && !taken[i] {
					p.fail(st.NameSpan, st.Name+" needs "+pt.need, "")
				}
			}
		},
		print: func(w *printer, st *Stage) {
			w.options(st.Options)
			w.optionClauses(st.Clauses)
			for _, pt := range list {
				pt.print(w, st)
			}
		},
	}
}

// wordFirst is a grammar of one word, which is printed before the options.
func wordFirst(what string) grammar {
	g := parts(wordsPart(1).needed(what))
	g.print = func(w *printer, st *Stage) {
		w.values(st.Words)
		w.options(st.Options)
	}
	return g
}

// superfluous reports an argument that no part takes.
func superfluous(p *parser, st *Stage, list []part, taken []bool) {
	for i, pt := range list {
		if pt.need != "" && !taken[i] {
			p.expected(pt.need)
			return
		}
	}
	hint := st.Name + " takes no more arguments"
	if len(list) == 0 {
		hint = st.Name + " takes no arguments"
	}
	p.unexpected(hint)
}

// takeOne is the index of the part that took the next argument, or -1.
func takeOne(p *parser, st *Stage, f *form, list []part) int {
	for _, first := range [...]bool{true, false} {
		for i, pt := range list {
			if pt.first == first && pt.take(p, st, f) {
				return i
			}
		}
	}
	return -1
}

// numberPart is a leading number, kept as the first word: head 5, dedup 2 x. One
// that no command takes, such as -1, is read too: no field is called so without
// quotes.
var numberPart = part{
	take: func(p *parser, st *Stage, _ *form) bool {
		pos := p.pos
		v, ok := p.word(nameMode)
		if ok && !v.Quoted && v.Text != "" && isNumber(v.Text) && len(st.Words) == 0 && len(st.Fields) == 0 && len(st.Keys) == 0 && len(st.Renames) == 0 {
			st.Words = append(st.Words, v)
			return true
		}
		p.pos = pos
		return false
	},
	print: func(w *printer, st *Stage) { w.values(st.Words) },
}

// fieldsPart is any number of fields.
var fieldsPart = part{
	take: func(p *parser, st *Stage, _ *form) bool {
		n, ok := p.word(nameMode)
		if ok {
			st.Fields = append(st.Fields, Name(n))
		}
		return ok
	},
	print: func(w *printer, st *Stage) { w.names(st.Fields) },
}

// oneField is one field.
var oneField = part{
	take: func(p *parser, st *Stage, f *form) bool {
		return len(st.Fields) == 0 && fieldsPart.take(p, st, f)
	},
	print: fieldsPart.print,
}

// wordsPart is up to n positional words or strings.
func wordsPart(n int) part {
	return part{
		take: func(p *parser, st *Stage, _ *form) bool {
			if len(st.Words) >= n {
				return false
			}
			v, ok := p.positional()
			if ok {
				st.Words = append(st.Words, v)
			}
			return ok
		},
		print: func(w *printer, st *Stage) { w.values(st.Words) },
	}
}

// subPart is up to n subsearches or sub-pipelines.
func subPart(n int) part {
	return part{
		take: func(p *parser, st *Stage, _ *form) bool {
			if p.peek() != '[' || len(st.Subs) >= n {
				return false
			}
			if s := p.subsearch(); s != nil {
				st.Subs = append(st.Subs, s)
			}
			return true
		},
		print: func(w *printer, st *Stage) {
			for _, s := range st.Subs {
				w.sub(s)
			}
		},
	}
}

// byPart is BY with fields and options.
var byPart = part{
	first: true,
	take:  func(p *parser, st *Stage, f *form) bool { return p.byClause(st, f, "by") },
	print: func(w *printer, st *Stage) { w.by("BY", st.By, st.ByOptions) },
}

// asPart is one field, with another name for the result: bin x AS y. The field
// is in Fields; with AS, both are in Renames.
var asPart = part{
	take: func(p *parser, st *Stage, f *form) bool {
		if len(st.Fields) == 0 {
			return oneField.take(p, st, f)
		}
		if len(st.Renames) > 0 || !p.keyword("as") {
			return false
		}
		if to, ok := p.name("a field after AS"); ok {
			st.Renames = append(st.Renames, Rename{From: st.Fields[0], To: to})
		}
		return true
	},
	print: func(w *printer, st *Stage) {
		w.names(st.Fields)
		for _, r := range st.Renames {
			w.word("AS")
			w.name(r.To)
		}
	},
}

// wherePart is WHERE with a condition of search: inputlookup.
var wherePart = part{
	first: true,
	take: func(p *parser, st *Stage, _ *form) bool {
		if st.Predicate != nil || !p.keyword("where") {
			return false
		}
		if st.Predicate = p.predicate(nil); st.Predicate == nil {
			p.expected("a condition after WHERE")
		}
		return true
	},
	print: func(w *printer, st *Stage) {
		if st.Predicate != nil {
			w.word("WHERE")
			w.space()
			w.predicate(st.Predicate, 0)
		}
	},
}

// keysPart is sort keys behind a word: dedup x sortby -y. Behind "" it is all
// that follows.
func keysPart(word string) part {
	return part{
		first: true,
		take: func(p *parser, st *Stage, _ *form) bool {
			if word != "" && !p.keyword(word) {
				return false
			}
			p.keys(st, word)
			return true
		},
		print: func(w *printer, st *Stage) {
			if len(st.Keys) > 0 && word != "" {
				w.word(word)
			}
			w.keys(st.Keys)
		},
	}
}

// signed is the wildcard list of fields, with its sign.
var signed = part{
	take: func(p *parser, st *Stage, f *form) bool {
		if c := p.peek(); (c == '+' || c == '-') && st.Sign == 0 && len(st.Fields) == 0 {
			st.Sign = c
			p.pos++
			if p.next() {
				return fieldsPart.take(p, st, f)
			}
			p.expected("a field after " + string(c))
			return true
		}
		return fieldsPart.take(p, st, f)
	},
	print: func(w *printer, st *Stage) {
		if st.Sign != 0 {
			w.word(string(st.Sign))
		}
		w.names(st.Fields)
	},
}

// datasetPart is type:name, as from and join take it.
var datasetPart = part{
	first: true,
	take: func(p *parser, st *Stage, _ *form) bool {
		for _, kind := range datasetKinds {
			start := p.pos
			if !hasPrefixFold(p.text[p.pos:], kind+":") {
				continue
			}
			if st.Dataset != nil {
				p.unexpected(st.Name + " takes one data set")
				return true
			}
			p.pos += len(kind) + 1
			p.space()
			v, ok := p.positional()
			if !ok {
				p.expected("a name after " + kind + ":")
				return true
			}
			st.Dataset = newDataset(kind, v.Text, Span{start, p.pos})
			return true
		}
		return false
	},
	print: func(w *printer, st *Stage) {
		if st.Dataset != nil {
			w.word(st.Dataset.Kind + ":")
			w.text(plainOrQuoted(st.Dataset.full(), optionMode))
		}
	},
}

// datasetKinds are the kinds of datasets that from, join and union name.
var datasetKinds = []string{"datamodel", "savedsearch", "inputlookup", "lookup", "dataset"}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func newDataset(kind, name string, sp Span) *Dataset {
	d := &Dataset{Kind: kind, Name: name, Span: sp}
	if kind == "datamodel" {
		d.Name, d.Sub, _ = strings.Cut(name, ".")
	}
	return d
}

// full is the name as it is written: Endpoint.Processes.
func (d *Dataset) full() string {
	if d.Sub == "" {
		return d.Name
	}
	return d.Name + "." + d.Sub
}
