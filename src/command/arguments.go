package command

import (
	"errors"
	"strconv"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// arguments reads the options of a stage and collects what is wrong with them.
type arguments struct {
	st       *spl.Stage
	problems diag.List
	brackets brackets // of conditions
	saved    []string // saved searches whose conditions are being put in
}

func argumentsOf(st *spl.Stage) *arguments { return &arguments{st: st} }

func (a *arguments) problem(sp spl.Span, text, hint string) {
	a.problems = append(a.problems, a.st.Problem(sp, text, hint))
}

// unsupportedHere reports what is right in Splunk but not run here.
func (a *arguments) unsupportedHere(sp spl.Span, text, hint string) {
	m := a.st.Problem(sp, text, hint)
	m.Cause = search.ErrNotSupported
	a.problems = append(a.problems, m)
}

func (a *arguments) warning(sp spl.Span, text, hint string) {
	m := a.st.Problem(sp, text, hint)
	m.Severity = diag.Warning
	a.problems = append(a.problems, m)
}

// cannot reports an error that has no place of its own, at one.
func (a *arguments) cannot(sp spl.Span, err error) {
	var m diag.Message
	if !errors.As(err, &m) {
		m = diag.Message{Text: err.Error(), Cause: err}
	}
	at := a.st.Problem(sp, m.Text, m.Hint)
	at.Severity, at.Cause, at.Notes = m.Severity, m.Cause, append(at.Notes, m.Notes...)
	a.problems = append(a.problems, at)
}

func (a *arguments) failed() bool { return a.problems.HasErrors() }

// option looks in the stage's options and in those of its BY.
func (a *arguments) option(name string) (spl.Value, bool) {
	if v, ok := a.st.Option(name); ok {
		return v, true
	}
	return a.st.ByOption(name)
}

func (a *arguments) text(name, otherwise string) string {
	if v, ok := a.option(name); ok {
		return v.Text
	}
	return otherwise
}

// boolean reads true/false, t/f, 1/0 or yes/no, in any case (rule L5).
func (a *arguments) boolean(name string, otherwise bool) bool {
	v, ok := a.option(name)
	if !ok {
		return otherwise
	}
	if b, ok := spl.Bool(v.Text); ok {
		return b
	}
	a.problem(v.Span, `option "`+name+`" of `+a.st.Name+` takes true or false, not "`+v.Text+`"`, "")
	return otherwise
}

// number reads a whole number that is at least least.
func (a *arguments) number(name string, least, otherwise int) int {
	if v, ok := a.option(name); ok {
		return a.whole(v, `option "`+name+`" of `+a.st.Name, least, otherwise)
	}
	return otherwise
}

func (a *arguments) whole(v spl.Value, what string, least, otherwise int) int {
	n, err := strconv.Atoi(v.Text)
	if err != nil || n < least {
		a.problem(v.Span, what+` takes a whole number from `+strconv.Itoa(least)+`, not "`+v.Text+`"`, "")
		return otherwise
	}
	return n
}

// float reads a number.
func (a *arguments) float(name string) (x float64, ok bool) {
	v, ok := a.option(name)
	if !ok {
		return 0, false
	}
	x, err := strconv.ParseFloat(v.Text, 64)
	if err != nil {
		a.problem(v.Span, `option "`+name+`" of `+a.st.Name+` takes a number, not "`+v.Text+`"`, "")
		return 0, false
	}
	return x, true
}

// unsupported refuses an option whose effect we do not have.
func (a *arguments) unsupported(name, reason string) {
	for _, o := range append(a.st.Options, a.st.ByOptions...) {
		if o.Name == name {
			a.unsupportedHere(o.NameSpan, `option "`+name+`" of `+a.st.Name+` is not supported`, reason)
		}
	}
}

// names are the field names' texts.
func names(list []spl.Name) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n.Text
	}
	return out
}

// once refuses names that stand twice.
func (a *arguments) once(list []spl.Name) {
	seen := map[string]bool{}
	for _, n := range list {
		if seen[n.Text] {
			a.problem(n.Span, `field "`+n.Text+`" is named twice`, "")
		}
		seen[n.Text] = true
	}
}

// plain refuses names with wildcards.
func (a *arguments) plain(list []spl.Name) {
	for _, n := range list {
		if strings.Contains(n.Text, "*") {
			a.problem(n.Span, a.st.Name+` takes no wildcard in "`+n.Text+`"`, "name the fields")
		}
	}
}

// written is a part of the search as it stands in the expanded text, on one line.
func written(st *spl.Stage, sp spl.Span) string {
	text := st.Source.Text
	if sp.Start < 0 || sp.End > len(text) || sp.Start > sp.End {
		return ""
	}
	return strings.Join(strings.Fields(text[sp.Start:sp.End]), " ")
}

// shown is a stage as it was written, for explain.
type shown struct{ st *spl.Stage }

func (s shown) String() string { return written(s.st, s.st.Span) }
