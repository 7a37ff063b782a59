package hec

import (
	"bytes"
	"sync"

	"github.com/klauspost/compress/gzip"

	"riskreplay/src/event"
)

// packer makes bodies.
type packer struct {
	plain  []byte
	zipped bytes.Buffer
	zip    *gzip.Writer
}

var packers = sync.Pool{New: func() any {
	zip, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is one
	return &packer{zip: zip}
}}

// fill writes envelopes of the first events of todo, as many as maxBytes takes
// and at most maxEvents, but always one. It gives how many.
func (p *packer) fill(events []event.Event, todo []int, maxBytes, maxEvents int) int {
	p.plain = p.plain[:0]
	for n, i := range todo {
		before := len(p.plain)
		if n == maxEvents {
			return n
		}
		p.plain = AppendEnvelope(p.plain, events[i])
		if len(p.plain) > maxBytes && n > 0 {
			p.plain = p.plain[:before]
			return n
		}
	}
	return len(todo)
}

// minZip is how large a body must be to be packed.
const minZip = 1 << 10

// body is what goes over the wire.
func (p *packer) body(plain bool) (body []byte, zipped bool) {
	if plain || len(p.plain) < minZip {
		return p.plain, false
	}
	p.zipped.Reset()
	p.zip.Reset(&p.zipped)
	_, _ = p.zip.Write(p.plain) // into memory
	_ = p.zip.Close()
	return p.zipped.Bytes(), true
}
