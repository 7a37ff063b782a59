package evtx

import (
	"errors"
	"fmt"
)

// instance parses a use of a template: where its definition stands, and values.
func (p *parser) instance() (node, error) {
	t, values, err := p.use(nil)
	if err != nil {
		return node{}, err
	}
	return node{kind: instanceNode, instance: &instance{t, values}}, nil
}

// definitionHead is next definition, GUID and size of a definition's BinXml.
const definitionHead = 4 + 16 + 4

// use parses an instance; its values are appended to into.
func (p *parser) use(into []value) (*template, []value, error) {
	if _, err := p.take(1 + 1 + 4); err != nil { // token, version, id
		return nil, nil, err
	}
	at, err := p.uint32()
	if err != nil {
		return nil, nil, err
	}
	if at == p.pos { // it is used first here, and defined on the spot
		head, err := p.take(definitionHead)
		if err == nil {
			_, err = p.take(int(le.Uint32(head[20:])))
		}
		if err != nil {
			return nil, nil, err
		}
	}
	t := p.templateAt(at, p.depth)
	if t.err != nil {
		return nil, nil, t.err
	}
	values, err := p.readValues(into)
	return t, values, err
}

// templateAt parses the definition at an offset of the chunk, once.
func (c *chunk) templateAt(at, depth int) *template {
	t, ok := c.templates[at]
	switch {
	case !ok:
		t = &template{busy: true}
		c.templates[at] = t
		t.nodes, t.err = c.define(at, depth)
		t.busy = false
		if errors.Is(t.err, errSteps) || errors.Is(t.err, errDepth) {
			delete(c.templates, at) // it may do for another record
		}
	case t.busy:
		return &template{err: errors.New("a template is used inside itself")}
	}
	return t
}

func (c *chunk) define(at, depth int) ([]node, error) {
	if depth >= maxDepth {
		return nil, errDepth
	}
	if at < chunkHeaderSize || at+definitionHead > len(c.data) {
		return nil, fmt.Errorf("no template stands at offset %#x of the chunk", at)
	}
	body := at + definitionHead
	size := int(le.Uint32(c.data[at+20:]))
	if size > len(c.data)-body {
		return nil, fmt.Errorf("the template at offset %#x of the chunk is cut off", at)
	}
	p := parser{chunk: c, pos: body, end: body + size, depends: true, depth: depth + 1}
	nodes, err := p.nodes()
	if err != nil && !errors.Is(err, errSteps) {
		err = fmt.Errorf("the template at offset %#x of the chunk: %w", at, err)
	}
	return nodes, err
}

// readValues parses the values of an instance: sizes and types, then the data.
func (p *parser) readValues(into []value) ([]value, error) {
	count, err := p.uint32()
	if err != nil {
		return nil, err
	}
	if count > (p.end-p.pos)/4 {
		return nil, errCut
	}
	heads, err := p.take(4 * count)
	if err != nil {
		return nil, err
	}
	for ; len(heads) > 0; heads = heads[4:] {
		at := p.pos
		data, err := p.take(int(le.Uint16(heads)))
		if err != nil {
			return nil, err
		}
		into = append(into, value{kind: valueKind(heads[2]), data: data, at: at})
	}
	return into, nil
}
