package evtx

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// The tokens of BinXml. Some have the flag "more" set, which tells nothing new.
const (
	tokenEOF = iota
	tokenOpenStart
	tokenCloseStart
	tokenCloseEmpty
	tokenEnd
	tokenValue
	tokenAttribute
	tokenCData
	tokenCharRef
	tokenEntityRef
	tokenPITarget
	tokenPIData
	tokenInstance
	tokenSubstitution
	tokenOptional
	tokenFragment
	tokenMore = 0x40
)

// Limits of one chunk. A step is a token parsed, a node rendered or 16 bytes
// written; a chunk of a real log takes some ten thousand.
const (
	chunkSteps  = 4 << 20
	recordSteps = 512 << 10
	leastSteps  = 4 << 10 // a record has these though others have used up the chunk's
	maxDepth    = 100     // of elements and templates
)

var (
	errCut   = errors.New("its BinXml is cut off")
	errDepth = fmt.Errorf("elements or templates lie more than %d deep", maxDepth)
	errSteps = errors.New("its templates expand to more than the limit allows")
)

// parser reads the BinXml of data[pos:end].
type parser struct {
	*chunk
	pos, end int
	// depends tells that elements have the id of a value they depend on; they
	// have none outside of templates.
	depends bool
	depth   int
}

func (p *parser) step() error {
	if p.steps--; p.steps < 0 {
		return errSteps
	}
	return nil
}

// take gives the next n bytes.
func (p *parser) take(n int) ([]byte, error) {
	if n < 0 || n > p.end-p.pos {
		return nil, errCut
	}
	p.pos += n
	return p.data[p.pos-n : p.pos], nil
}

func (p *parser) uint16() (int, error) {
	b, err := p.take(2)
	if err != nil {
		return 0, err
	}
	return int(le.Uint16(b)), nil
}

func (p *parser) uint32() (int, error) {
	b, err := p.take(4)
	if err != nil {
		return 0, err
	}
	return int(le.Uint32(b)), nil
}

// peek is the next token without its flag; tokenEOF at the end.
func (p *parser) peek() int {
	if p.pos >= p.end {
		return tokenEOF
	}
	return int(p.data[p.pos]) &^ tokenMore
}

// fragment parses what stands in data[pos:end]: header, then elements and
// instances.
func (c *chunk) fragment(pos, end int, depends bool, depth int) ([]node, error) {
	nodes, err := (&parser{chunk: c, pos: pos, end: end, depends: depends, depth: depth}).nodes()
	if err != nil && !errors.Is(err, errSteps) && c.data[pos]&^tokenMore != tokenInstance {
		// Whether ids stand before elements is not told by the data: real logs
		// have both.
		other, otherErr := (&parser{chunk: c, pos: pos, end: end, depends: !depends, depth: depth}).nodes()
		if otherErr == nil {
			return other, nil
		}
	}
	return nodes, err
}

// nodes parses up to the end, or the token for it.
func (p *parser) nodes() (nodes []node, err error) {
	for {
		if err := p.step(); err != nil {
			return nil, err
		}
		var n node
		switch token := p.peek(); token {
		case tokenEOF:
			return nodes, nil
		case tokenFragment:
			if _, err := p.take(4); err != nil {
				return nil, err
			}
			continue
		case tokenOpenStart:
			n, err = p.element()
		case tokenInstance:
			n, err = p.instance()
		case tokenPITarget:
			n, err = p.instruction()
		default:
			return nil, p.unexpected("where an element begins")
		}
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
}

func (p *parser) unexpected(where string) error {
	if p.pos >= p.end {
		return errCut
	}
	return fmt.Errorf("token %#02x at offset %#x of the chunk stands %s", p.data[p.pos], p.pos, where)
}

// element parses an element from its start tag to its end tag.
func (p *parser) element() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return node{}, errDepth
	}
	defer func() { p.depth-- }()
	e := &element{dependency: noDependency}
	token, err := p.take(1)
	if err != nil {
		return node{}, err
	}
	if p.depends {
		if e.dependency, err = p.uint16(); err != nil {
			return node{}, err
		}
	}
	if _, err = p.uint32(); err != nil { // the size: tokens tell the end as well
		return node{}, err
	}
	if e.name, err = p.name(); err != nil {
		return node{}, err
	}
	if token[0]&tokenMore != 0 {
		if err = p.attributes(e); err != nil {
			return node{}, err
		}
	}
	switch p.peek() {
	case tokenCloseEmpty:
		p.pos++
		e.empty = true
	case tokenCloseStart:
		p.pos++
		err = p.content(e)
	default:
		err = p.unexpected("in a start tag")
	}
	return node{kind: elementNode, element: e}, err
}

