package eval

import "strings"

// jsonPath reads a path into JSON, which has no attributes.
func jsonPath(s string) ([]PathStep, bool) {
	steps, ok := ParsePath(s)
	for _, step := range steps {
		ok = ok && step.Attr == ""
	}
	return steps, ok
}

// find is all values at a path, and whether one value at most was asked for.
func (n *jsonNode) find(path []PathStep) (found []*jsonNode, one bool) {
	found, one = []*jsonNode{n}, true
	for _, step := range path {
		var next []*jsonNode
		for _, x := range found {
			next = append(next, x.step(step)...)
		}
		found = next
		one = one && !(step.Array && step.Index == EveryElement)
	}
	return found, one
}

func (n *jsonNode) step(s PathStep) []*jsonNode {
	switch {
	case !s.Array && n.kind == '{':
		if i := n.key(s.Key); i >= 0 {
			return n.items[i : i+1]
		}
	case s.Array && n.kind == '[' && s.Index == EveryElement:
		return n.items
	case s.Array && n.kind == '[' && s.Index < len(n.items):
		return n.items[s.Index : s.Index+1]
	}
	return nil
}

// update replaces what stands at a path by what change gives for it; nil leaves
// it. With create, missing keys of objects are made. What does not fit the path
// is left alone.
func (n *jsonNode) update(path []PathStep, create bool, change func(*jsonNode) *jsonNode) {
	step, last := path[0], len(path) == 1
	apply := func(i int) {
		if !last {
			n.items[i].update(path[1:], create, change)
		} else if v := change(n.items[i]); v != nil {
			n.items[i] = v
		}
	}
	switch {
	case !step.Array && n.kind == '{':
		i := n.key(step.Key)
		if i < 0 && create {
			i = len(n.items)
			n.set(step.Key, missing(path[1:]))
		}
		if i >= 0 {
			apply(i)
		}
	case step.Array && n.kind == '[' && step.Index == EveryElement:
		for i := range n.items {
			apply(i)
		}
	case step.Array && n.kind == '[' && step.Index < len(n.items):
		apply(step.Index)
	case step.Array && n.kind == '[' && step.Index == len(n.items) && create:
		n.items = append(n.items, missing(path[1:]))
		apply(step.Index)
	}
}

// missing is what is made for the rest of a path to go on in.
func missing(rest []PathStep) *jsonNode {
	switch {
	case len(rest) == 0:
		return jsonNull
	case rest[0].Array:
		return &jsonNode{kind: '['}
	}
	return &jsonNode{kind: '{'}
}

// spath is the values at a path of a JSON or XML text: null where there are none.
func spath(text, path string) Value {
	if strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "<") {
		return xmlAt(text, path)
	}
	steps, ok := jsonPath(path)
	n, ok2 := container(text)
	if !ok || !ok2 {
		return Value{}
	}
	found, _ := n.find(steps)
	var out []string
	for _, x := range found {
		out = append(out, x.spathText())
	}
	return FieldValues(out)
}

func xmlAt(text, path string) Value {
	steps, ok := ParsePath(path)
	if !ok {
		return Value{}
	}
	var out []string
	FindXML(text, steps, func(v string) { out = append(out, v) })
	return FieldValues(out)
}

// spathText is a value as the spath command has it: null is the text null.
func (n *jsonNode) spathText() string {
	if n.kind == '"' {
		return n.text
	}
	return string(n.append(nil))
}
