package knowledge

import "bytes"

// The limits of KV_MODE auto, Splunk's defaults: how far into an event pairs are
// looked for, and how many are taken.
const (
	maxPairBytes = 10240
	maxPairs     = 100
)

// pairs finds key=value and key="a value" (KV_MODE auto). A key is made of
// letters, digits and underscores, everything else in it becomes an underscore;
// pairs are parted by blanks, commas, semicolons, bars, ampersands and question
// marks. The first value of a key counts.
func pairs(raw []byte, p *pass, escaped bool) {
	p.begin(false)
	raw = raw[:min(len(raw), maxPairBytes)]
	var name, value []byte
	found := 0
	for at := 0; found < maxPairs; {
		n := bytes.IndexByte(raw[at:], '=')
		if n < 0 {
			return
		}
		eq := at + n
		at = eq + 1
		key := keyBefore(raw[:eq])
		if len(key) == 0 || at < len(raw) && raw[at] == '=' {
			continue
		}
		from := at
		if at < len(raw) && raw[at] == '"' {
			value, at = quoted(raw, at, value[:0], escaped)
		} else {
			at += unquotedEnd(raw[at:])
			value = append(value[:0], raw[from:at]...)
		}
		if name = cleanKey(key, name[:0]); len(name) > 0 {
			found++
			if i := p.index(name); i >= 0 {
				p.put(i, value)
			}
		}
	}
}

// isPairEnd tells whether a byte parts pairs.
func isPairEnd(c byte) bool {
	switch c {
	case ' ', '\t', '\n', '\r', ',', ';', '|', '&', '?':
		return true
	}
	return false
}

// keyBefore is the key that ends where raw does. Blanks may stand between it and
// the equals sign only when the key is a word of its own, which is not looked
// into: Splunk takes none there either.
func keyBefore(raw []byte) []byte {
	e := len(raw)
	for e > 0 && !isPairEnd(raw[e-1]) && !bytes.ContainsRune([]byte(`"'(){}[]<>=`), rune(raw[e-1])) {
		e--
	}
	return raw[e:]
}

func unquotedEnd(raw []byte) int {
	for i, c := range raw {
		if isPairEnd(c) {
			return i
		}
	}
	return len(raw)
}

// quoted reads a quoted value that begins at raw[at] into value, and gives where
// to go on. With escaped, \" and \\ lose the backslash.
func quoted(raw []byte, at int, value []byte, escaped bool) ([]byte, int) {
	for at++; at < len(raw) && raw[at] != '"'; at++ {
		if escaped && raw[at] == '\\' && at+1 < len(raw) && (raw[at+1] == '"' || raw[at+1] == '\\') {
			at++
		}
		value = append(value, raw[at])
	}
	return value, min(at+1, len(raw))
}

// cleanKey makes a field name of a key (CLEAN_KEYS): what is no letter or digit
// becomes an underscore, and none of these, nor digits, stand first.
func cleanKey(key, into []byte) []byte {
	for _, c := range key {
		letter := c|0x20-'a' < 26
		if !letter && c-'0' >= 10 {
			c = '_'
		}
		if len(into) == 0 && !letter {
			continue
		}
		into = append(into, c)
	}
	return into
}
