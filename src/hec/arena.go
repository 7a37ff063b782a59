package hec

import "github.com/go-json-experiment/json/jsontext"

// arena holds texts one behind the other in a few large pieces, which live as
// long as any event in them.
type arena struct{ free []byte }

const (
	firstPiece = 4 << 10
	largePiece = 1 << 20
)

// room makes place for n bytes.
func (a *arena) room(n int) {
	if cap(a.free)-len(a.free) >= n {
		return
	}
	a.free = make([]byte, 0, max(n, min(largePiece, max(firstPiece, 4*cap(a.free)))))
}

func (a *arena) clone(text []byte) []byte {
	a.room(len(text))
	from := len(a.free)
	a.free = append(a.free, text...)
	return a.free[from:len(a.free):len(a.free)]
}

// unquote is what a JSON string holds.
func (a *arena) unquote(quoted jsontext.Value) []byte {
	a.room(len(quoted))
	from := len(a.free)
	text, _ := jsontext.AppendUnquote(a.free[from:from:cap(a.free)], quoted) // the error is what is no UTF-8, and was replaced
	if len(text) <= cap(a.free)-from {
		a.free = a.free[:from+len(text)]
	}
	return text[:len(text):len(text)]
}

// interner keeps one string of those that come again and again.
type interner map[string]string

// maxNames is how many are kept: names from outside may all differ.
const maxNames = 4096

// get is the text of a JSON string.
func (in interner) get(quoted jsontext.Value) string {
	if s, ok := in[string(quoted)]; ok {
		return s
	}
	text, _ := jsontext.AppendUnquote(nil, quoted) // the error is what is no UTF-8, and was replaced
	if s := string(text); len(in) < maxNames {
		in[string(quoted)] = s
		return s
	}
	return string(text)
}
