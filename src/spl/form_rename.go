package spl

import (
	"strings"
)

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
		for p.next() {
			if p.keyword("in") {
				if st.Fields = p.names(); len(st.Fields) == 0 {
					p.expected("a field after IN")
				}
				break
			}
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
