package results

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/klauspost/compress/s2"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// The forms of a packed column.
const (
	packedCodes = iota
	packedTimes
	packedBytes
)

// errPacked: bytes are no packed rows.
var errPacked = errors.New("the rows are damaged")

// pack is rows as bytes: of each column the values that occur in it, each once. It is
// far smaller than the rows, which share dictionaries with others.
func pack(b *batch.Batch) []byte {
	out := binary.AppendUvarint(nil, uint64(b.Len))
	out = binary.AppendUvarint(out, uint64(len(b.Columns)))
	for i, c := range b.Columns {
		out = appendText(out, b.Names[i])
		out = packColumn(out, c)
	}
	return s2.Encode(nil, out)
}

func packColumn(out []byte, c *batch.Column) []byte {
	switch {
	case c.Times != nil:
		out = append(out, packedTimes)
		for _, t := range c.Times {
			out = binary.AppendVarint(out, int64(t))
		}
	case c.Bytes != nil:
		out = append(out, packedBytes)
		for _, v := range c.Bytes {
			if v == nil {
				out = binary.AppendUvarint(out, 0)
				continue
			}
			out = append(binary.AppendUvarint(out, uint64(len(v))+1), v...)
		}
	default:
		out = packCodes(append(out, packedCodes), c)
	}
	return out
}

// packCodes writes the values in the order in which they occur first, then the codes
// that this order gives them.
func packCodes(out []byte, c *batch.Column) []byte {
	known := map[batch.Code]uint64{0: 0}
	var used []batch.Code
	for _, code := range c.Codes {
		if _, ok := known[code]; !ok {
			used = append(used, code)
			known[code] = uint64(len(used))
		}
	}
	out = binary.AppendUvarint(out, uint64(len(used)))
	for _, code := range used {
		values := c.Dict.Values(code)
		out = binary.AppendUvarint(out, uint64(len(values)))
		for _, v := range values {
			out = appendText(out, v)
		}
	}
	for _, code := range c.Codes {
		out = binary.AppendUvarint(out, known[code])
	}
	return out
}

func appendText(out []byte, text string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(text))), text...)
}

// unpack is the inverse of pack.
func unpack(packed []byte) (*batch.Batch, error) {
	data, err := s2.Decode(nil, packed)
	if err != nil {
		return nil, errPacked
	}
	u := &unpacker{left: data}
	b := batch.New(u.count())
	for range u.count() {
		name := u.text()
		c := u.column(b.Len)
		if u.bad {
			return nil, errPacked
		}
		b.Set(name, c)
	}
	if u.bad {
		return nil, errPacked
	}
	return b, nil
}

// unpacker reads packed rows; bad tells that they are none, and then it reads zeros.
type unpacker struct {
	left []byte
	bad  bool
}

// count is a number that something follows for.
func (u *unpacker) count() int {
	n, size := binary.Uvarint(u.left)
	if size <= 0 || n > math.MaxInt32 {
		u.bad = true
		return 0
	}
	u.left = u.left[size:]
	return int(n)
}

func (u *unpacker) bytes(n int) []byte {
	if n > len(u.left) {
		u.bad = true
		return nil
	}
	out := u.left[:n:n]
	u.left = u.left[n:]
	return out
}

func (u *unpacker) text() string { return string(u.bytes(u.count())) }

func (u *unpacker) column(rows int) *batch.Column {
	kind := u.bytes(1)
	if u.bad || rows > len(u.left) {
		u.bad = true
		return batch.Nulls(0)
	}
	switch kind[0] {
	case packedTimes:
		return &batch.Column{Times: u.times(rows)}
	case packedBytes:
		return &batch.Column{Bytes: u.values(rows)}
	}
	return u.codes(rows)
}

func (u *unpacker) times(rows int) []event.Time {
	out := make([]event.Time, rows)
	for i := range out {
		t, size := binary.Varint(u.left)
		if size <= 0 {
			u.bad = true
			return out
		}
		out[i], u.left = event.Time(t), u.left[size:]
	}
	return out
}

func (u *unpacker) values(rows int) [][]byte {
	out := make([][]byte, rows)
	for i := range out {
		if n := u.count(); n > 0 {
			out[i] = u.bytes(n - 1)
		}
	}
	return out
}

func (u *unpacker) codes(rows int) *batch.Column {
	c := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, rows)}
	n := u.count()
	if n > len(u.left) {
		u.bad = true
		return c
	}
	known := make([]batch.Code, 1, n+1)
	for range n {
		values := make([]string, 0, 1)
		for k := u.count(); k > 0 && !u.bad; k-- {
			values = append(values, u.text())
		}
		known = append(known, c.Dict.AddValues(values))
	}
	for i := range c.Codes {
		code := u.count()
		if code >= len(known) {
			u.bad = true
			return c
		}
		c.Codes[i] = known[code]
	}
	return c
}