func (p *parser) attributes(e *element) error {
	if _, err := p.uint32(); err != nil { // the size
		return err
	}
	for p.peek() == tokenAttribute {
		if err := p.step(); err != nil {
			return err
		}
		p.pos++
		var a attribute
		var err error
		if a.name, err = p.name(); err != nil {
			return err
		}
		for {
			n, ok, err := p.piece(true)
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			a.value = append(a.value, n)
		}
		e.attributes = append(e.attributes, a)
	}
	return nil
}

// content parses up to the end tag.
func (p *parser) content(e *element) error {
	for {
		n, ok, err := p.piece(false)
		switch {
		case err != nil:
			return err
		case ok:
			if n.kind == substitution {
				e.direct = append(e.direct, n)
			}
			e.content = append(e.content, n)
			continue
		}
		switch p.peek() {
		case tokenEnd:
			if p.pos >= p.end {
				return errCut
			}
			p.pos++
			return nil
		case tokenOpenStart:
			n, err = p.element()
		case tokenInstance:
			n, err = p.instance()
		case tokenPITarget:
			n, err = p.instruction()
		default:
			return p.unexpected("in an element")
		}
		if err != nil {
			return err
		}
		e.content = append(e.content, n)
	}
}

// piece parses what may stand in an attribute's value, and in content too; ok is
// false before anything else.
func (p *parser) piece(quoted bool) (n node, ok bool, err error) {
	if err := p.step(); err != nil {
		return node{}, false, err
	}
	switch token := p.peek(); token {
	case tokenValue, tokenCData:
		n.text, err = p.text(token, quoted)
	case tokenCharRef:
		p.pos++
		var code int
		code, err = p.uint16()
		n.text = appendCharRef(nil, code)
	case tokenEntityRef:
		p.pos++
		var entity []byte
		entity, err = p.name()
		n.text = appendEntity(nil, string(entity), quoted)
	case tokenSubstitution, tokenOptional:
		p.pos++
		n.kind, n.optional = substitution, token == tokenOptional
		if n.id, err = p.uint16(); err == nil {
			_, err = p.take(1) // the type: each value has its own
		}
	default:
		return node{}, false, nil
	}
	return n, true, err
}

// text parses a text that stands in the BinXml itself.
func (p *parser) text(token int, quoted bool) ([]byte, error) {
	p.pos++
	if token == tokenValue {
		kind, err := p.take(1)
		if err != nil {
			return nil, err
		}
		if valueKind(kind[0]) != stringValue {
			return nil, fmt.Errorf("a text has the type %#02x", kind[0])
		}
	}
	chars, err := p.uint16()
	if err != nil {
		return nil, err
	}
	b, err := p.take(2 * chars)
	return appendUTF16(nil, b, quoted), err
}

// instruction parses <?target data?>.
func (p *parser) instruction() (node, error) {
	p.pos++
	target, err := p.name()
	if err != nil {
		return node{}, err
	}
	text := append([]byte("<?"), target...)
	if p.peek() == tokenPIData {
		data, err := p.text(tokenPIData, false)
		if err != nil {
			return node{}, err
		}
		if len(data) > 0 {
			text = append(append(text, ' '), data...)
		}
	}
	return node{text: append(text, "?>"...)}, nil
}

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
