package ingest

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// unquote reads a text that is JSON strings of XML as what the strings hold.
func (s *stream) unquote() {
	head, _ := s.Peek(sniffSize)
	rest, quoted := bytes.CutPrefix(bytes.TrimLeft(head, blanks), []byte(`"`))
	if !quoted {
		return
	}
	for {
		cut := bytes.TrimLeft(rest, blanks)
		for _, blank := range []string{`\n`, `\r`, `\t`} {
			cut = bytes.TrimPrefix(cut, []byte(blank))
		}
		if len(cut) == len(rest) {
			break
		}
		rest = cut
	}
	for _, start := range []string{"<Event", "<?xml", `\u003cEvent`, `\u003CEvent`, `\u003c?xml`, `\u003C?xml`} {
		if bytes.HasPrefix(rest, []byte(start)) {
			s.through(&unquoter{src: s.Reader})
			return
		}
	}
}

// unquoter reads JSON strings, one behind the other, as their contents, each on
// lines of its own. What stands outside of strings, and an escape that is none,
// stays as it is.
type unquoter struct {
	src    io.ByteScanner
	inside bool
	out    []byte
	buf    []byte // out's memory
	err    error
}

func (u *unquoter) Read(p []byte) (int, error) {
	if len(u.out) == 0 {
		u.out = u.buf[:0]
		for len(u.out) < 4<<10 && u.err == nil {
			u.step()
		}
		u.buf = u.out
	}
	if len(u.out) == 0 {
		return 0, u.err
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// step takes one character or escape.
func (u *unquoter) step() {
	c, ok := u.next()
	switch {
	case !ok:
	case c == '"':
		if u.inside {
			u.out = append(u.out, '\n')
		}
		u.inside = !u.inside
	case c == '\\' && u.inside:
		u.escape()
	default:
		u.out = append(u.out, c)
	}
}

func (u *unquoter) next() (byte, bool) {
	c, err := u.src.ReadByte()
	if err != nil {
		u.err = err
	}
	return c, err == nil
}

// escapes are what may stand behind a backslash, but for u.
var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape takes what stands behind a backslash.
func (u *unquoter) escape() {
	c, ok := u.next()
	switch plain, known := escapes[c]; {
	case !ok:
		u.out = append(u.out, '\\')
	case known:
		u.out = append(u.out, plain)
	case c == 'u':
		u.unicode()
	default:
		u.out = append(u.out, '\\', c)
	}
}

// unicode takes the digits of a \u escape, and of the next one when the two are
// halves of one character. A half alone becomes U+FFFD.
func (u *unquoter) unicode() {
	r, ok := u.digits()
	if !ok {
		return
	}
	for utf16.IsSurrogate(r) {
		if c, ok := u.next(); !ok || c != '\\' {
			u.unread(ok)
			break
		}
		if c, ok := u.next(); !ok || c != 'u' {
			u.unread(ok)
			u.out = utf8.AppendRune(u.out, utf8.RuneError)
			u.escape()
			return
		}
		low, ok := u.digits()
		if !ok {
			return
		}
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			r = pair
			break
		}
		u.out = utf8.AppendRune(u.out, utf8.RuneError)
		r = low
	}
	u.out = utf8.AppendRune(u.out, r)
}

func (u *unquoter) unread(read bool) {
	if read {
		_ = u.src.UnreadByte() // the byte before was just read
	}
}

// digits takes the four digits of a \u escape; what is none stays as it is.
func (u *unquoter) digits() (rune, bool) {
	var digits []byte
	for len(digits) < 4 {
		c, ok := u.next()
		if !ok {
			break
		}
		if !isHex(c) {
			u.unread(true)
			break
		}
		digits = append(digits, c)
	}
	n, err := strconv.ParseUint(string(digits), 16, 16)
	if err != nil || len(digits) < 4 {
		u.out = append(append(u.out, `\u`...), digits...)
		return 0, false
	}
	return rune(n), true
}

func isHex(c byte) bool { return c-'0' < 10 || c|0x20-'a' < 6 }
