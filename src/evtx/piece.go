package evtx

import "fmt"

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
