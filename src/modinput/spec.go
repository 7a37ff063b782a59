package modinput

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"riskreplay/src/diag"
)

// AppendSpec appends the scheme's part of README/inputs.conf.spec, without which
// splunkd does not register it.
func (s *Scheme) AppendSpec(b []byte) []byte {
	b = fmt.Appendf(b, "[%s://<name>]\n", s.Name)
	b = appendNote(b, s.Description)
	for _, a := range s.Args {
		b = fmt.Appendf(b, "\n%s = %s\n", a.Name, cmp.Or(a.Value, "<"+string(cmp.Or(a.Type, String))+">"))
		b = appendNote(b, a.Description)
		if a.RequiredOnCreate {
			b = append(b, "* Required.\n"...)
		}
	}
	return b
}

// appendNote writes the lines of a description.
func appendNote(b []byte, text string) []byte {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b = append(append(append(b, "* "...), line...), '\n')
		}
	}
	return b
}

// SpecScheme is what an inputs.conf.spec says of a scheme.
type SpecScheme struct {
	Name string
	// Params are in order, with the values that the file shows.
	Params []Param
}

var specHeader = regexp.MustCompile(`^\[([^\]:]+)://[^\]]*\]$`)

// ReadSpec reads README/inputs.conf.spec. Stanzas that are no scheme's are
// passed over; a scheme without parameters, with an impossible name or with one
// parameter twice is a message: splunkd would not register it.
func ReadSpec(file string, data []byte) ([]SpecScheme, diag.List) {
	x := specReader{text: &diag.Text{Name: file, Body: string(data)}}
	at := 0
	for line := range strings.Lines(x.text.Body) {
		x.line(strings.TrimSpace(line), diag.Place{Text: x.text, Start: at, End: at + len(strings.TrimRight(line, "\r\n"))})
		at += len(line)
	}
	x.leave()
	return x.schemes, x.list
}

type specReader struct {
	text    *diag.Text
	schemes []SpecScheme
	list    diag.List
	open    bool // the last of the schemes is being read
	place   diag.Place
}

func (x *specReader) line(line string, at diag.Place) {
	switch {
	case line == "" || line[0] == '*' || line[0] == '#':
	case line[0] == '[':
		x.leave()
		m := specHeader.FindStringSubmatch(line)
		if x.open = m != nil; !x.open {
			return
		}
		x.place = at
		s := SpecScheme{Name: m[1]}
		if err := (&Scheme{Name: m[1]}).Check(); err != nil {
			x.list = append(x.list, diag.Message{Text: err.Error(), Place: at})
		}
		x.schemes = append(x.schemes, s)
	case x.open:
		x.param(line, at)
	}
}

func (x *specReader) param(line string, at diag.Place) {
	name, value, ok := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	s := &x.schemes[len(x.schemes)-1]
	switch {
	case !ok:
		x.list = append(x.list, diag.Message{Text: fmt.Sprintf("expected NAME = VALUE, found %q", line), Place: at, Hint: `notes begin with "*"`})
		return
	case !namePattern.MatchString(name) && !isImplicit(name):
		x.list = append(x.list, diag.Message{Text: fmt.Sprintf("cannot name a parameter %q", name), Place: at})
		return
	}
	for _, p := range s.Params {
		if p.Name == name {
			x.list = append(x.list, diag.Message{Text: fmt.Sprintf("the parameter %q stands twice in [%s://...]", name, s.Name), Place: at})
			return
		}
	}
	s.Params = append(s.Params, Param{Name: name, Values: []string{strings.TrimSpace(value)}})
}

func (x *specReader) leave() {
	if !x.open {
		return
	}
	x.open = false
	if s := x.schemes[len(x.schemes)-1]; len(s.Params) == 0 {
		x.list = append(x.list, diag.Message{
			Text: fmt.Sprintf("the scheme %q has no parameters", s.Name), Place: x.place,
			Hint: "splunkd registers a scheme that has at least one",
		})
	}
}
