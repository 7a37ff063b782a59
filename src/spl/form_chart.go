package spl

import (
	"strings"
)

// chartGrammar is aggregates, then BY row column or OVER row BY column. The row
// is in By with its bin options in ByOptions; the column is the clause "split"
// with its own, the condition on series the clause "where". All other options
// are the command's, wherever they stand.
var chartGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		p.aggregates(st, f, "by", "over", "where")
		for p.next() {
			start := p.posOfNext()
			switch {
			case p.keyword("over"):
				p.chartRow(st, f, Span{start, p.pos})
			case p.keyword("by"):
				if len(st.By) == 0 {
					p.chartRow(st, f, Span{start, p.pos})
				}
				p.chartColumn(st, f)
			case p.keyword("where"):
				p.seriesWhere(st, Span{start, p.pos})
			case p.option(st, f):
			default:
				p.unexpected("")
			}
		}
	},
	print: func(w *printer, st *Stage) {
		w.chartHead(st)
		w.by("BY", st.By, st.ByOptions)
		if c := st.Clause("split"); c != nil {
			w.names(c.Names)
			w.options(c.Options)
		}
		w.seriesWhere(st)
	},
}

// chartRow reads the row's field and its options.
func (p *parser) chartRow(st *Stage, f *form, sp Span) {
	if len(st.By) > 0 {
		p.fail(sp, "the row's field is named twice", "")
		return
	}
	if !p.next() {
		p.expected("a field")
		return
	}
	n, ok := p.name("a field")
	if !ok {
		return
	}
	st.By = []Name{n}
	for p.next() && p.byOption(st, f) {
	}
}

// chartColumn reads the column's field and its options, if there are any.
func (p *parser) chartColumn(st *Stage, f *form) {
	if !p.next() || p.atKeyword("where", "over", "by") {
		return
	}
	start := p.pos
	if c := st.Clause("split"); c != nil {
		p.fail(Span{start, start + 1}, "chart takes two fields to group by, a row and a column", "")
		return
	}
	n, ok := p.name("a field")
	if !ok {
		return
	}
	c := Clause{Keyword: "split", Names: []Name{n}}
	row := st.ByOptions
	st.ByOptions = nil
	for p.next() && p.byOption(st, f) {
	}
	c.Options, st.ByOptions = st.ByOptions, row
	c.Span = Span{start, p.pos}
	st.Clauses = append(st.Clauses, c)
	if p.next() && !p.atKeyword("where", "over", "by") {
		p.unexpected("chart takes two fields to group by, a row and a column")
	}
}

// timechartGrammar is aggregates, then BY column.
var timechartGrammar = grammar{
	read: func(p *parser, st *Stage, f *form) {
		p.aggregates(st, f, "by", "where")
		for p.next() {
			start := p.posOfNext()
			switch {
			case p.keyword("by"):
				p.chartRow(st, f, Span{start, p.pos})
			case p.keyword("where"):
				p.seriesWhere(st, Span{start, p.pos})
			case p.option(st, f):
			default:
				p.unexpected("timechart takes one field to split by")
			}
		}
	},
	print: func(w *printer, st *Stage) {
		w.chartHead(st)
		w.by("BY", st.By, st.ByOptions)
		w.seriesWhere(st)
	},
}

func (w *printer) chartHead(st *Stage) {
	w.options(st.Options)
	w.values(st.Words)
	for _, a := range st.Aggs {
		w.space()
		w.aggregate(a)
	}
}

// seriesWhere reads the condition on series: sum in top5, max(x) > 10. The
// aggregate is in Aggs, the operator and what follows in Values.
func (p *parser) seriesWhere(st *Stage, sp Span) {
	c := Clause{Keyword: "where"}
	p.space()
	a, ok := p.seriesAggregate()
	if !ok {
		return
	}
	c.Aggs = []Agg{a}
	start := p.posOfNext()
	switch {
	case p.keyword("in", "notin"):
	case p.accept('<'), p.accept('>'):
	default:
		p.expected("in, notin, < or >")
		return
	}
	c.Values = append(c.Values, Value{Text: strings.ToLower(p.text[start:p.pos]), Span: Span{start, p.pos}})
	p.space()
	v, ok := p.positional()
	if !ok {
		p.expected("top5, bottom5 or a number")
		return
	}
	c.Values = append(c.Values, v)
	c.Span = Span{sp.Start, p.pos}
	st.Clauses = append(st.Clauses, c)
}

// seriesAggregate reads an aggregate that may lack its field: sum, max(x).
func (p *parser) seriesAggregate() (Agg, bool) {
	start := p.posOfNext()
	name, sp := p.commandName()
	if p.peek() == '(' {
		p.pos = start
		a, ok := p.aggregateCall()
		if ok && (a.Eval != nil || a.Of != nil) {
			p.fail(a.Span, "series are chosen by an aggregate of a field", "")
		}
		return a, ok && !p.failed
	}
	p.pos = sp.End
	a := Agg{Written: name, Span: sp}
	if name == "" {
		p.expected("an aggregate")
		return a, false
	}
	return a, p.function(&a, name, sp)
}

func (w *printer) seriesWhere(st *Stage) {
	for _, c := range st.Clauses {
		if c.Keyword != "where" {
			continue
		}
		w.word("WHERE")
		w.space()
		w.aggregate(c.Aggs[0])
		w.values(c.Values)
	}
}
