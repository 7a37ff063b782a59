package detection

import (
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"riskreplay/src/diag"
)

// place is where a node stands: its first token, up to the end of its line.
func (r *reader) place(n ast.Node) diag.Place {
	if n == nil {
		return diag.Place{Text: r.text}
	}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		return r.at(m.Values[0].Key.GetToken())
	}
	return r.at(n.GetToken())
}

// at is the place of a token.
func (r *reader) at(t *token.Token) diag.Place {
	if t == nil || t.Position == nil {
		return diag.Place{Text: r.text}
	}
	start := r.offset(t.Position.Line, t.Position.Column)
	width := len(strings.TrimSpace(t.Origin))
	if width == 0 {
		width = len(t.Value)
	}
	line := r.text.Body[start:]
	if i := strings.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	return r.text.At(start, start+min(max(width, 1), max(len(line), 1)))
}

// offset turns the parser's line and column, counted from 1 and columns in
// characters, into a byte offset.
func (r *reader) offset(line, column int) int {
	line = min(max(line, 1), len(r.lines))
	at := r.lines[line-1]
	for ; column > 1 && at < len(r.text.Body) && r.text.Body[at] != '\n'; column-- {
		_, n := utf8.DecodeRuneInString(r.text.Body[at:])
		at += n
	}
	return at
}

// inner is a scalar's value as a text of its own, placed where it starts in the
// file, so that a message about the search inside points into the file: exactly
// for a value on one line, to the right line in a `|` block, near it in a folded
// one.
func (r *reader) inner(n ast.Node, value string) *diag.Text {
	start := r.place(n).Start
	switch v := n.(type) {
	case *ast.LiteralNode:
		start = r.blockStart(v)
	case *ast.StringNode:
		if c := r.text.At(start, start+1); start < len(r.text.Body) && strings.ContainsRune(`'"`, rune(r.text.Body[c.Start])) {
			start++
		}
	}
	line, column := r.text.At(start, start).LineColumn()
	return &diag.Text{Name: r.text.Name, Body: value, Line: line, Column: column}
}

// blockStart is the offset of a block scalar's first character.
func (r *reader) blockStart(n *ast.LiteralNode) int {
	body := r.text.Body
	at := r.at(n.Start).Start
	next := strings.IndexByte(body[at:], '\n')
	if next < 0 {
		return at
	}
	at += next + 1
	for at < len(body) && strings.IndexByte(" \r\n", body[at]) >= 0 {
		at++
	}
	return at
}
