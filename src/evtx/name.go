package evtx

import (
	"bytes"
	"fmt"
	"strconv"
)

// name parses an offset to a name; the name stands right behind it where it is
// used first.
func (p *parser) name() ([]byte, error) {
	at, err := p.uint32()
	if err != nil {
		return nil, err
	}
	n := p.nameAt(at)
	if n.err != nil {
		return nil, n.err
	}
	if at == p.pos {
		_, err = p.take(n.size)
	}
	return n.text, err
}

func (c *chunk) nameAt(at int) name {
	n, ok := c.names[at]
	if !ok {
		n = c.readName(at)
		c.names[at] = n
	}
	return n
}

func (c *chunk) readName(at int) name {
	const head = 8 // next name, hash, length
	if at < chunkHeaderSize || at+head > len(c.data) {
		return noName(at)
	}
	size := 2 * int(le.Uint16(c.data[at+6:]))
	if size == 0 || at+head+size+2 > len(c.data) {
		return noName(at)
	}
	text := appendUTF16(nil, c.data[at+head:at+head+size], false)
	if !isName(text) {
		return name{err: fmt.Errorf("%s is no name of XML", strconv.Quote(string(text[:min(len(text), 40)])))}
	}
	return name{text: text, size: head + size + 2}
}

func noName(at int) name {
	return name{err: fmt.Errorf("no name stands at offset %#x of the chunk", at)}
}

// isName keeps out what would break the XML.
func isName(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c == 0x7f {
			return false
		}
	}
	return len(b) > 0 && !bytes.ContainsAny(b, "<>&'\"/=?!;#\uFFFD") && b[0] != '-' && b[0] != '.' && (b[0] < '0' || b[0] > '9')
}
