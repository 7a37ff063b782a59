package modinput

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape appends the text of an element: entities resolved, CR and CRLF as LF.
// What XML does not allow is an error.
func unescape(dst, in []byte) ([]byte, error) {
	if bytes.Contains(in, []byte("]]>")) {
		return dst, fmt.Errorf(`"]]>" in a text`)
	}
	for {
		i := bytes.IndexByte(in, '&')
		if i < 0 {
			return appendCharacters(dst, in)
		}
		var err error
		if dst, err = appendCharacters(dst, in[:i]); err != nil {
			return dst, err
		}
		in = in[i+1:]
		end := bytes.IndexByte(in[:min(len(in), 12)], ';')
		if end < 0 {
			return dst, fmt.Errorf("a & that begins no entity: %s", quote(in))
		}
		r, ok := resolve(string(in[:end]))
		if !ok {
			return dst, fmt.Errorf("no such entity: &%s;", in[:end])
		}
		dst = utf8.AppendRune(dst, r)
		in = in[end+1:]
	}
}

// resolve is the character that an entity stands for.
func resolve(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, false
	}
	r := rune(n)
	return r, inCharacterRange(r)
}

// inCharacterRange is XML's production Char.
func inCharacterRange(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// appendCharacters appends text as it is but for line ends.
func appendCharacters(dst, in []byte) ([]byte, error) {
	from := 0
	for i := 0; i < len(in); {
		switch class := inElement[in[i]]; {
		case class == plain:
			i++
		case in[i] == '\r':
			dst = append(append(dst, in[from:i]...), '\n')
			if i+1 < len(in) && in[i+1] == '\n' {
				i++
			}
			i++
			from = i
		case class == bad:
			return dst, fmt.Errorf("the character U+%04X, which XML cannot carry", in[i])
		case class == wide:
			n := legal(in[i:])
			if n < 0 {
				return dst, fmt.Errorf("bytes that XML cannot carry: %s", quote(in[i:min(len(in), i-n)]))
			}
			i += n
		default:
			i++
		}
	}
	return append(dst, in[from:]...), nil
}
