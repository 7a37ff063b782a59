package spl

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// form says how one command's arguments are read and printed. The table of
// forms (see forms) has a row for every command.
type form struct {
	name    string
	aliases string // split by blanks
	// options are the names of the options, each with the kind of its value:
	//
	//	keepempty:b         true or false
	//	limit:n             a number
	//	type:inner|left     one of the words
	//	delim               anything
	//
	//	startswith:filter   a condition, an expression or a string (see clause)
	//
	// "*" takes any option at all. byOptions are those behind BY.
	options, byOptions string
	// generates: the command makes rows of its own, so that it stands behind the
	// search's first pipe.
	generates bool
	args      grammar

	kinds, byKinds map[string]string // the options, read
}

// grammar reads the arguments of a stage, and prints them.
type grammar struct {
	read  func(p *parser, st *Stage, f *form)
	print func(w *printer, st *Stage)
}

func (f *form) parse(p *parser, st *Stage) { f.args.read(p, st, f) }

// optionKinds reads the options of a row.
func optionKinds(s string) map[string]string {
	kinds := map[string]string{}
	for _, o := range strings.Fields(s) {
		name, kind, _ := strings.Cut(o, ":")
		kinds[name] = kind
	}
	return kinds
}

// option reads name=value of the command, when that is what follows.
func (p *parser) option(st *Stage, f *form) bool {
	return p.optionOf(f.kinds, st, &st.Options)
}

// optionOf reads name=value into list, when that is what follows.
func (p *parser) optionOf(kinds map[string]string, st *Stage, list *[]Option) bool {
	name, ok := p.optionName()
	if !ok {
		return false
	}
	o := Option{Name: strings.ToLower(p.text[name.Start:name.End]), NameSpan: name}
	kind, known := kindOf(kinds, o.Name)
	if !known {
		p.pos = name.Start
		p.fail(name, fmt.Sprintf("%s has no option %q here", st.Name, o.Name), cmp.Or(nearOption(kinds, o.Name), theOptions(kinds, o.Name)))
		return true
	}
	if kind == "filter" || kind == "expr" {
		p.clause(st, o.Name, name, kind)
		return true
	}
	for _, other := range *list {
		if other.Name == o.Name {
			p.fail(name, fmt.Sprintf("option %q is written twice", o.Name), "",
				diag.Message{Severity: diag.Info, Text: "written before here", Place: p.src.At(other.NameSpan)})
			return true
		}
	}
	if o.Value, ok = p.optionValue(); ok {
		p.checkOption(o, kind)
		*list = append(*list, o)
	} else {
		p.expected("a value for option " + o.Name)
	}
	return true
}

// optionName reads the name of an option and the = sign behind it, or nothing.
func (p *parser) optionName() (Span, bool) {
	start := p.posOfNext()
	for p.pos < len(p.text) && isNameByte(p.text[p.pos]) {
		p.pos++
	}
	name := Span{start, p.pos}
	if name.Start == name.End || p.peek() != '=' {
		p.pos = start
		return name, false
	}
	p.pos++
	return name, true
}

func (p *parser) optionValue() (Value, bool) {
	p.space()
	if p.pos < len(p.text) && p.text[p.pos] == ',' {
		// delim=, is a comma; a=b, c=d has none there.
		p.pos++
		return Value{Text: ",", Span: Span{p.pos - 1, p.pos}}, true
	}
	return p.word(optionMode)
}

// kind is the kind of an option's value, and whether there is such an option.
func kindOf(kinds map[string]string, name string) (string, bool) {
	kind, ok := kinds[name]
	if !ok {
		kind, ok = kinds["*"]
	}
	return kind, ok
}

func nearOption(kinds map[string]string, name string) string {
	var known []string
	for k := range kinds {
		known = append(known, k)
	}
	if hint := diag.DidYouMean(name, known); hint != "" {
		return hint
	}
	if len(known) == 0 {
		return "it takes none; a value that holds an = sign must stand in quotes"
	}
	return ""
}

// theOptions is a hint about an option that is near to none.
func theOptions(kinds map[string]string, name string) string {
	if name == "span" {
		return "put times into buckets before it: bin _time span=1h"
	}
	return "it takes " + strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")
}

// checkOption reports a value that is not of the option's kind. Tokens and uses
// of macros may become anything.
func (p *parser) checkOption(o Option, kind string) {
	v := o.Value.Text
	if kind == "" || strings.ContainsAny(v, "$<`") {
		return
	}
	want := ""
	switch kind {
	case "b":
		if _, ok := Bool(v); !ok {
			want = "true or false"
		}
	case "n":
		if !isNumber(v) {
			want = "a number"
		}
	default:
		if words := strings.Split(kind, "|"); !containsFold(words, v) {
			want = strings.Join(words, ", ")
		}
	}
	if want != "" {
		p.fail(o.Value.Span, fmt.Sprintf("option %q wants %s, found %q", o.Name, want, shorten(v)), "")
	}
}

func containsFold(list []string, s string) bool {
	for _, x := range list {
		if strings.EqualFold(x, s) {
			return true
		}
	}
	return false
}

// Bool reads the value of an option that is true or false: true, t, 1, yes and
// their opposites, in any case.
func Bool(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true", "t", "1", "yes", "y":
		return true, true
	case "false", "f", "0", "no", "n":
		return false, true
	}
	return false, false
}

func isNumber(s string) bool {
	s = strings.TrimLeft(s, "+-")
	dots := 0
	for i := range len(s) {
		if s[i] == '.' {
			dots++
		} else if !isDigit(s[i]) {
			return false
		}
	}
	return dots <= 1 && len(s) > dots
}
