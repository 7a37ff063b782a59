package evtx

import (
	"hash/crc32"
	"unicode/utf16"
)

// A small writer of .evtx files: what the tests read is made by it, template
// definitions and names standing where they are used first, as Windows has them.

// tag is an element.
type tag struct {
	name     string
	attrs    []attr
	content  []any // tag, string, sub, charRef, entity, cdata, pi, use
	empty    bool
	depends  bool
	dependOn int
}

type attr struct {
	name  string
	value []any
}

// sub is a substitution by the value of an id.
type sub struct {
	id       int
	kind     valueKind
	optional bool
}

type (
	charRef uint16
	entity  string
	cdata   string
	pi      struct{ target, data string }
	// raw is BinXml as it is.
	raw []byte
	// use is an instance of a template; templates are told apart by their pointer.
	use struct {
		template *tag
		values   []val
	}
	// val is a value; data is bytes, or BinXml (a tag or use) that needs the chunk.
	val struct {
		kind valueKind
		data any
	}
)

// chunkWriter writes one chunk.
type chunkWriter struct {
	buf       []byte
	names     map[string]int
	templates map[*tag]int
	first     uint64
	last      uint64
	lastAt    int
	depends   bool
}

func newChunk() *chunkWriter {
	return &chunkWriter{buf: make([]byte, chunkHeaderSize), names: map[string]int{}, templates: map[*tag]int{}}
}

func (c *chunkWriter) byte(b ...byte)    { c.buf = append(c.buf, b...) }
func (c *chunkWriter) uint16(n int)      { c.buf = le.AppendUint16(c.buf, uint16(n)) }
func (c *chunkWriter) uint32(n int)      { c.buf = le.AppendUint32(c.buf, uint32(n)) }
func (c *chunkWriter) set32(at, n int)   { le.PutUint32(c.buf[at:], uint32(n)) }
func (c *chunkWriter) reserve() (at int) { at = len(c.buf); c.uint32(0); return at }

// record writes a record; false when the chunk has no room for it, and then
// nothing is written.
func (c *chunkWriter) record(number, written uint64, event any) bool {
	start := len(c.buf)
	names, templates := clone(c.names), clone(c.templates)
	c.byte(recordMagic...)
	size := c.reserve()
	c.buf = le.AppendUint64(c.buf, number)
	c.buf = le.AppendUint64(c.buf, written)
	c.byte(tokenFragment, 1, 1, 0)
	c.depends = true
	c.content(event)
	c.byte(tokenEOF)
	for (len(c.buf)-start+4)%8 != 0 {
		c.byte(0)
	}
	c.uint32(len(c.buf) - start + 4)
	c.set32(size, len(c.buf)-start)
	if len(c.buf) > chunkSize {
		c.buf, c.names, c.templates = c.buf[:start], names, templates
		return false
	}
	if c.first == 0 {
		c.first = number
	}
	c.last, c.lastAt = number, start
	return true
}

