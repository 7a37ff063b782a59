package detection

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"riskreplay/src/diag"
)

// Limits on a content file. The YAML parser needs more than linear time for
// deep or very long files; no content comes near these.
const (
	maxFile   = 1 << 20
	maxTokens = 20_000
	maxNested = 100
)

// reader reads one YAML file: it knows the places of its nodes and collects
// messages.
type reader struct {
	text    *diag.Text
	lines   []int // offset of each line's start
	anchors map[string]ast.Node
	msgs    diag.List
}

// open parses a file; the node is nil when there is nothing to read, with the
// reason in the reader's messages.
func open(name string, data []byte) (*reader, ast.Node) {
	body := strings.TrimPrefix(string(data), "\ufeff")
	r := &reader{text: &diag.Text{Name: name, Body: body}, anchors: map[string]ast.Node{}}
	r.lines = append(r.lines, 0)
	for i := range len(body) {
		if body[i] == '\n' {
			r.lines = append(r.lines, i+1)
		}
	}
	if !r.sane() {
		return r, nil
	}
	tokens, ok := r.lex()
	if !ok {
		return r, nil
	}
	return r, r.parse(tokens)
}

// sane refuses what no YAML parser should be given.
func (r *reader) sane() bool {
	body := r.text.Body
	if len(body) > maxFile {
		r.error(diag.Place{Text: &diag.Text{Name: r.text.Name}}, "", "cannot read YAML of %d bytes: more than %d", len(body), maxFile)
		return false
	}
	for i := 0; i < len(body); {
		c, n := utf8.DecodeRuneInString(body[i:])
		if c == utf8.RuneError && n == 1 {
			r.error(r.text.At(i, i+1), "save the file as UTF-8", "byte 0x%02x is not UTF-8", body[i])
			return false
		}
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			r.error(r.text.At(i, i+1), "", "control character 0x%02x in YAML", c)
			return false
		}
		i += n
	}
	return true
}

// lex cuts the text into tokens and refuses the nesting that makes the parser
// slow.
func (r *reader) lex() (tokens token.Tokens, ok bool) {
	defer r.guard(&ok)
	tokens = lexer.Tokenize(r.text.Body)
	if len(tokens) > maxTokens {
		r.error(diag.Place{Text: &diag.Text{Name: r.text.Name}}, "", "cannot read YAML of %d tokens: more than %d", len(tokens), maxTokens)
		return nil, false
	}
	depth, run := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth = max(depth-1, 0)
		}
		if nests(t.Type) {
			run++
		} else {
			run = 0
		}
		if depth > maxNested || run > maxNested {
			r.error(r.at(t), "", "YAML nested more than %d deep", maxNested)
			return nil, false
		}
	}
	return tokens, true
}

// nests tells whether a token opens a level without closing one.
func nests(t token.Type) bool {
	switch t {
	case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType,
		token.SequenceStartType, token.MappingStartType:
		return true
	}
	return false
}

// guard turns a panic of the YAML library into a message.
func (r *reader) guard(ok *bool) {
	if p := recover(); p != nil {
		r.error(diag.Place{Text: &diag.Text{Name: r.text.Name}}, "", "cannot read YAML: the parser gave up: %v", p)
		*ok = false
	}
}

func (r *reader) parse(tokens token.Tokens) (root ast.Node) {
	ok := true
	defer func() {
		if !ok {
			root = nil
		}
	}()
	defer r.guard(&ok)
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case root != nil:
			r.error(r.place(doc.Body), "put each into a file of its own", "more than one YAML document in the file")
			return nil
		default:
			root = doc.Body
		}
	}
	if root == nil {
		r.error(diag.Place{Text: &diag.Text{Name: r.text.Name}}, "", "the file is empty")
		return nil
	}
	ast.Walk(anchorFinder{r.anchors}, root)
	return root
}

// syntax reports what the parser refused, at its place.
func (r *reader) syntax(err error) {
	place := diag.Place{Text: &diag.Text{Name: r.text.Name}}
	text := err.Error()
	var y yaml.Error
	if errors.As(err, &y) {
		text = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			place = r.at(t)
		}
	}
	r.error(place, "", "cannot read YAML: %s", text)
}

type anchorFinder struct{ into map[string]ast.Node }

func (f anchorFinder) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok && a.Name != nil {
		f.into[a.Name.String()] = a.Value
	}
	return f
}

// value follows anchors, aliases and tags to the node that holds the value.
func (r *reader) value(n ast.Node) ast.Node {
	for range 16 {
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.TagNode:
			n = v.Value
		case *ast.AliasNode:
			if v.Value == nil {
				return nil
			}
			n = r.anchors[v.Value.String()]
		default:
			return n
		}
	}
	return nil
}

func (r *reader) error(at diag.Place, hint, format string, args ...any) {
	r.msgs = append(r.msgs, diag.Message{Text: fmt.Sprintf(format, args...), Place: at, Hint: hint})
}

func (r *reader) warn(at diag.Place, hint, format string, args ...any) {
	r.error(at, hint, format, args...)
	r.msgs[len(r.msgs)-1].Severity = diag.Warning
}
