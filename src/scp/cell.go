package scp

import (
	"bytes"
	"unsafe"
)

// bare are the bytes that splunkd leaves unquoted; a field with any other byte
// is quoted.
var bare = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return t
}()

// appendCell writes a value as splunkd does: quoted if and only if it holds a
// byte outside [A-Za-z0-9], quotes doubled. The empty text is "", null is
// nothing at all.
func appendCell(dst, value []byte) []byte {
	if len(value) == 0 {
		return append(dst, '"', '"')
	}
	for _, c := range value {
		if !bare[c] {
			return appendQuoted(dst, value)
		}
	}
	return append(dst, value...)
}

func appendQuoted(dst, value []byte) []byte {
	dst = append(dst, '"')
	for {
		i := bytes.IndexByte(value, '"')
		if i < 0 {
			break
		}
		dst = append(dst, value[:i+1]...)
		dst = append(dst, '"')
		value = value[i+1:]
	}
	dst = append(dst, value...)
	return append(dst, '"')
}

// unquote is the value of a cell as written. It is a view when nothing is
// doubled, else it is written to the scratch, which is given back longer. A
// cell with nothing in it gives nil, an empty text an empty slice.
func unquote(cell, scratch []byte) (value, longer []byte) {
	if len(cell) == 0 {
		return nil, scratch
	}
	if cell[0] != '"' {
		return cell, scratch
	}
	return undouble(cell[1:len(cell)-1], scratch)
}

// undouble makes one quote of two, in the scratch when there are any.
func undouble(inner, scratch []byte) (value, longer []byte) {
	i := bytes.IndexByte(inner, '"')
	if i < 0 {
		return inner, scratch
	}
	start := len(scratch)
	for i >= 0 {
		scratch = append(scratch, inner[:i+1]...)
		inner = inner[min(i+2, len(inner)):]
		i = bytes.IndexByte(inner, '"')
	}
	scratch = append(scratch, inner...)
	return scratch[start:], scratch
}

// raw is a text's bytes without a copy; nobody writes to them.
func raw(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
