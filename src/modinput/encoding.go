package modinput

import (
	"bufio"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// newDecoder decodes XML in UTF-8, with or without a byte order mark, and in
// UTF-16 and ISO-8859-1, which some hosts send.
func newDecoder(r io.Reader) *xml.Decoder {
	br := bufio.NewReader(r)
	d := xml.NewDecoder(asUTF8(br))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(charset) {
		case "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be":
			return in, nil // UTF-16 was decoded before the declaration could be read
		case "iso-8859-1", "latin1":
			return &latin1{in: bufio.NewReader(in)}, nil
		}
		return nil, fmt.Errorf("the encoding %q is not known: expected utf-8", charset)
	}
	return d
}

// asUTF8 goes by the first bytes: a byte order mark, or a "<" of two bytes.
func asUTF8(r *bufio.Reader) io.Reader {
	head, _ := r.Peek(3)
	starts := func(with string) bool { return strings.HasPrefix(string(head), with) }
	switch {
	case starts("\xEF\xBB\xBF"):
		_, _ = r.Discard(3)
	case starts("\xFF\xFE"):
		_, _ = r.Discard(2)
		return &utf16Reader{in: r, order: binary.LittleEndian}
	case starts("\xFE\xFF"):
		_, _ = r.Discard(2)
		return &utf16Reader{in: r, order: binary.BigEndian}
	case starts("<\x00"):
		return &utf16Reader{in: r, order: binary.LittleEndian}
	case starts("\x00<"):
		return &utf16Reader{in: r, order: binary.BigEndian}
	}
	return r
}

// utf16Reader turns UTF-16 into UTF-8. It reads no more than it was asked for,
// so that an input need not be closed to be read.
type utf16Reader struct {
	in      *bufio.Reader
	order   binary.ByteOrder
	pending []byte
	unit    uint16 // one that was read too far
	again   bool
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.pending) == 0 {
		r, err := u.rune()
		if err != nil {
			return 0, err
		}
		u.pending = utf8.AppendRune(u.pending, r)
	}
	n := copy(p, u.pending)
	u.pending = u.pending[:copy(u.pending, u.pending[n:])]
	return n, nil
}

func (u *utf16Reader) rune() (rune, error) {
	first, err := u.next()
	if err != nil || !utf16.IsSurrogate(rune(first)) {
		return rune(first), err
	}
	second, err := u.next()
	if err != nil {
		return utf8.RuneError, nil // half a pair at the end; the next call says how it ended
	}
	r := utf16.DecodeRune(rune(first), rune(second))
	if r == utf8.RuneError {
		u.unit, u.again = second, true
	}
	return r, nil
}

func (u *utf16Reader) next() (uint16, error) {
	if u.again {
		u.again = false
		return u.unit, nil
	}
	var b [2]byte
	if _, err := io.ReadFull(u.in, b[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("UTF-16 of an odd number of bytes")
		}
		return 0, err
	}
	return u.order.Uint16(b[:]), nil
}

// latin1 turns ISO-8859-1 into UTF-8.
type latin1 struct {
	in   *bufio.Reader
	half byte // the second byte of a character whose first is read
}

func (l *latin1) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if l.half != 0 {
		p[0], l.half = l.half, 0
		return 1, nil
	}
	c, err := l.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if c < utf8.RuneSelf {
		p[0] = c
		return 1, nil
	}
	p[0], l.half = 0xC0|c>>6, 0x80|c&0x3F
	return 1, nil
}
