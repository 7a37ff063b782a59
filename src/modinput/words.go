package modinput

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// An event's text is nearly all of what is written, and one byte in ten of a
// Windows event has to be escaped. It is copied and searched eight bytes at a
// time.

// ones repeats a byte in a word.
const ones = 0x0101010101010101

// written is an entity as it lies in a word, and its length: 0 where there is
// none.
type written struct {
	word   uint64
	length int
}

var entityWords = func() (t [256]written) {
	for c, name := range entities {
		if inElement[c] == entity {
			var word [8]byte
			t[c].length = copy(word[:], name)
			t[c].word = binary.LittleEndian.Uint64(word[:])
		}
	}
	return t
}()

// appendData is appendText for long texts.
func appendData(b, s []byte) (out []byte, replaced int) {
	for len(s) >= 8 {
		var taken int
		b, taken = appendWords(b, s)
		s = s[taken:]
		n := odd(s)
		var bad int
		b, bad = escape(b, s[:n], inElement)
		replaced += bad
		s = s[n:]
	}
	b, bad := escape(b, s, inElement)
	return b, replaced + bad
}

// odd is how many bytes s begins with that are neither plain nor have an entity;
// a character of several bytes is whole among them.
func odd(s []byte) int {
	for i, c := range s {
		if entityWords[c].length > 0 || c >= ' ' && c < 0x80 {
			return i
		}
	}
	return len(s)
}

// appendWords appends as much of s as is plain or has an entity, but for what is
// left when less than a word is, and says how much that was.
func appendWords(b, s []byte) (out []byte, taken int) {
	const most = 8 + 8 // what one step writes: a word, an entity
	i, j := 0, len(b)
	for room := b[:cap(b)]; i+8 <= len(s); {
		if j+most > len(room) {
			room = slices.Grow(room[:j], len(s)-i+(len(s)-i)/4+most)
			room = room[:cap(room)]
			b = room
		}
		word := binary.LittleEndian.Uint64(s[i:])
		binary.LittleEndian.PutUint64(room[j:], word)
		found := special(word)
		if found == 0 {
			i, j = i+8, j+8
			continue
		}
		n := bits.TrailingZeros64(found) / 8
		i, j = i+n, j+n
		e := &entityWords[s[i]]
		if e.length == 0 {
			break
		}
		binary.LittleEndian.PutUint64(room[j:], e.word)
		i, j = i+1, j+e.length
	}
	return b[:j], i
}

// special marks the bytes of a word that may not be plain by their highest bit:
// control characters, &, < and >, and all that is not ASCII. Only the first mark,
// the lowest, counts: above it there may be false ones.
func special(word uint64) uint64 {
	control := word - ' '*ones
	amp := word ^ '&'*ones
	angle := (word | 2*ones) ^ '>'*ones // '<' and '>' differ in that bit alone
	return (control&^word | (amp-ones)&^amp | (angle-ones)&^angle | word) & (0x80 * ones)
}
