package spl

import (
	"strings"

	"riskreplay/src/diag"
)

// The grammars of commands whose arguments have an order, or signs of their own.
// Those made of options and parts are in the table of forms itself.

var searchGrammar = grammar{
	read: func(p *parser, st *Stage, _ *form) {
		st.Predicate = p.predicate(nil)
		if !p.failed && p.peek() == ')' {
			p.unexpected("the parenthesis closes nothing")
		}
	},
	print: func(w *printer, st *Stage) {
		if st.Predicate == nil {
			return
		}
		w.space()
		if st.Implicit && beginsWithSearch(st.Predicate) {
			// The word search would be read as the command.
			w.text("(")
			w.predicate(st.Predicate, predicateAny)
			w.text(")")
			return
		}
		w.predicate(st.Predicate, predicateAny)
	},
}

func beginsWithSearch(x Predicate) bool {
	switch x := x.(type) {
	case *And:
		return beginsWithSearch(x.List[0])
	case *Or:
		return beginsWithSearch(x.List[0])
	case *Word:
		return !x.Value.Quoted && strings.EqualFold(x.Value.Text, "search")
	case *In:
		return !x.Field.Quoted && strings.EqualFold(x.Field.Text, "search")
	}
	return false
}

var whereGrammar = grammar{
	read: func(p *parser, st *Stage, _ *form) { p.where(st) },
	print: func(w *printer, st *Stage) {
		w.space()
		w.expr(st.Expr, levelNone)
	},
}

var evalGrammar = grammar{
	read:  func(p *parser, st *Stage, _ *form) { p.assigns(st) },
	print: func(w *printer, st *Stage) { w.assigns(st.Assigns) },
}

// statsGrammar is aggregates with options, then BY.
var statsGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		p.aggregates(st, f, "by")
		p.byClause(st, f, "by")
	},
	print: func(w *printer, st *Stage) {
		w.aggregates(st)
		w.by("BY", st.By, st.ByOptions)
	},
}

// aggregates writes options, uses of macros and aggregates.
func (w *printer) aggregates(st *Stage) {
	w.options(st.Options)
	w.optionClauses(st.Clauses)
	w.values(st.Words)
	for _, a := range st.Aggs {
		w.space()
		w.aggregate(a)
	}
}

func (w *printer) aggregate(a Agg) {
	fn, _, _ := strings.Cut(a.Written, "(")
	w.text(fn)
	switch {
	case a.Func == "eval" && a.Eval != nil:
		w.text("(")
		w.expr(a.Eval, levelNone)
		w.text(")")
	case a.Eval != nil:
		w.text("(eval(")
		w.expr(a.Eval, levelNone)
		w.text("))")
	case a.Of != nil:
		w.text("(")
		w.aggregate(*a.Of)
		if a.Step != "" {
			w.text(", " + plainOrQuoted(a.Step, optionMode))
		}
		w.text(")")
	case a.Arg != nil:
		w.text("(" + quoteIf(Value(*a.Arg), nameMode) + ")")
	}
	if a.As != nil {
		w.word("AS")
		w.name(*a.As)
	}
}

// tstatsGrammar is aggregates and options, FROM, WHERE and BY in any order.
var tstatsGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		clauses := []string{"from", "where", "by", "groupby"}
		p.aggregates(st, f, clauses...)
		for p.next() {
			start := p.posOfNext()
			switch {
			case p.option(st, f):
			case p.keyword("from"):
				p.from(st, Span{start, p.pos})
			case p.keyword("where"):
				p.whereClause(st, Span{start, p.pos}, clauses)
			case p.keyword("by", "groupby"):
				p.by(st, f, Span{start, p.pos}, clauses...)
			default:
				p.expected("FROM, WHERE, BY or an option")
			}
		}
	},
	print: func(w *printer, st *Stage) {
		w.aggregates(st)
		if d := st.Dataset; d != nil {
			w.word("FROM ")
			if d.Kind != "namespace" {
				w.text(d.Kind + "=")
			}
			w.text(plainOrQuoted(d.full(), optionMode))
		}
		wherePart.print(w, st)
		w.by("BY", st.By, st.ByOptions)
	},
}

// from reads what stands behind FROM in tstats.
func (p *parser) from(st *Stage, sp Span) {
	if st.Dataset != nil {
		p.fail(sp, "FROM is written twice", "")
		return
	}
	start := p.posOfNext()
	kind := "namespace"
	if name, ok := p.optionName(); ok {
		kind = strings.ToLower(p.text[name.Start:name.End])
		if kind != "datamodel" && kind != "sid" {
			p.fail(name, "unknown kind of data \""+kind+"\" after FROM", "write FROM datamodel=Model.Dataset")
			return
		}
		p.space()
	}
	v, ok := p.positional()
	if !ok || v.Text == "" {
		p.expected("a data model after FROM: datamodel=Endpoint.Processes")
		return
	}
	st.Dataset = newDataset(kind, v.Text, Span{start, p.pos})
}

