package spl

import (
	"fmt"
	"strings"

	"riskreplay/src/diag"
)

// Macro is a definition as macros.conf has it.
type Macro struct {
	Name       string // without the number of arguments
	Args       []string
	Definition string
	// Text is where the definition stands; its Body is the definition or holds it.
	// Messages about text that came from the macro are placed there.
	Text *diag.Text
	// IsEval: the definition is an expression, and its value is the text.
	IsEval bool
	// Validation is an expression over $arg$; when it gives false, the arguments
	// are refused with ErrorMsg, and when it gives a string, with that.
	Validation, ErrorMsg string
}

// Macros is where Expand finds definitions, and what it needs for the rarer
// ones.
type Macros struct {
	// Find gives the macro of that name for that number of arguments. Nil has none.
	Find func(name string, nargs int) (Macro, bool)
	// Names are all names there are, for hints; "name(2)" is as good as "name".
	Names func() []string
	// Eval gives the value of an expression that stands on its own: nil, a bool
	// or a string. Without it, iseval macros are refused and validations skipped.
	Eval func(src *Source, e Expr) (any, error)
}

// The limits on expansion.
const (
	maxMacroDepth = 100
	maxMacroUses  = 10000
)

// Expand takes comments out of a search and puts the definitions of macros in,
// as text (rules X1 and X3):
//
//	`name`            the definition
//	`name(a, "b,c")`  with $arg$ replaced, even within the definition's quotes
//	"a `b` c"         within quotes nothing is expanded
//
// Arguments stand in order, or all of them by name. A quoted argument loses its
// quotes, and \" in it the backslash. A use that cannot be expanded stays in the
// text, where Parse passes over it, and is reported.
func Expand(text *diag.Text, find func(name string, nargs int) (Macro, bool)) (*Source, diag.List) {
	return Macros{Find: find}.Expand(text)
}

// Expand is the function Expand with all that m knows.
func (m Macros) Expand(text *diag.Text) (*Source, diag.List) {
	if len(text.Body) > maxText {
		m := diag.Message{Text: "the search is longer than 1 MB", Place: text.At(maxText, maxText+1)}
		return &Source{Written: text}, diag.List{m}
	}
	if m.Find == nil {
		m.Find = func(string, int) (Macro, bool) { return Macro{}, false }
	}
	e := expander{macros: m, into: &Source{Written: text, expanded: true}}
	e.expand(Plain(text), nil, 0)
	e.into.Text = string(e.out)
	return e.into, e.problems
}

type expander struct {
	macros   Macros
	into     *Source
	out      []byte
	problems diag.List
	uses     int
	stopped  bool // a limit was hit: the rest is copied
}

// expand adds src to the output with its macros expanded; within is the use of
// the macro that src is the definition of.
func (e *expander) expand(src *Source, within *use, depth int) {
	text := src.Text
	from, i := 0, 0
	for i < len(text) {
		end := -1
		switch text[i] {
		default:
			i++
			continue
		case '\\':
			if i++; escaped(text, i-1) {
				i++
			}
			continue
		case '"':
			if end = stringEnd(text, i); end < 0 {
				end = len(text)
			}
			i = end
			continue
		case '`':
		}
		e.into.add(&e.out, src, from, i)
		from = i
		if isComment(text, i) {
			end = e.comment(src, i)
		} else {
			end = e.use(src, i, within, depth)
		}
		if end < 0 {
			break // the rest stays as it is
		}
		from, i = end, end
	}
	e.into.add(&e.out, src, from, len(text))
	if len(e.out) > maxText && !e.stopped {
		e.stopped = true
		e.problems = append(e.problems, src.Problem(Span{}, tooLong, ""))
	}
}

const (
	tooLong      = "the search is longer than 1 MB with its macros expanded"
	openTick     = "the tick that opens a macro is never closed"
	openTickHint = "write `name` or `name(argument)`"
)

// comment leaves a blank for the comment at src.Text[i].
func (e *expander) comment(src *Source, i int) int {
	end := commentEnd(src.Text, i)
	if end < 0 {
		e.problems = append(e.problems, src.Problem(Span{i, i + 3}, "the comment is never closed", "close it with three ticks"))
		return len(src.Text)
	}
	at := len(e.out)
	e.into.add(&e.out, src, i, i+1)
	e.out[at] = ' '
	return end
}

// use expands the use of a macro at src.Text[i] and gives the offset behind it,
// or -1 when it has no end.
func (e *expander) use(src *Source, i int, within *use, depth int) int {
	end := useEnd(src.Text, i)
	if end < 0 {
		e.problems = append(e.problems, src.Problem(Span{i, i + 1}, openTick, openTickHint))
		return -1
	}
	if problem := e.expandUse(src, Span{i, end}, within, depth); problem != nil {
		e.problems = append(e.problems, *problem)
		e.into.add(&e.out, src, i, end)
	}
	return end
}

