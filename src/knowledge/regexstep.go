package knowledge

import (
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"riskreplay/src/pcre"
)

// regexStep is an EXTRACT, or a transform of a REPORT: fields out of the matches
// of a regular expression.
type regexStep struct {
	re      *pcre.Regexp
	source  string
	outputs []output
	// several: MV_ADD, further values of a field are added.
	several   bool
	clean     bool // CLEAN_KEYS, of names that come out of the text
	keepEmpty bool
	windows   winPart
	patient   *patient // nil has no end
}

// output is one name::value of a FORMAT. A name that comes out of a match is
// name "" and the groups in nameParts.
type output struct {
	name             string
	nameParts, value template
}

// template is text with groups: `$1-$2`.
type template []templatePart

type templatePart struct {
	text  string
	group int // -1 for text
}

func parseTemplate(s string) template {
	var out template
	for s != "" {
		i := strings.IndexByte(s, '$')
		if i < 0 || i+1 == len(s) || s[i+1] < '0' || s[i+1] > '9' {
			n := len(s)
			if i >= 0 {
				n = i + 1
			}
			out, s = append(out, templatePart{s[:n], -1}), s[n:]
			continue
		}
		if i > 0 {
			out = append(out, templatePart{s[:i], -1})
		}
		end := i + 1
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		n, _ := strconv.Atoi(s[i+1 : end])
		out, s = append(out, templatePart{"", n}), s[end:]
	}
	return out
}

// fixed is the template's text when it has no groups.
func (t template) fixed() (string, bool) {
	var b strings.Builder
	for _, p := range t {
		if p.group >= 0 {
			return "", false
		}
		b.WriteString(p.text)
	}
	return b.String(), true
}

// fill appends the template with a match's groups to into; it tells whether all
// groups took part.
func (t template) fill(text []byte, at []int, into []byte) ([]byte, bool) {
	for _, p := range t {
		if p.group < 0 {
			into = append(into, p.text...)
			continue
		}
		if 2*p.group+1 >= len(at) || at[2*p.group] < 0 {
			return into, false
		}
		into = append(into, text[at[2*p.group]:at[2*p.group+1]]...)
	}
	return into, true
}

func (s *regexStep) reads() string { return s.source }

func (s *regexStep) gives(name string) bool {
	return slices.ContainsFunc(s.outputs, func(o output) bool { return o.name == name || o.name == "" })
}

// matches is how many matches are looked at: one, unless each may give a further
// field or value.
func (s *regexStep) matches() int {
	if s.several || slices.ContainsFunc(s.outputs, func(o output) bool { return o.name == "" }) {
		return maxMatches
	}
	return 1
}

// maxMatches bounds the work on one event.
const maxMatches = 10000

func (s *regexStep) run(text []byte, p *pass) {
	p.begin(s.several)
	str := unsafe.String(unsafe.SliceData(text), len(text))
	var buf []byte
	from := 0
	for range s.matches() {
		if s.patient.over() {
			return
		}
		at, err := s.re.Find(str, from)
		if err != nil { // a match that takes too long is none
			s.patient.gaveUp(err)
		}
		if at == nil {
			return
		}
		for _, o := range s.outputs {
			buf = s.put(o, text, at, p, buf)
		}
		from = max(at[1], from)
		if at[1] == at[0] {
			from++
		}
		if from > len(text) {
			return
		}
	}
}

func (s *regexStep) put(o output, text []byte, at []int, p *pass, buf []byte) []byte {
	name := []byte(o.name)
	if o.name == "" {
		key, ok := o.nameParts.fill(text, at, nil)
		if !ok {
			return buf
		}
		if name = key; s.clean {
			name = cleanKey(key, nil)
		}
	}
	i := p.index(name)
	if i < 0 {
		return buf
	}
	value, ok := o.value.fill(text, at, buf[:0])
	switch {
	case !ok:
	case s.keepEmpty:
		p.putEmpty(i, value)
	default:
		p.put(i, value)
	}
	return value
}

// delimStep splits a text: pairs at some characters, names from values at
// others, or values alone, whose names are given (DELIMS, FIELDS).
type delimStep struct {
	source      string
	pairs, keys string
	fields      []string
	several     bool
	clean       bool
}

func (s *delimStep) reads() string { return s.source }

func (s *delimStep) gives(name string) bool {
	return s.fields == nil || slices.Contains(s.fields, name)
}

func (s *delimStep) run(text []byte, p *pass) {
	p.begin(s.several)
	str := unsafe.String(unsafe.SliceData(text), len(text))
	n := 0
	for part := range PartsBy(str, s.pairs) {
		name, value := "", strings.Trim(part, `"`)
		if s.fields != nil {
			if n >= len(s.fields) {
				return
			}
			name = s.fields[n]
			n++
		} else {
			at := strings.IndexAny(part, s.keys)
			if at < 0 {
				continue
			}
			name, value = strings.TrimSpace(part[:at]), strings.Trim(part[at+1:], ` "`)
			if s.clean {
				name = string(cleanKey([]byte(name), nil))
			}
		}
		if i := p.index([]byte(name)); i >= 0 {
			p.put(i, []byte(value))
		}
	}
}

// PartsBy gives the parts of text between any of some characters; within double
// quotes they do not part.
func PartsBy(text, delims string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		quoted, from := false, 0
		for i := 0; i <= len(text); i++ {
			if i < len(text) && text[i] == '"' {
				quoted = !quoted
			}
			if i == len(text) || !quoted && strings.IndexByte(delims, text[i]) >= 0 {
				if !yield(text[from:i]) {
					return
				}
				from = i + 1
			}
		}
	}
}
