package ingest

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"riskreplay/src/diag"
)

// parseYAML reads the first document of a text; nil when it has none.
func parseYAML(text *diag.Text) (root ast.Node, m *diag.Message) {
	// The library is not ours, and this is input from anywhere.
	defer func() {
		if recover() != nil {
			root, m = nil, &diag.Message{Text: "cannot read the YAML: it breaks the parser", Place: text.At(0, 0)}
		}
	}()
	if at := tooDeep(text.Body); at >= 0 {
		return nil, &diag.Message{Text: "cannot read the YAML: it is nested too deeply", Place: text.At(at, at+1)}
	}
	file, err := parser.ParseBytes([]byte(text.Body), 0)
	if err != nil {
		return nil, syntaxMessage(text, err)
	}
	if len(file.Docs) == 0 {
		return nil, nil
	}
	return file.Docs[0].Body, nil
}

// maxDepth is far above what a catalogue has. The parser takes time by the square
// of the depth.
const maxDepth = 50

// tooDeep is where a text is nested too deeply: in brackets, or in lists or keys
// that begin in one line; -1 when it is not. It counts brackets in strings too,
// which is harmless at this depth.
func tooDeep(body string) int {
	depth, lists, leading := 0, 0, true
	for i := range len(body) {
		switch c := body[i]; {
		case c == '[' || c == '{':
			depth++
			leading = false
		case c == ']' || c == '}':
			depth = max(depth-1, 0)
		case c == '\n':
			lists, leading = 0, true
		case leading && (c == '-' || c == '?') && i+1 < len(body) && body[i+1] <= ' ':
			lists++
		case c != ' ':
			leading = false
		}
		if depth > maxDepth || lists > maxDepth {
			return i
		}
	}
	return -1
}

func syntaxMessage(text *diag.Text, err error) *diag.Message {
	m := &diag.Message{Text: "cannot read the YAML: " + firstLine(err.Error()), Place: text.At(0, 0), Cause: err}
	var located yaml.Error
	if errors.As(err, &located) {
		m.Text = "cannot read the YAML: " + firstLine(located.GetMessage())
		m.Place = placeOf(text, located.GetToken())
	}
	return m
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// placeOf is where a token stands. Its line and column are counted in
// characters, from 1.
func placeOf(text *diag.Text, t *token.Token) diag.Place {
	if t == nil || t.Position == nil {
		return text.At(0, 0)
	}
	start := 0
	for range t.Position.Line - 1 {
		i := strings.IndexByte(text.Body[start:], '\n')
		if i < 0 {
			return text.At(len(text.Body), len(text.Body))
		}
		start += i + 1
	}
	column := t.Position.Column
	for i := range text.Body[start:] {
		if column--; column == 0 {
			start += i
			break
		}
	}
	return text.At(start, start+len(firstLine(strings.TrimSpace(t.Value))))
}

// yamlReader takes values out of a tree and says where one is of a wrong type.
type yamlReader struct {
	text     *diag.Text
	problems diag.List
}

func (y *yamlReader) wrong(n ast.Node, text, hint string) {
	y.problems = append(y.problems, diag.Message{Text: text, Place: y.place(n), Hint: hint})
}

func (y *yamlReader) place(n ast.Node) diag.Place {
	if n == nil {
		return y.text.At(0, 0)
	}
	// The token of a mapping is the first colon; its first key says more.
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return y.place(m.Values[0].Key)
	}
	return placeOf(y.text, n.GetToken())
}

// bare takes anchors and tags off a node.
func bare(n ast.Node) ast.Node {
	for {
		switch t := n.(type) {
		case *ast.AnchorNode:
			n = t.Value
		case *ast.TagNode:
			n = t.Value
		default:
			return n
		}
	}
}

// mapping gives the values of a mapping by key; null values are left out.
func (y *yamlReader) mapping(n ast.Node, what string) (map[string]ast.Node, bool) {
	var pairs []*ast.MappingValueNode
	switch t := bare(n).(type) {
	case *ast.MappingNode:
		pairs = t.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{t}
	default:
		y.wrong(n, "expected "+what+" to be a mapping, found "+kind(n), "")
		return nil, false
	}
	fields := map[string]ast.Node{}
	for _, p := range pairs {
		if v := bare(p.Value); v != nil && v.Type() != ast.NullType {
			fields[p.Key.GetToken().Value] = v
		}
	}
	return fields, true
}

// list gives the items of a list.
func (y *yamlReader) list(n ast.Node, what string) []ast.Node {
	if s, ok := bare(n).(*ast.SequenceNode); ok {
		return s.Values
	}
	y.wrong(n, "expected "+what+" to be a list, found "+kind(n), "")
	return nil
}

// text1 gives a text; numbers and the like are none.
func (y *yamlReader) text1(n ast.Node, what string) (string, bool) {
	switch t := bare(n).(type) {
	case *ast.StringNode:
		return t.Value, true
	case *ast.LiteralNode:
		return t.Value.Value, true
	}
	y.wrong(n, "expected "+what+" to be text, found "+kind(n), "")
	return "", false
}

// word is the text under a key; "" when there is none.
func (y *yamlReader) word(fields map[string]ast.Node, key string) string {
	if fields[key] == nil {
		return ""
	}
	s, _ := y.text1(fields[key], `"`+key+`"`)
	return s
}

// words are the texts under a key: a list or one text.
func (y *yamlReader) words(fields map[string]ast.Node, key string) (out []string) {
	n := fields[key]
	if n == nil {
		return nil
	}
	if bare(n).Type() == ast.StringType {
		return []string{y.word(fields, key)}
	}
	for _, item := range y.list(n, `"`+key+`"`) {
		if s, ok := y.text1(item, `an entry of "`+key+`"`); ok {
			out = append(out, s)
		}
	}
	return out
}

// kind names a node's type for people.
func kind(n ast.Node) string {
	if n == nil {
		return "nothing"
	}
	switch bare(n).(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode:
		return "nothing"
	case *ast.AliasNode:
		return "an alias"
	}
	return "something else"
}
