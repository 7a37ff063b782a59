package eval

import (
	"encoding/binary"
	"strings"
	"unsafe"
)

// foldSize is the length up to which a text is folded without an allocation.
const foldSize = 512

// foldBuffer is where a short text is folded.
type foldBuffer [foldSize]byte

// fold is s in lower case, as strings.ToLower has it; for a short ASCII text the
// result lies in buf.
func fold(buf *foldBuffer, s string) string {
	if len(s) > foldSize || !foldASCII(buf[:len(s)], s) {
		return strings.ToLower(s)
	}
	return unsafe.String(&buf[0], len(s))
}

// foldASCII writes s in lower case to dst, which has its length, and tells
// whether s was all ASCII; eight bytes at a time.
func foldASCII(dst []byte, s string) bool {
	src := unsafe.Slice(unsafe.StringData(s), len(s))
	for len(src) >= 8 {
		w := binary.LittleEndian.Uint64(src)
		if w&highBits != 0 {
			return false
		}
		binary.LittleEndian.PutUint64(dst, lower8(w))
		src, dst = src[8:], dst[8:]
	}
	for i, b := range src {
		if b >= 0x80 {
			return false
		}
		dst[i] = lowerByte(b)
	}
	return true
}

const (
	ones     = 0x0101010101010101
	highBits = 0x80 * ones
)

// lower8 turns A-Z into a-z in eight bytes that are all below 0x80.
func lower8(w uint64) uint64 {
	fromA, pastZ := w+(0x80-'A')*ones, w+(0x7f-'Z')*ones
	return w | (fromA^pastZ)&highBits>>2
}

func lowerByte(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + ('a' - 'A')
	}
	return b
}

// isASCII tells whether every byte of s is below 0x80.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