func (e *expander) expandUse(src *Source, sp Span, within *use, depth int) *diag.Message {
	refuse := func(text, hint string) *diag.Message {
		m := src.Problem(sp, text, hint)
		return &m
	}
	if e.stopped {
		e.into.add(&e.out, src, sp.Start, sp.End)
		return nil
	}
	call, problem := e.call(src, sp)
	if problem != nil {
		return problem
	}
	u := &use{name: call.name, nargs: len(call.args), place: src.At(sp), outer: within}
	for w := within; w != nil; w = w.outer {
		if w.name == u.name && w.nargs == u.nargs {
			return refuse("macro `"+u.name+"` expands itself", strings.Join(u.chain(), " -> "))
		}
	}
	if e.uses++; e.uses > maxMacroUses || depth >= maxMacroDepth {
		e.stopped = true
		return refuse(fmt.Sprintf("macros are nested more than %d deep or used more than %d times", maxMacroDepth, maxMacroUses), "")
	}
	m, ok := e.macros.Find(u.name, u.nargs)
	if !ok {
		return refuse(e.missing(u.name, u.nargs))
	}
	args, text, hint := call.bind(m)
	if text != "" {
		return refuse(text, hint)
	}
	return e.definition(m, args, u, depth)
}

// missing says that there is no such macro, or none with that many arguments.
func (e *expander) missing(name string, nargs int) (text, hint string) {
	for n := range 17 {
		if _, ok := e.macros.Find(name, n); ok {
			return fmt.Sprintf("macro `%s` takes %s, not %d", name, count(n, "argument"), nargs), "write " + example(name, n)
		}
	}
	if e.macros.Names == nil {
		return "unknown macro `" + name + "`", ""
	}
	names := e.macros.Names()
	for i, n := range names {
		names[i], _, _ = strings.Cut(n, "(")
	}
	if near := diag.Nearest(name, names); near != "" {
		hint = "did you mean `" + near + "`?"
	}
	return "unknown macro `" + name + "`", hint
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func example(name string, n int) string {
	if n == 0 {
		return "`" + name + "`"
	}
	args := make([]string, n)
	for i := range args {
		args[i] = string(rune('a' + i))
	}
	return "`" + name + "(" + strings.Join(args, ", ") + ")`"
}

// definition expands the definition of m, whose arguments are bound.
func (e *expander) definition(m Macro, args map[string]*Source, u *use, depth int) *diag.Message {
	def := m.Text
	if def == nil {
		def = &diag.Text{Name: "macro " + m.Name, Body: m.Definition}
	}
	if problem := e.validate(m, args, u, def); problem != nil {
		return problem
	}
	body := substitute(definitionSource(m, def, u), args)
	if len(body.Text) > maxText {
		e.stopped = true
		return &diag.Message{Text: tooLong, Place: u.place, Notes: u.outer.notes()}
	}
	if m.IsEval {
		value, problem := e.value(body, m, u)
		if problem != nil {
			return problem
		}
		body = &Source{Text: value, Written: def, parts: []origin{{text: def, whole: true, use: u}}}
	}
	e.expand(body, u, depth+1)
	return nil
}

// definitionSource is a definition as a source: it stands in def, or, when def
// has it in another form, all of it is placed at def as a whole.
func definitionSource(m Macro, def *diag.Text, u *use) *Source {
	from := 0
	if def.Body != m.Definition {
		from = strings.Index(def.Body, m.Definition)
	}
	p := origin{text: def, from: max(from, 0), whole: from < 0, use: u}
	return &Source{Text: m.Definition, Written: def, parts: []origin{p}}
}

// substitute replaces $name$ by the arguments, wherever it stands. It stops
// early when the text gets longer than maxText.
func substitute(def *Source, args map[string]*Source) *Source {
	if len(args) == 0 {
		return def
	}
	out := &Source{Written: def.Written}
	var text []byte
	from := 0
	for i := 0; i < len(def.Text); {
		n := strings.IndexByte(def.Text[i:], '$')
		if n < 0 {
			break
		}
		i += n + 1
		end := strings.IndexByte(def.Text[i:], '$')
		if end < 0 {
			break
		}
		if arg, ok := args[def.Text[i:i+end]]; ok {
			out.add(&text, def, from, i-1)
			out.add(&text, arg, 0, len(arg.Text))
			i += end + 1
			from = i
		}
		if len(text) > maxText {
			break
		}
	}
	out.add(&text, def, from, len(def.Text))
	out.Text = string(text)
	return out
}
