package eval

import (
	"strconv"
	"strings"
)

// jsonStep is one step of a path: a key, an element of an array, or all of them.
type jsonStep struct {
	key   string
	index int // of an element; everyElement for {}
	array bool
}

const everyElement = -1

// jsonPath reads a path as spath has it: keys divided by dots, each followed by
// any number of {} or {3}. A backslash makes the dot behind it plain.
func jsonPath(s string) ([]jsonStep, bool) {
	var out []jsonStep
	for s != "" {
		key, rest := pathKey(s)
		if key != "" {
			out = append(out, jsonStep{key: key})
		}
		for strings.HasPrefix(rest, "{") {
			inside, after, ok := strings.Cut(rest[1:], "}")
			index := everyElement
			if inside != "" {
				n, err := strconv.Atoi(inside)
				if err != nil || n < 0 {
					return nil, false
				}
				index = n
			}
			if !ok {
				return nil, false
			}
			out = append(out, jsonStep{array: true, index: index})
			rest = after
		}
		if rest != "" && rest[0] != '.' || rest == "." || key == "" && len(out) == 0 {
			return nil, false
		}
		s = strings.TrimPrefix(rest, ".")
	}
	return out, len(out) > 0
}

// pathKey reads a key up to a dot or a brace.
func pathKey(s string) (key, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`.{\`, s[i+1]) >= 0:
			i++
		case s[i] == '.' || s[i] == '{':
			return b.String(), s[i:]
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// find is all values at a path, and whether one value at most was asked for.
func (n *jsonNode) find(path []jsonStep) (found []*jsonNode, one bool) {
	found, one = []*jsonNode{n}, true
	for _, step := range path {
		var next []*jsonNode
		for _, x := range found {
			next = append(next, x.step(step)...)
		}
		found = next
		one = one && !(step.array && step.index == everyElement)
	}
	return found, one
}

func (n *jsonNode) step(s jsonStep) []*jsonNode {
	switch {
	case !s.array && n.kind == '{':
		if i := n.key(s.key); i >= 0 {
			return n.items[i : i+1]
		}
	case s.array && n.kind == '[' && s.index == everyElement:
		return n.items
	case s.array && n.kind == '[' && s.index < len(n.items):
		return n.items[s.index : s.index+1]
	}
	return nil
}

// update replaces what stands at a path by what change gives for it; nil leaves
// it. With create, missing keys of objects are made. What does not fit the path
// is left alone.
func (n *jsonNode) update(path []jsonStep, create bool, change func(*jsonNode) *jsonNode) {
	step, last := path[0], len(path) == 1
	apply := func(i int) {
		if !last {
			n.items[i].update(path[1:], create, change)
		} else if v := change(n.items[i]); v != nil {
			n.items[i] = v
		}
	}
	switch {
	case !step.array && n.kind == '{':
		i := n.key(step.key)
		if i < 0 && create {
			i = len(n.items)
			n.set(step.key, missing(path[1:]))
		}
		if i >= 0 {
			apply(i)
		}
	case step.array && n.kind == '[' && step.index == everyElement:
		for i := range n.items {
			apply(i)
		}
	case step.array && n.kind == '[' && step.index < len(n.items):
		apply(step.index)
	case step.array && n.kind == '[' && step.index == len(n.items) && create:
		n.items = append(n.items, missing(path[1:]))
		apply(step.index)
	}
}

// missing is what is made for the rest of a path to go on in.
func missing(rest []jsonStep) *jsonNode {
	switch {
	case len(rest) == 0:
		return jsonNull
	case rest[0].array:
		return &jsonNode{kind: '['}
	}
	return &jsonNode{kind: '{'}
}

// spath is the values at a path of a JSON text: null where there are none.
func spath(text, path string) Value {
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

// spathText is a value as the spath command has it: null is the text null.
func (n *jsonNode) spathText() string {
	if n.kind == '"' {
		return n.text
	}
	return string(n.append(nil))
}
