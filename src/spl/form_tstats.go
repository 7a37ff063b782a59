package spl

import (
	"strings"
)

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
