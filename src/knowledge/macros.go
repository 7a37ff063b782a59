package knowledge

import (
	"strconv"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// readMacros reads macros.conf: a stanza is named after the macro, with the
// number of its arguments in parentheses where it has some.
func (l *loader) readMacros(c *conf.Conf) map[string]spl.Macro {
	out := map[string]spl.Macro{}
	for _, s := range c.Stanzas() {
		m, n, ok := l.macro(s)
		if ok {
			out[macroKey(m.Name, n)] = m
		}
	}
	return out
}

func macroKey(name string, nargs int) string {
	if nargs == 0 {
		return name
	}
	return name + "(" + strconv.Itoa(nargs) + ")"
}

func (l *loader) macro(s *conf.Stanza) (m spl.Macro, nargs int, ok bool) {
	refuse := func(text, hint string) (spl.Macro, int, bool) {
		l.report(diag.Message{Severity: diag.Warning, Text: text, Hint: hint, Place: s.Place})
		return spl.Macro{}, 0, false
	}
	name, count, hasArgs := strings.Cut(s.Name, "(")
	if hasArgs {
		n, err := strconv.Atoi(strings.TrimSuffix(count, ")"))
		if err != nil || n < 0 || !strings.HasSuffix(count, ")") {
			return refuse(`cannot read the macro's name "`+s.Name+`"`, "write name(2) for two arguments")
		}
		nargs = n
	}
	definition, ok := s.Lookup("definition")
	if !ok {
		return refuse(`macro "`+s.Name+`" has no definition`, "")
	}
	m = spl.Macro{
		Name: strings.TrimSpace(name), Definition: definition.Value, Text: definition.Text,
		IsEval: isTrue(s.Get("iseval")), Validation: s.Get("validation"), ErrorMsg: s.Get("errormsg"),
	}
	for arg := range strings.SplitSeq(s.Get("args"), ",") {
		if arg = strings.TrimSpace(arg); arg != "" {
			m.Args = append(m.Args, arg)
		}
	}
	if len(m.Args) != nargs {
		return refuse(`macro "`+s.Name+`" names `+strconv.Itoa(len(m.Args))+" arguments", "as many as its name says must stand in args")
	}
	return m, nargs, true
}

// isTrue reads a setting that is true or false, false by default.
func isTrue(text string) bool {
	switch strings.ToLower(text) {
	case "1", "true", "t", "yes", "y":
		return true
	}
	return false
}