// whereClause reads the condition behind WHERE.
func (p *parser) whereClause(st *Stage, sp Span, end []string) {
	if st.Predicate != nil {
		p.fail(sp, "WHERE is written twice", "join the conditions with AND")
		return
	}
	if st.Predicate = p.predicate(end); st.Predicate == nil {
		p.expected("a condition after WHERE")
	}
}

var renameGrammar = grammar{
	read: func(p *parser, st *Stage, _ *form) {
		for p.next() {
			from, ok := p.name("a field to rename")
			if !ok {
				return
			}
			p.space()
			if arrow := strings.HasPrefix(p.text[p.pos:], "->"); arrow {
				p.pos += 2
			} else if !p.keyword("as", "to") {
				p.expected("AS after \"" + from.Text + "\"")
				return
			}
			to, ok := p.name("a new name after AS")
			if !ok || !p.sameWildcards(from, to) {
				return
			}
			st.Renames = append(st.Renames, Rename{from, to})
		}
		if len(st.Renames) == 0 {
			p.fail(st.NameSpan, "rename needs a field and a new name: rename old AS new", "")
		}
	},
	print: func(w *printer, st *Stage) { w.renames(st.Renames, "AS", ",", nameMode) },
}

// sameWildcards reports names with different numbers of wildcards.
func (p *parser) sameWildcards(from, to Name) bool {
	a, b := strings.Count(from.Text, "*"), strings.Count(to.Text, "*")
	if a != b && !strings.Contains(from.Text+to.Text, "`") {
		p.fail(Span{from.Span.Start, to.Span.End}, `wildcard mismatch: "`+from.Text+`" as "`+to.Text+`"`,
			"both names need the same number of *")
	}
	return !p.failed
}

// renames writes pairs; where the second name is missing, the first alone.
func (w *printer) renames(list []Rename, word, split string, m *mode) {
	for i, r := range list {
		if i > 0 {
			w.text(split)
		}
		w.word(quoteIf(Value(r.From), m))
		if r.To != (Name{}) {
			w.word(word)
			w.word(quoteIf(Value(r.To), m))
		}
	}
}

var replaceGrammar = grammar{
	read: func(p *parser, st *Stage, _ *form) {
		for p.next() && !p.keyword("in") {
			from, ok := p.positional()
			if !ok {
				p.expected("a value to replace")
				return
			}
			if !p.keyword("with") {
				p.expected("WITH after \"" + from.Text + "\"")
				return
			}
			p.space()
			to, ok := p.positional()
			if !ok {
				p.expected("a value after WITH")
				return
			}
			st.Renames = append(st.Renames, Rename{Name(from), Name(to)})
		}
		st.Fields = p.names()
		if len(st.Renames) == 0 {
			p.fail(st.NameSpan, `replace needs a value and a new one: replace "old" WITH "new" IN field`, "")
		}
	},
	print: func(w *printer, st *Stage) {
		w.renames(st.Renames, "WITH", ",", optionMode)
		if len(st.Fields) > 0 {
			w.word("IN")
			w.names(st.Fields)
		}
	},
}

var lookupGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		for p.next() {
			switch {
			case p.option(st, f):
			case len(st.Words) == 0:
				if !wordsPart(1).take(p, st, f) {
					p.expected("a lookup's name")
				}
			case st.Outputs == nil && p.keyword("output", "outputnew"):
				st.OutputNew = strings.EqualFold(p.text[p.pos-len("new"):p.pos], "new")
				if st.Outputs = p.aliases(st, f); len(st.Outputs) == 0 {
					p.expected("a field after OUTPUT")
				}
			default:
				st.Renames = append(st.Renames, p.aliases(st, f, "output", "outputnew")...)
			}
		}
		switch {
		case len(st.Words) == 0:
			p.fail(st.NameSpan, "lookup needs the name of a lookup", "")
		case len(st.Renames) == 0:
			p.fail(st.NameSpan, "lookup needs a field to look up", "")
		}
	},
	print: func(w *printer, st *Stage) {
		w.options(st.Options)
		w.values(st.Words)
		w.renames(st.Renames, "AS", "", nameMode)
		if len(st.Outputs) == 0 {
			return
		}
		if w.word("OUTPUT"); st.OutputNew {
			w.text("NEW")
		}
		w.renames(st.Outputs, "AS", "", nameMode)
	},
}

// aliases reads fields, each with or without AS.
func (p *parser) aliases(st *Stage, f *form, end ...string) []Rename {
	var list []Rename
	for p.next() && !p.atKeyword(end...) {
		if p.option(st, f) {
			continue
		}
		if p.atKeyword("as") {
			p.expected("a field")
			break
		}
		from, ok := p.name("a field")
		if !ok {
			break
		}
		r := Rename{From: from}
		if p.keyword("as") {
			if r.To, ok = p.name("a field after AS"); !ok {
				break
			}
		}
		list = append(list, r)
	}
	return list
}

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
	if !containsFold(funcs, name) {
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
