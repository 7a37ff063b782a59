package spl

import (
	"strings"
)

// Print is the search on one line, in one canonical form: command, keyword and
// function names as the tree has them, keywords in upper case, as few
// parentheses as the meaning needs (but OR within AND always has them). What was
// quoted stays quoted. Parsing it gives the same tree.
func Print(s *Search) string {
	w := &printer{}
	w.search(s)
	return w.b.String()
}

// Format is the search as people lay it out: Print with each pipe on its own
// line, and pipelines of more than one command in brackets indented.
func Format(s *Search) string {
	w := &printer{lines: true}
	w.search(s)
	return w.b.String()
}

// printer writes words with one blank between them.
type printer struct {
	b      strings.Builder
	lines  bool // one pipe a line
	depth  int  // of brackets
	joined bool // the next word needs no blank before it
}

// text writes s right behind what is there.
func (w *printer) text(s string) {
	w.b.WriteString(s)
	w.joined = false
}

// word writes s behind a blank.
func (w *printer) word(s string) {
	w.space()
	w.text(s)
}

// space writes the blank before a word.
func (w *printer) space() {
	if !w.joined {
		w.b.WriteByte(' ')
	}
	w.joined = true
}

func (w *printer) search(s *Search) {
	w.joined = true
	for i, st := range s.Stages {
		if i > 0 {
			w.breakLine()
		}
		if i > 0 || w.leadingPipe(st) {
			w.word("|")
		}
		w.stage(st)
	}
}

// leadingPipe tells whether the first stage needs a pipe: not the search
// command within a text, and not in brackets unless it generates rows.
func (w *printer) leadingPipe(st *Stage) bool {
	if w.depth > 0 {
		f := forms[st.Name]
		return f != nil && f.generates
	}
	return !st.Implicit
}

func (w *printer) breakLine() {
	if w.lines {
		w.b.WriteString("\n" + strings.Repeat("    ", w.depth))
		w.joined = true
	}
}

func (w *printer) stage(st *Stage) {
	if st.Name != "" && !st.Implicit {
		w.word(st.Name)
	}
	switch f := forms[st.Name]; {
	case st.Name == "" || f == nil:
		w.raw(st)
	default:
		f.args.print(w, st)
	}
	if w.lines {
		for _, c := range st.Comments {
			w.word("```" + c + "```")
		}
	}
}

// sub writes a pipeline in brackets.
func (w *printer) sub(s *Search) {
	joined := w.joined
	w.depth++
	if w.lines && len(s.Stages) > 1 {
		if w.joined = false; joined {
			w.text("[")
		} else {
			w.breakLine()
			w.text("[")
		}
		w.space()
	} else {
		w.word("[")
	}
	w.search(s)
	w.text("]")
	w.depth--
}

// raw writes the arguments of a command that only knows them itself.
func (w *printer) raw(st *Stage) {
	if st.Raw != "" {
		w.word(oneLine(st.Raw))
	}
}

func (w *printer) options(list []Option) {
	for _, o := range list {
		w.word(o.Name + "=")
		if o.Value.Text == "," && !o.Value.Quoted {
			w.text(",")
		} else {
			w.text(quoteIf(o.Value, optionMode))
		}
	}
}

func (w *printer) values(list []Value) {
	for _, v := range list {
		w.word(quoteIf(v, optionMode))
	}
}

func (w *printer) name(n Name) { w.word(quoteIf(Value(n), nameMode)) }

func (w *printer) names(list []Name) {
	for _, n := range list {
		w.name(n)
	}
}

// by writes a grouping clause. The options of _time stand behind it.
func (w *printer) by(word string, names []Name, options []Option) {
	if len(names) == 0 {
		return
	}
	w.word(word)
	for _, n := range names {
		w.name(n)
		if n.Text == "_time" {
			w.options(options)
			options = nil
		}
	}
	w.options(options)
}
