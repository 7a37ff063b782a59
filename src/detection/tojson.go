package detection

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf16"
)

// object is a JSON object; its keys are written sorted.
type object map[string]any

// verbatim is JSON that is written as it stands.
type verbatim string

// toJSON writes a value as Jinja's tojson does, which is what contentctl fills
// conf files with: keys sorted, ", " and ": " between, everything outside ASCII
// and the four characters that matter in HTML escaped.
//
//	{"name": "ATT\u0026CK", "score": 64}
//
// It takes string, int, float64, bool, []string, []any, object and verbatim.
func toJSON(v any) string { return string(appendJSON(nil, v)) }

func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendJSONString(b, v)
	case verbatim:
		return append(b, v...)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return append(b, decimal(v)...)
	case bool:
		return strconv.AppendBool(b, v)
	case []string:
		return appendList(b, len(v), func(b []byte, i int) []byte { return appendJSONString(b, v[i]) })
	case []any:
		return appendList(b, len(v), func(b []byte, i int) []byte { return appendJSON(b, v[i]) })
	case object:
		keys := slices.Sorted(maps.Keys(v))
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(appendJSONString(b, k), ": "...)
			b = appendJSON(b, v[k])
		}
		return append(b, '}')
	}
	return appendJSONString(b, fmt.Sprint(v))
}

func appendList(b []byte, n int, item func([]byte, int) []byte) []byte {
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = item(b, i)
	}
	return append(b, ']')
}

// short are the escapes with a letter.
var short = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}

func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, c := range s {
		esc, ok := short[c]
		switch {
		case ok:
			b = append(b, esc...)
		case c < ' ' || c == '&' || c == '<' || c == '>' || c == '\'' || c > 0x7f && c <= 0xffff:
			b = fmt.Appendf(b, `\u%04x`, c)
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = append(b, byte(c))
		}
	}
	return append(b, '"')
}
