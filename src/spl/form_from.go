package spl

import (
	"strings"
)

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
