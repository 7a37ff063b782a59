package command

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonScan walks over a JSON text without making a tree of it. It calls value for
// each text, number, true, false and null with where it stands: keys joined by
// dots, {} for the elements of an array.
//
//	{"a":[{"b":1},{"b":2}],"c":"x"}   a{}.b=1  a{}.b=2  c=x
//
// A text that ends early gives what stands before its end.
type jsonScan struct {
	text  string
	at    int
	path  []byte
	value func(path []byte, v string)
	plain []byte // a text without its escapes
	depth int
	bad   bool // the text is not JSON
	ended bool // the text ended early
}

// maxJSONDepth is how deep values may lie in one another.
const maxJSONDepth = 200

// run reads one value; false when the text is none.
func (j *jsonScan) run(text string) bool {
	j.text, j.at, j.path, j.depth, j.bad, j.ended = text, 0, j.path[:0], 0, false, false
	j.read()
	j.blanks()
	return !j.bad && (j.ended || j.at == len(j.text))
}

func (j *jsonScan) blanks() {
	for j.at < len(j.text) {
		switch j.text[j.at] {
		case ' ', '\t', '\n', '\r':
			j.at++
		default:
			return
		}
	}
}

// next is the next byte that is no blank, 0 at the end.
func (j *jsonScan) next() byte {
	j.blanks()
	if j.at >= len(j.text) {
		j.ended = true
		return 0
	}
	return j.text[j.at]
}

func (j *jsonScan) read() {
	switch c := j.next(); {
	case c == 0:
	case c == '{':
		j.object()
	case c == '[':
		j.array()
	case c == '"':
		if s, ok := j.str(); ok {
			j.value(j.path, s)
		}
	default:
		j.word()
	}
}

// enter goes into an object or an array.
func (j *jsonScan) enter() bool {
	j.at++
	j.depth++
	if j.depth > maxJSONDepth {
		j.bad = true
	}
	return !j.bad
}

func (j *jsonScan) object() {
	if !j.enter() {
		return
	}
	base := len(j.path)
	for first := true; ; first = false {
		c := j.next()
		if c == '}' && first {
			j.at++
			break
		}
		if c != '"' {
			j.bad = j.bad || c != 0
			return
		}
		key, ok := j.str()
		if !ok {
			return
		}
		if base > 0 {
			j.path = append(j.path, '.')
		}
		j.path = append(j.path, key...)
		if c = j.next(); c != ':' {
			j.bad = j.bad || c != 0
			return
		}
		j.at++
		j.read()
		j.path = j.path[:base]
		if j.bad || j.ended {
			return
		}
		if c = j.next(); c == ',' {
			j.at++
			continue
		}
		if c != '}' {
			j.bad = j.bad || c != 0
			return
		}
		j.at++
		break
	}
	j.depth--
}

func (j *jsonScan) array() {
	if !j.enter() {
		return
	}
	base := len(j.path)
	j.path = append(j.path, '{', '}')
	for first := true; ; first = false {
		if c := j.next(); c == ']' && first {
			j.at++
			break
		}
		if j.bad || j.ended {
			return
		}
		j.read()
		if j.bad || j.ended {
			return
		}
		c := j.next()
		if c == ',' {
			j.at++
			continue
		}
		if c != ']' {
			j.bad = j.bad || c != 0
			return
		}
		j.at++
		break
	}
	j.path = j.path[:base]
	j.depth--
}

// str reads a text; what it gives is valid until the next.
func (j *jsonScan) str() (string, bool) {
	from := j.at + 1
	n := strings.IndexByte(j.text[from:], '"')
	if n < 0 {
		j.at, j.ended = len(j.text), true
		return "", false
	}
	if s := j.text[from : from+n]; strings.IndexByte(s, '\\') < 0 {
		j.at = from + n + 1
		return s, true
	}
	end := from
	for end < len(j.text) && j.text[end] != '"' {
		if j.text[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(j.text) {
		j.at, j.ended = len(j.text), true
		return "", false
	}
	j.at = end + 1
	j.plain = unescapeJSON(j.plain[:0], j.text[from:end])
	return string(j.plain), true
}

// unescapeJSON appends a text without its escapes; what is none stays.
func unescapeJSON(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			dst = append(dst, s[i])
			continue
		}
		i++
		switch s[i] {
		case '"', '\\', '/':
			dst = append(dst, s[i])
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, n := escapedRune(s[i-1:])
			if n == 0 {
				dst = append(dst, '\\', 'u')
				continue
			}
			dst = utf8.AppendRune(dst, r)
			i += n - 2
		default:
			dst = append(dst, '\\', s[i])
		}
	}
	return dst
}

// escapedRune reads \u00e4, or two of them that make one character.
func escapedRune(s string) (r rune, n int) {
	unit := func(s string) (rune, bool) {
		if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
			return 0, false
		}
		x, err := strconv.ParseUint(s[2:6], 16, 16)
		return rune(x), err == nil
	}
	first, ok := unit(s)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(first) {
		if second, ok := unit(s[6:]); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return r, 12
			}
		}
		return utf8.RuneError, 6
	}
	return first, 6
}

// word reads a number, true, false or null.
func (j *jsonScan) word() {
	from := j.at
	for j.at < len(j.text) {
		switch c := j.text[j.at]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c == '.', c == '-', c == '+', c == 'E':
			j.at++
			continue
		}
		break
	}
	w := j.text[from:j.at]
	switch {
	case w == "true" || w == "false" || w == "null" || isJSONNumber(w):
		j.value(j.path, w)
	case j.at == len(j.text) && w != "":
		j.ended = true
	default:
		j.bad = true
	}
}

func isJSONNumber(w string) bool {
	i := 0
	if i < len(w) && w[i] == '-' {
		i++
	}
	digits := func() bool {
		from := i
		for i < len(w) && w[i] >= '0' && w[i] <= '9' {
			i++
		}
		return i > from
	}
	first := i
	if !digits() || w[first] == '0' && i > first+1 {
		return false
	}
	if i < len(w) && w[i] == '.' {
		i++
		if !digits() {
			return false
		}
	}
	if i < len(w) && (w[i] == 'e' || w[i] == 'E') {
		if i++; i < len(w) && (w[i] == '-' || w[i] == '+') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(w)
}

// skip goes over one value and gives its text.
func (j *jsonScan) skip() string {
	keep, path := j.value, len(j.path)
	j.value = func([]byte, string) {}
	j.blanks()
	from := j.at
	j.read()
	j.value, j.path = keep, j.path[:path]
	return j.text[from:j.at]
}

// compactJSON is a JSON text without the blanks between its parts.
func compactJSON(s string) string {
	if !strings.ContainsAny(s, " \t\r\n") {
		return s
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quoted && c == '\\' && i+1 < len(s):
			b.WriteByte(c)
			i++
			c = s[i]
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