func clone[K comparable](m map[K]int) map[K]int {
	out := map[K]int{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// name refers to a name, and writes it when it is new.
func (c *chunkWriter) name(s string) {
	if at, ok := c.names[s]; ok {
		c.uint32(at)
		return
	}
	at := len(c.buf) + 4
	c.names[s] = at
	c.uint32(at)
	units := utf16.Encode([]rune(s))
	hash := uint32(0)
	for _, u := range units {
		hash = hash*65599 + uint32(u)
	}
	c.uint32(0)
	c.uint16(int(hash & 0xffff))
	c.uint16(len(units))
	c.byte(utf16Bytes(s)...)
	c.uint16(0)
}

func utf16Bytes(s string) (b []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		b = le.AppendUint16(b, u)
	}
	return b
}

func (c *chunkWriter) text(token byte, s string) {
	c.byte(token)
	if token&^tokenMore == tokenValue {
		c.byte(byte(stringValue))
	}
	b := utf16Bytes(s)
	c.uint16(len(b) / 2)
	c.byte(b...)
}

func (c *chunkWriter) content(x any) {
	switch x := x.(type) {
	case string:
		c.text(tokenValue, x)
	case cdata:
		c.text(tokenCData, string(x))
	case charRef:
		c.byte(tokenCharRef)
		c.uint16(int(x))
	case entity:
		c.byte(tokenEntityRef)
		c.name(string(x))
	case pi:
		c.byte(tokenPITarget)
		c.name(x.target)
		c.text(tokenPIData, x.data)
	case raw:
		c.byte(x...)
	case sub:
		token := byte(tokenSubstitution)
		if x.optional {
			token = tokenOptional
		}
		c.byte(token)
		c.uint16(x.id)
		c.byte(byte(x.kind))
	case tag:
		c.element(x)
	case use:
		c.use(x)
	}
}

func (c *chunkWriter) element(t tag) {
	token := byte(tokenOpenStart)
	if len(t.attrs) > 0 {
		token |= tokenMore
	}
	c.byte(token)
	if c.depends {
		if t.depends {
			c.uint16(t.dependOn)
		} else {
			c.uint16(noDependency)
		}
	}
	size := c.reserve()
	c.name(t.name)
	if len(t.attrs) > 0 {
		list := c.reserve()
		for i, a := range t.attrs {
			token := byte(tokenAttribute)
			if i+1 < len(t.attrs) {
				token |= tokenMore
			}
			c.byte(token)
			c.name(a.name)
			for _, v := range a.value {
				c.content(v)
			}
		}
		c.set32(list, len(c.buf)-list-4)
	}
	if t.empty {
		c.byte(tokenCloseEmpty)
	} else {
		c.byte(tokenCloseStart)
		for _, x := range t.content {
			c.content(x)
		}
		c.byte(tokenEnd)
	}
	c.set32(size, len(c.buf)-size-4)
}

func (c *chunkWriter) use(u use) {
	c.byte(tokenInstance, 1)
	at, known := c.templates[u.template]
	if !known {
		at = len(c.buf) + 8
		c.templates[u.template] = at
	}
	guid := crc32.ChecksumIEEE([]byte(u.template.name))
	c.uint32(int(guid))
	c.uint32(at)
	if !known {
		c.uint32(0)
		c.uint32(int(guid))
		c.byte(make([]byte, 12)...)
		size := c.reserve()
		c.byte(tokenFragment, 1, 1, 0)
		outer := c.depends
		c.depends = true
		c.element(*u.template)
		c.depends = outer
		c.byte(tokenEOF)
		c.set32(size, len(c.buf)-size-4)
	}
	c.uint32(len(u.values))
	heads := len(c.buf)
	for _, v := range u.values {
		c.uint16(0)
		c.byte(byte(v.kind), 0)
	}
	for i, v := range u.values {
		start := len(c.buf)
		switch data := v.data.(type) {
		case nil:
		case []byte:
			c.byte(data...)
		default:
			outer := c.depends
			c.depends = false
			c.content(data)
			c.depends = outer
		}
		le.PutUint16(c.buf[heads+4*i:], uint16(len(c.buf)-start))
	}
}

// bytes gives the chunk with its checksums.
func (c *chunkWriter) bytes() []byte {
	b := make([]byte, chunkSize)
	copy(b, c.buf)
	copy(b, chunkMagic)
	for i, n := range []uint64{c.first, c.last, c.first, c.last} {
		le.PutUint64(b[8+8*i:], n)
	}
	le.PutUint32(b[40:], 128)
	le.PutUint32(b[44:], uint32(c.lastAt))
	le.PutUint32(b[48:], uint32(len(c.buf)))
	le.PutUint32(b[52:], crc32.ChecksumIEEE(b[chunkHeaderSize:len(c.buf)]))
	sealChunk(b)
	return b
}

// sealChunk sets the checksum of a chunk's header.
func sealChunk(b []byte) {
	le.PutUint32(b[124:], crc32.Update(crc32.ChecksumIEEE(b[:120]), crc32.IEEETable, b[128:512]))
}

// log is a whole file of chunks.
func log(chunks ...[]byte) []byte {
	head := make([]byte, fileBlockSize)
	copy(head, magic)
	next := uint64(1)
	if n := len(chunks); n > 0 {
		le.PutUint64(head[16:], uint64(n-1))
		next = le.Uint64(chunks[n-1][16:]) + 1
	}
	le.PutUint64(head[24:], next)
	le.PutUint32(head[32:], fileHeaderSize)
	le.PutUint16(head[36:], 1)
	le.PutUint16(head[38:], 3)
	le.PutUint16(head[40:], fileBlockSize)
	le.PutUint16(head[42:], uint16(len(chunks)))
	sealFile(head)
	for _, c := range chunks {
		head = append(head, c...)
	}
	return head
}

// sealFile sets the checksum of a file's header.
func sealFile(b []byte) { le.PutUint32(b[124:], crc32.ChecksumIEEE(b[:120])) }

// event is what a log of one's own needs of an event.
type testEvent struct {
	number, written uint64
	event           any
}

// logOf writes events into as many chunks as they need.
func logOf(events ...testEvent) []byte {
	c := newChunk()
	var chunks [][]byte
	for _, e := range events {
		if !c.record(e.number, e.written, e.event) {
			chunks = append(chunks, c.bytes())
			c = newChunk()
			if !c.record(e.number, e.written, e.event) {
				panic("the event does not fit a chunk")
			}
		}
	}
	return log(append(chunks, c.bytes())...)
}
