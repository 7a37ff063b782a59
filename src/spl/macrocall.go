package spl

import (
	"fmt"
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// macroCall is what stands between two ticks.
type macroCall struct {
	name string
	args []macroArg
}

// macroArg is one argument. Named is the word before an = sign, when there is
// one; whether it names an argument depends on the definition.
type macroArg struct {
	named       string
	text, value *Source // all of it, and what follows the = sign
}

// call reads the use of a macro at sp, ticks included.
func (e *expander) call(src *Source, sp Span) (macroCall, *diag.Message) {
	refuse := func(sp Span, text, hint string) (macroCall, *diag.Message) {
		m := src.Problem(sp, text, hint)
		return macroCall{}, &m
	}
	start, end := trim(src.Text, sp.Start+1, sp.End-1)
	if start == end {
		return refuse(sp, "no macro is named between the ticks", "write `name` or `name(argument)`")
	}
	text := src.Text[:end]
	open := strings.IndexByte(text[start:], '(')
	if open < 0 {
		if i := strings.IndexFunc(text[start:], func(r rune) bool { return r < 0x80 && isSpace(byte(r)) }); i >= 0 {
			return refuse(Span{start, end}, fmt.Sprintf("expected a macro's name, found %q", text[start:end]), "a tick may be missing before or after it")
		}
		return macroCall{name: text[start:]}, nil
	}
	nameStart, nameEnd := trim(text, start, start+open)
	if nameStart == nameEnd {
		return refuse(Span{start, end}, "no macro is named before the parenthesis", "write `name(argument)`")
	}
	c := macroCall{name: text[nameStart:nameEnd]}
	if text[end-1] != ')' {
		return refuse(Span{end - 1, end}, "expected a closing parenthesis at the end of macro `"+c.name+"`", "write "+example(c.name, 1))
	}
	c.args = arguments(src, start+open+1, end-1)
	return c, nil
}

func trim(s string, start, end int) (from, to int) {
	for start < end && isSpace(s[start]) {
		start++
	}
	for end > start && isSpace(s[end-1]) {
		end--
	}
	return start, end
}

// arguments splits src.Text[start:end] at commas outside quotes and
// parentheses.
func arguments(src *Source, start, end int) []macroArg {
	if from, to := trim(src.Text, start, end); from == to {
		return nil
	}
	var args []macroArg
	nest, equals := 0, -1
	from := start
	for i := start; i < end; i++ {
		switch src.Text[i] {
		case '"':
			if j := stringEnd(src.Text[:end], i); j > 0 {
				i = j - 1
			}
		case '(':
			nest++
		case ')':
			nest--
		case '=':
			if nest == 0 && equals < 0 {
				equals = i
			}
		case ',':
			if nest == 0 {
				args = append(args, argument(src, from, equals, i))
				from, equals = i+1, -1
			}
		}
	}
	return append(args, argument(src, from, equals, end))
}

func argument(src *Source, start, equals, end int) macroArg {
	a := macroArg{text: argumentText(src, start, end)}
	if equals >= 0 {
		from, to := trim(src.Text, start, equals)
		a.named = src.Text[from:to]
		a.value = argumentText(src, equals+1, end)
	}
	return a
}

// argumentText is an argument without the blanks around it, and without its
// quotes when it is one string.
func argumentText(src *Source, start, end int) *Source {
	start, end = trim(src.Text, start, end)
	arg := &Source{Written: src.Written}
	var text []byte
	if start == end || src.Text[start] != '"' || stringEnd(src.Text[:end], start) != end {
		arg.add(&text, src, start, end)
		arg.Text = string(text)
		return arg
	}
	start, end = start+1, end-1
	from := start
	for i := start; i < end; i++ {
		if src.Text[i] != '\\' {
			continue
		}
		if i+1 < end && src.Text[i+1] == '"' {
			arg.add(&text, src, from, i)
			from = i + 1
		}
		i++
	}
	arg.add(&text, src, from, end)
	arg.Text = string(text)
	return arg
}

// bind gives each argument of the definition its text; a problem is told as a
// text and a hint.
func (c macroCall) bind(m Macro) (args map[string]*Source, text, hint string) {
	if len(m.Args) != len(c.args) {
		return nil, fmt.Sprintf("macro `%s` is defined with %s, used with %d", m.Name, count(len(m.Args), "argument name"), len(c.args)),
			"its args must be as many as the number after its name"
	}
	named := 0
	for _, a := range c.args {
		if slices.Contains(m.Args, a.named) {
			named++
		}
	}
	if named != 0 && named != len(c.args) {
		return nil, "macro `" + m.Name + "` has some arguments by name and some in order", "name all of them or none: " + strings.Join(m.Args, ", ")
	}
	args = make(map[string]*Source, len(c.args))
	for i, a := range c.args {
		name, value := m.Args[i], a.text
		if named > 0 {
			name, value = a.named, a.value
		}
		if _, twice := args[name]; twice {
			return nil, fmt.Sprintf("argument %q of macro `%s` is given twice", name, m.Name), ""
		}
		args[name] = value
	}
	return args, "", ""
}
