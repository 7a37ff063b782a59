package eval

import (
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonNode is a JSON value. Objects keep the order of their keys, numbers their
// text.
type jsonNode struct {
	kind  jsontext.Kind // { [ " 0 t f n
	text  string        // of a string, decoded; of a number, as written
	keys  []string      // of an object, as long as items
	items []*jsonNode
}

var jsonNull = &jsonNode{kind: 'n'}

// maxJSON is how long a text is read as JSON.
const maxJSON = 64 << 20

// parseJSON reads a text that is one JSON value.
func parseJSON(s string) (*jsonNode, bool) {
	if len(s) > maxJSON {
		return nil, false
	}
	d := jsontext.NewDecoder(strings.NewReader(s), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	n, err := readJSON(d)
	if err != nil {
		return nil, false
	}
	_, err = d.ReadToken()
	return n, err == io.EOF
}

func readJSON(d *jsontext.Decoder) (*jsonNode, error) {
	t, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	n := &jsonNode{kind: t.Kind()}
	switch n.kind {
	case '"', '0':
		n.text = t.String()
	case '{', '[':
		for d.PeekKind() != '}' && d.PeekKind() != ']' {
			if n.kind == '{' {
				key, err := d.ReadToken()
				if err != nil {
					return nil, err
				}
				n.keys = append(n.keys, key.String())
			}
			item, err := readJSON(d)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
		_, err = d.ReadToken()
	}
	return n, err
}

// container reads a text that is an object or an array; others are refused
// without a try.
func container(s string) (*jsonNode, bool) {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' {
		return nil, false
	}
	return parseJSON(s)
}

// append writes the value without blanks.
func (n *jsonNode) append(b []byte) []byte {
	switch n.kind {
	case '"':
		b, _ = jsontext.AppendQuote(b, n.text)
		return b
	case '0':
		return append(b, n.text...)
	case 't':
		return append(b, "true"...)
	case 'f':
		return append(b, "false"...)
	case '{', '[':
		b = append(b, byte(n.kind))
		for i, item := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			if n.kind == '{' {
				b, _ = jsontext.AppendQuote(b, n.keys[i])
				b = append(b, ':')
			}
			b = item.append(b)
		}
		return append(b, map[jsontext.Kind]byte{'{': '}', '[': ']'}[n.kind])
	}
	return append(b, "null"...)
}

// native is the value as an expression has it: a text without its quotes, an
// object or an array as JSON, null as null.
func (n *jsonNode) native() Value {
	switch n.kind {
	case 'n':
		return Value{}
	case '"':
		return Text(n.text)
	case '0':
		return FieldText(n.text)
	}
	return jsonText(n)
}

func jsonText(n *jsonNode) Value { return Text(string(n.append(nil))) }

// jsonOf is a value as JSON: numbers and booleans typed, the text of an object
// or an array as that, a multivalue as an array.
func jsonOf(v Value) *jsonNode {
	switch v.kind {
	case Null:
		return jsonNull
	case Bool:
		return jsonBool(v.num == 1)
	case Multi:
		n := &jsonNode{kind: '['}
		for _, s := range v.list {
			n.items = append(n.items, jsonOf(FieldText(s)))
		}
		return n
	case Number:
		return jsonNumber(v)
	}
	if n, ok := container(v.text); ok {
		return n
	}
	return jsonString(v.text)
}

func jsonBool(b bool) *jsonNode {
	if b {
		return &jsonNode{kind: 't'}
	}
	return &jsonNode{kind: 'f'}
}

func jsonString(s string) *jsonNode { return &jsonNode{kind: '"', text: s} }

// jsonNumber keeps the text of a number that is one in JSON too; 007 and nan are
// texts.
func jsonNumber(v Value) *jsonNode {
	s := v.String()
	if jsontext.Value(s).IsValid() {
		return &jsonNode{kind: '0', text: s}
	}
	return jsonString(s)
}

// key is the place of a key, -1 when there is none; of several the last.
func (n *jsonNode) key(name string) int {
	for i := len(n.keys) - 1; i >= 0; i-- {
		if n.keys[i] == name {
			return i
		}
	}
	return -1
}

// set puts a value under a key of an object.
func (n *jsonNode) set(key string, v *jsonNode) {
	if i := n.key(key); i >= 0 {
		n.items[i] = v
		return
	}
	n.keys, n.items = append(n.keys, key), append(n.items, v)
}

func (n *jsonNode) remove(i int) {
	n.keys, n.items = slices.Delete(n.keys, i, i+1), slices.Delete(n.items, i, i+1)
}

// clone is a copy, so that a value put in two places is changed in one.
func (n *jsonNode) clone() *jsonNode {
	out := &jsonNode{kind: n.kind, text: n.text, keys: slices.Clone(n.keys)}
	for _, item := range n.items {
		out.items = append(out.items, item.clone())
	}
	return out
}
