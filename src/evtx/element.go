package evtx

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
