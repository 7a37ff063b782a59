package hec

import (
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// escaped marks the bytes that a JSON string does not hold as they are.
var escaped = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

// appendText appends text as a JSON string. What is no UTF-8 becomes U+FFFD.
func appendText(b, text []byte) []byte {
	if !utf8.Valid(text) {
		b, _ = jsontext.AppendQuote(b, text) // the error is what was replaced
		return b
	}
	b = append(b, '"')
	from := 0
	for i, c := range text {
		if escaped[c] {
			b = append(b, text[from:i]...)
			b = appendEscape(b, c)
			from = i + 1
		}
	}
	b = append(b, text[from:]...)
	return append(b, '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
