package scp

import (
	"fmt"
	"strings"

	"riskreplay/src/diag"
)

// SplitArguments splits what was typed after a command's name as splunkd does:
// at blanks and commas outside of double quotes. args has quotes and escapes
// removed, raw has them as typed.
//
//	a=one b = "t\"o"   ->   args a=one | b | = | t"o    raw a=one | b | = | "t\"o"
func SplitArguments(text string) (args, raw []string) {
	for at := 0; at < len(text); {
		if isSeparator(text[at]) {
			at++
			continue
		}
		end := endOfToken(text, at)
		raw = append(raw, text[at:end])
		value, _, _ := unescape(text[at:end])
		args = append(args, value)
		at = end
	}
	return args, raw
}

func isSeparator(c byte) bool { return c == ',' || c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// endOfToken is where the token at a place ends. Quotes hold it together.
func endOfToken(text string, at int) int {
	quoted := false
	for ; at < len(text); at++ {
		switch c := text[at]; {
		case c == '\\' && quoted:
			at++
		case c == '"':
			quoted = !quoted
		case !quoted && isSeparator(c):
			return at
		}
	}
	return min(at, len(text))
}

// unescape takes away double quotes, and inside of them the backslash of \" and
// \\. Other backslashes stay: patterns are full of them.
func unescape(token string) (value string, quoted, balanced bool) {
	if !strings.ContainsRune(token, '"') {
		return token, false, true
	}
	var b strings.Builder
	inside := false
	for i := 0; i < len(token); i++ {
		c := token[i]
		switch {
		case inside && c == '\\' && i+1 < len(token) && (token[i+1] == '"' || token[i+1] == '\\'):
			i++
			b.WriteByte(token[i])
		case c == '"':
			inside = !inside
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), token[0] == '"', !inside
}

// token is an element of raw_args.
type token struct {
	text  string
	start int // in the joined text
}

// scanArguments makes items of raw tokens: name=value, name = value, words.
func scanArguments(command string, raw []string) (*diag.Text, []Item, diag.List) {
	text := &diag.Text{Name: command, Body: strings.Join(raw, " ")}
	s := argScanner{text: text}
	at := 0
	for _, r := range raw {
		s.tokens = append(s.tokens, token{r, at})
		at += len(r) + 1
	}
	for len(s.tokens) > 0 {
		s.item()
	}
	return text, s.items, s.problems
}

type argScanner struct {
	text     *diag.Text
	tokens   []token // those not read yet
	items    []Item
	problems diag.List
}

// item reads the next argument; tokens around a "=" are put together.
func (s *argScanner) item() {
	t := s.pop()
	if t.text == "" {
		return
	}
	eq := equalSign(t.text)
	end := t.start + len(t.text)
	switch {
	case eq < 0 && len(s.tokens) > 0 && s.tokens[0].text != "" && s.tokens[0].text[0] == '=':
		next := s.pop() // name =value, or name = value
		value := token{next.text[1:], next.start + 1}
		if value.text == "" {
			value = s.valueAfter(next)
		}
		s.assign(t.text, value, t.start)
	case eq < 0:
		value, quoted := s.value(t)
		s.items = append(s.items, Item{Value: value, Quoted: quoted, Place: s.text.At(t.start, end)})
	case eq == 0:
		s.problem(t, "A '=' has no name before it.")
	case eq == len(t.text)-1:
		s.assign(t.text[:eq], s.valueAfter(t), t.start)
	default:
		s.assign(t.text[:eq], token{t.text[eq+1:], t.start + eq + 1}, t.start)
	}
}

// valueAfter is the token after one that ended in "=".
func (s *argScanner) valueAfter(t token) token {
	if len(s.tokens) == 0 {
		return token{"", t.start + len(t.text)}
	}
	return s.pop()
}

func (s *argScanner) pop() token {
	t := s.tokens[0]
	s.tokens = s.tokens[1:]
	return t
}

func (s *argScanner) assign(name string, value token, start int) {
	name, _, _ = unescape(name)
	v, quoted := s.value(value)
	s.items = append(s.items, Item{Name: name, Value: v, Quoted: quoted, Place: s.text.At(start, value.start+len(value.text))})
}

func (s *argScanner) value(t token) (string, bool) {
	v, quoted, balanced := unescape(t.text)
	if !balanced {
		s.problem(t, fmt.Sprintf("Unbalanced quotes in '%s'.", t.text))
	}
	return v, quoted
}

func (s *argScanner) problem(t token, text string) {
	s.problems = append(s.problems, diag.Message{Text: text, Place: s.text.At(t.start, t.start+len(t.text))})
}

// equalSign is the place of the first "=" outside of quotes, or -1.
func equalSign(token string) int {
	quoted := false
	for i := 0; i < len(token); i++ {
		switch c := token[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '=' && !quoted:
			return i
		}
	}
	return -1
}
