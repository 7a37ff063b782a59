package evtx

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// escapes are the characters that cannot stand as they are in content (plain) or
// between single quotes (quoted).
var plain, quoted = escapeTable(false), escapeTable(true)

func escapeTable(quoted bool) (t [utf8.RuneSelf]string) {
	t['&'], t['<'], t['>'], t[0] = "&amp;", "&lt;", "&gt;", "\uFFFD"
	if quoted {
		t['\''] = "&apos;"
	}
	return t
}

func escapesOf(inQuotes bool) *[utf8.RuneSelf]string {
	if inQuotes {
		return &quoted
	}
	return &plain
}

// appendUTF16 writes little-endian UTF-16 as escaped text, without the zeros at
// its end; what is no character becomes U+FFFD.
func appendUTF16(out, b []byte, inQuotes bool) []byte {
	for len(b) >= 2 && b[len(b)-1] == 0 && b[len(b)-2] == 0 && len(b)%2 == 0 {
		b = b[:len(b)-2]
	}
	escapes := escapesOf(inQuotes)
	for ; len(b) >= 2; b = b[2:] {
		u := le.Uint16(b)
		if u < utf8.RuneSelf {
			if e := escapes[u]; e != "" {
				out = append(out, e...)
			} else {
				out = append(out, byte(u))
			}
			continue
		}
		r := rune(u)
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
			if len(b) >= 4 {
				if r = utf16.DecodeRune(rune(u), rune(le.Uint16(b[2:]))); r != utf8.RuneError {
					b = b[2:]
				}
			}
		}
		out = utf8.AppendRune(out, r)
	}
	if len(b) == 1 {
		out = utf8.AppendRune(out, utf8.RuneError)
	}
	return out
}

// appendANSI writes text in Windows' code page 1252, the one of Western Europe:
// a log does not tell which one its text is in.
func appendANSI(out, b []byte, inQuotes bool) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	escapes := escapesOf(inQuotes)
	for _, c := range b {
		switch {
		case c < utf8.RuneSelf && escapes[c] != "":
			out = append(out, escapes[c]...)
		case c >= 0x80 && c < 0xa0:
			out = utf8.AppendRune(out, windows1252[c-0x80])
		default:
			out = utf8.AppendRune(out, rune(c))
		}
	}
	return out
}

// windows1252 is where the code page differs from Latin-1.
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

// appendCharRef writes &#13;, or U+FFFD for what XML knows no character for.
func appendCharRef(out []byte, code int) []byte {
	if code == 0 || utf16.IsSurrogate(rune(code)) {
		return utf8.AppendRune(out, utf8.RuneError)
	}
	return append(strconv.AppendInt(append(out, "&#"...), int64(code), 10), ';')
}

// appendEntity writes &amp; &lt; &gt; as they are, and quotes the way texts have
// them.
func appendEntity(out []byte, name string, inQuotes bool) []byte {
	switch {
	case name == "quot":
		return append(out, '"')
	case name == "apos" && !inQuotes:
		return append(out, '\'')
	}
	return append(append(append(out, '&'), name...), ';')
}
