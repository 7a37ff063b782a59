package ingest

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

var utf8Mark = []byte("\xef\xbb\xbf")

// decode turns UTF-16 into UTF-8 and cuts a byte order mark off. Text in any
// other encoding stays as it is.
func (s *stream) decode() {
	head, _ := s.Peek(4)
	switch {
	case bytes.HasPrefix(head, utf8Mark):
		_, _ = s.Discard(len(utf8Mark))
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		_, _ = s.Discard(2)
		s.through(&utf16Reader{src: s.Reader, order: binary.LittleEndian})
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		_, _ = s.Discard(2)
		s.through(&utf16Reader{src: s.Reader, order: binary.BigEndian})
	case len(head) == 4 && isASCII(head[0]) && head[1] == 0 && isASCII(head[2]) && head[3] == 0:
		s.through(&utf16Reader{src: s.Reader, order: binary.LittleEndian})
	case len(head) == 4 && head[0] == 0 && isASCII(head[1]) && head[2] == 0 && isASCII(head[3]):
		s.through(&utf16Reader{src: s.Reader, order: binary.BigEndian})
	}
}

func isASCII(c byte) bool { return c > 0 && c < utf8.RuneSelf }

// utf16Reader reads UTF-16 as UTF-8. Half a surrogate pair, and half a code unit
// at the end, become U+FFFD.
type utf16Reader struct {
	src   io.Reader
	order binary.ByteOrder
	in    [8 << 10]byte
	have  int // bytes in in that are not converted
	out   []byte
	buf   []byte // out's memory
	err   error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		n, err := u.src.Read(u.in[u.have:])
		u.have += n
		u.err = err
		u.convert()
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// convert turns what is whole in in into out, and at the end of the text the rest.
func (u *utf16Reader) convert() {
	out, i := u.buf[:0], 0
	for ; i+1 < u.have; i += 2 {
		r := rune(u.order.Uint16(u.in[i:]))
		if utf16.IsSurrogate(r) {
			if i+3 >= u.have && u.err == nil {
				break // its other half is not here yet
			}
			low := rune(0)
			if i+3 < u.have {
				low = rune(u.order.Uint16(u.in[i+2:]))
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	if u.err != nil && i < u.have {
		out = utf8.AppendRune(out, utf8.RuneError)
		i = u.have
	}
	u.have = copy(u.in[:], u.in[i:u.have])
	u.out, u.buf = out, out
}
