package modinput

import "unicode/utf8"

// replacement stands for what XML 1.0 cannot carry.
const replacement = "\uFFFD"

// The classes of a byte in text that is to be escaped.
const (
	plain  = iota // stands for itself
	entity        // has an entity
	bad           // a control character
	wide          // begins, or should, a character of several bytes
)

// inElement and inAttribute are the classes in the two places: TAB, LF and a
// double quote stand for themselves in an element only.
var (
	inElement   = classes(plain)
	inAttribute = classes(entity)
)

func classes(layout uint8) *[256]uint8 {
	t := new([256]uint8)
	for c := range 0x20 {
		t[c] = bad
	}
	t['\t'], t['\n'], t['"'], t['\r'] = layout, layout, layout, entity
	t['&'], t['<'], t['>'] = entity, entity, entity
	for c := utf8.RuneSelf; c < 256; c++ {
		t[c] = wide
	}
	return t
}

var entities = [256]string{
	'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&#34;", '\r': "&#xD;", '\t': "&#x9;", '\n': "&#xA;",
}

// appendText appends s as the content of an element, and says how many
// characters were replaced because XML cannot carry them: control characters,
// bytes that are not UTF-8 (lone surrogates are not), U+FFFE and U+FFFF.
func appendText[T []byte | string](b []byte, s T) (out []byte, replaced int) {
	return escape(b, s, inElement)
}

// appendAttribute appends s as the value of an attribute in double quotes.
func appendAttribute(b []byte, s string) []byte {
	b, _ = escape(b, s, inAttribute)
	return b
}

func escape[T []byte | string](b []byte, s T, class *[256]uint8) (out []byte, replaced int) {
	from := 0
	for i := 0; i < len(s); {
		if class[s[i]] == plain {
			i++
			continue
		}
		size, with := 1, replacement
		switch class[s[i]] {
		case entity:
			with = entities[s[i]]
		case wide:
			if size = legal(s[i:]); size > 0 {
				i += size
				continue
			}
			size = -size
			replaced++
		default:
			replaced++
		}
		b = append(b, s[from:i]...)
		b = append(b, with...)
		i += size
		from = i
	}
	return append(b, s[from:]...), replaced
}

// legal is the size of the character that s begins with, negative when XML
// cannot carry it.
func legal[T []byte | string](s T) int {
	head := string(s[:min(len(s), utf8.UTFMax)])
	r, n := utf8.DecodeRuneInString(head)
	if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
		return -n
	}
	return n
}

// appendElement appends one element on a line of its own.
func appendElement(b []byte, indent, name, text string) []byte {
	b = append(b, indent...)
	b = append(append(append(b, '<'), name...), '>')
	b, _ = appendText(b, text)
	b = append(append(append(b, "</"...), name...), '>')
	return append(b, '\n')
}
