package evtx

import (
	"errors"
	"fmt"
)

// render writes a record as XML.
func (c *chunk) render(out []byte, r record) ([]byte, error) {
	granted := max(min(recordSteps, c.budget), leastSteps)
	c.steps, c.values = granted, c.values[:0]
	w := writer{chunk: c, out: out}
	err := w.fragmentAt(r.body, r.end, true, 0)
	if err == nil && (len(w.out) == 0 || w.out[0] != '<') {
		err = errors.New("it holds no element")
	}
	c.budget -= granted - max(c.steps, 0)
	return w.out, err
}

// writer writes nodes with values.
type writer struct {
	*chunk
	out []byte
}

// fragmentAt writes the BinXml of data[pos:end]: nearly always a header and one
// instance, whose values need not be kept.
func (w *writer) fragmentAt(pos, end int, depends bool, depth int) error {
	p := parser{chunk: w.chunk, pos: pos, end: end, depth: depth}
	if p.peek() == tokenFragment {
		p.pos = min(p.pos+4, p.end)
	}
	if p.peek() == tokenInstance {
		base := len(w.values)
		t, values, err := p.use(w.values[base:])
		if err != nil {
			return err
		}
		if p.peek() == tokenEOF {
			w.values = w.values[:min(base+len(values), cap(w.values))]
			err = w.nodes(t.nodes, values, depth+1)
			w.values = w.values[:base]
			return err
		}
	}
	nodes, err := w.fragment(pos, end, depends, depth)
	if err != nil {
		return err
	}
	return w.nodes(nodes, nil, depth+1)
}

// spend takes steps for bytes that were written.
func (w *writer) spend(from int) error {
	n := len(w.out) - from
	if w.steps -= 1 + n>>4; w.steps < 0 {
		return errSteps
	}
	if len(w.out) > w.maxXML {
		return fmt.Errorf("its XML has more than %d bytes", w.maxXML)
	}
	return nil
}

func (w *writer) nodes(nodes []node, values []value, depth int) error {
	if depth > maxDepth+1 { // the content of the last element
		return errDepth
	}
	for i := range nodes {
		if err := w.node(&nodes[i], values, depth); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) node(n *node, values []value, depth int) error {
	from := len(w.out)
	switch n.kind {
	case literal:
		w.out = append(w.out, n.text...)
	case substitution:
		if err := w.substitute(valueOf(values, n.id), false, depth); err != nil {
			return err
		}
	case elementNode:
		return w.element(n.element, values, depth)
	case instanceNode:
		if err := w.spend(from); err != nil {
			return err
		}
		return w.nodes(n.instance.template.nodes, n.instance.values, depth+1)
	}
	return w.spend(from)
}

// valueOf is the value of an id; null when there is none.
func valueOf(values []value, id int) value {
	if id < len(values) {
		return values[id]
	}
	return value{}
}

// element writes an element, once for each item of an array in it, or not at all.
func (w *writer) element(e *element, values []value, depth int) error {
	if e.dependency != noDependency && valueOf(values, e.dependency).isNull() {
		return w.spend(len(w.out))
	}
	array := -1
	for i := range e.direct {
		v := valueOf(values, e.direct[i].id)
		if v.isNull() && e.direct[i].optional {
			return w.spend(len(w.out))
		}
		if array < 0 && v.kind&arrayFlag != 0 {
			array = e.direct[i].id
		}
	}
	if array < 0 {
		return w.once(e, values, depth)
	}
	all := values[array]
	defer func() { values[array] = all }()
	rest := all.data
	for {
		values[array].kind = all.kind &^ arrayFlag
		values[array].data, rest = nextItem(values[array].kind, rest)
		if err := w.once(e, values, depth); err != nil || len(rest) == 0 {
			return err
		}
	}
}

// once writes an element.
func (w *writer) once(e *element, values []value, depth int) error {
	from := len(w.out)
	w.out = append(append(w.out, '<'), e.name...)
	for i := range e.attributes {
		if err := w.attribute(&e.attributes[i], values, depth); err != nil {
			return err
		}
	}
	if e.empty {
		w.out = append(w.out, "/>"...)
		return w.spend(from)
	}
	w.out = append(w.out, '>')
	if err := w.nodes(e.content, values, depth+1); err != nil {
		return err
	}
	w.out = append(append(append(w.out, "</"...), e.name...), '>')
	return w.spend(max(from, len(w.out)-2*len(e.name)))
}

// attribute writes an attribute, unless all it holds is optional and null.
func (w *writer) attribute(a *attribute, values []value, depth int) error {
	from := len(w.out)
	w.out = append(append(append(w.out, ' '), a.name...), "='"...)
	null := len(a.value) > 0
	for i := range a.value {
		n := &a.value[i]
		if n.kind == literal {
			w.out = append(w.out, n.text...)
			null = false
			continue
		}
		v := valueOf(values, n.id)
		null = null && n.optional && v.isNull()
		if err := w.substitute(v, true, depth); err != nil {
			return err
		}
	}
	if null {
		w.out = w.out[:from]
		return nil
	}
	w.out = append(w.out, '\'')
	return w.spend(from)
}

// substitute writes a value. Arrays that cannot repeat an element are parted by
// commas.
func (w *writer) substitute(v value, quoted bool, depth int) error {
	if v.kind == binXMLValue {
		return w.nested(v, quoted, depth)
	}
	if v.kind&arrayFlag == 0 {
		w.out = appendValue(w.out, v.kind, v.data, quoted)
		return nil
	}
	for rest := v.data; len(rest) > 0; {
		var item []byte
		from := len(w.out)
		item, rest = nextItem(v.kind&^arrayFlag, rest)
		w.out = appendValue(w.out, v.kind&^arrayFlag, item, quoted)
		if len(rest) > 0 {
			w.out = append(w.out, ',')
		}
		if err := w.spend(from); err != nil {
			return err
		}
	}
	return nil
}

// nested writes BinXml that stands where a value does.
func (w *writer) nested(v value, quoted bool, depth int) error {
	if len(v.data) == 0 || quoted { // an attribute cannot hold elements
		return nil
	}
	if depth >= maxDepth {
		return errDepth
	}
	return w.fragmentAt(v.at, v.at+len(v.data), false, depth)
}
