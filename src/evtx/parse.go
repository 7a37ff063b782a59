package evtx

import (
	"errors"
	"fmt"
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
