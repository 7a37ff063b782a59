package risk

import (
	"bytes"
	"strings"

	"riskreplay/src/pcre"
)

// Factor changes the calculated risk score of what it matches, as a risk factor
// of Enterprise Security does: by an addition, or by a multiplication after all
// additions.
//
//	user_category=contractor add 5
//	dest_priority=critical mult 1.5
//	process_name like "srv%" add 10
//	process regex "(?i)mimi(katz|dogs)" mult 2
//
// Texts are compared as eval does: case matters, and numbers are compared as
// numbers. Of a multivalue one matching value is enough, and for != none may be
// equal. A field without a value matches nothing.
type Factor struct {
	Name, Field, Op, Value string
	// Multiply tells mult from add.
	Multiply bool
	Number   Number

	number  *Number // Value as one
	pattern *pcre.Regexp
}

// ParseFactor reads `<field> <op> <value> (add|mult) <number>`; false when it is
// not of that form.
func ParseFactor(name, text string) (Factor, bool) {
	f := Factor{Name: name}
	condition, last := lastWord(text)
	condition, verb := lastWord(condition)
	n, ok := ParseNumber([]byte(last))
	switch strings.ToLower(verb) {
	case "add":
	case "mult":
		f.Multiply = true
		ok = ok && !n.Negative()
	default:
		return f, false
	}
	f.Number = n
	ok = ok && f.condition(condition) && name != "" && f.prepare()
	return f, ok
}

// lastWord cuts the last word off.
func lastWord(text string) (rest, word string) {
	text = strings.TrimRight(text, " \t")
	i := strings.LastIndexAny(text, " \t")
	if i < 0 {
		return "", text
	}
	return strings.TrimRight(text[:i], " \t"), text[i+1:]
}

// signs are the operators written in signs, longer ones first.
var signs = [...]string{"!=", "<=", ">=", "=", "<", ">"}

// words are the operators that are words.
var words = [...]string{"like", "regex"}

// condition reads `<field> <op> <value>`.
func (f *Factor) condition(text string) bool {
	text = strings.TrimSpace(text)
	word, rest, _ := strings.Cut(text, " ")
	if op, value, ok := strings.Cut(strings.TrimLeft(rest, " "), " "); ok && !strings.ContainsAny(word, "=<>!") {
		for _, w := range words {
			if strings.EqualFold(op, w) {
				f.Field, f.Op, f.Value = word, w, unquoted(strings.TrimSpace(value))
				return isField(f.Field)
			}
		}
	}
	at := strings.IndexAny(text, "=<>!")
	if at < 0 {
		return false
	}
	f.Field = strings.TrimSpace(text[:at])
	for _, sign := range signs {
		if value, ok := strings.CutPrefix(text[at:], sign); ok {
			f.Op, f.Value = sign, unquoted(strings.TrimSpace(value))
			return isField(f.Field)
		}
	}
	return false
}

// unquoted takes one pair of quotes off.
func unquoted(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// prepare compiles what the value is compared with.
func (f *Factor) prepare() bool {
	if n, ok := ParseNumber([]byte(f.Value)); ok {
		f.number = &n
	}
	pattern := f.Value
	switch f.Op {
	case "like":
		pattern = likePattern(f.Value)
	case "regex":
	default:
		return true
	}
	var err error
	f.pattern, err = pcre.Compile(pattern)
	return err == nil
}

// likePattern is SQL's LIKE as a pattern: % is any text, _ any character.
func likePattern(s string) string {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%':
			b.WriteString(".*")
		case c == '_':
			b.WriteByte('.')
		case c < 0x80 && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z'):
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString(`\z`)
	return b.String()
}

// matches tells whether the factor holds for a field's values.
func (f *Factor) matches(values [][]byte) bool {
	if f.Op == "!=" {
		for _, v := range values {
			if f.equal(v) {
				return false
			}
		}
		return len(values) > 0
	}
	for _, v := range values {
		if f.one(v) {
			return true
		}
	}
	return false
}

func (f *Factor) one(v []byte) bool {
	switch f.Op {
	case "=":
		return f.equal(v)
	case "like", "regex":
		ok, err := f.pattern.Match(string(v))
		return ok && err == nil // a pattern that gives up matches nothing, as in Splunk
	}
	c := f.compare(v)
	switch f.Op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (f *Factor) equal(v []byte) bool {
	return string(v) == f.Value || f.number != nil && f.compare(v) == 0
}

// compare orders numbers as numbers and all else as texts.
func (f *Factor) compare(v []byte) int {
	if f.number != nil {
		if n, ok := ParseNumber(v); ok {
			return n.Cmp(*f.number)
		}
	}
	return bytes.Compare(v, []byte(f.Value))
}
