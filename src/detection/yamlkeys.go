package detection

import (
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"riskreplay/src/diag"
)

// key is one row of a table of the keys that a mapping may have: its name and
// how its value is read into a T. A key that must be there is marked.
type key[T any] struct {
	name string
	read func(r *reader, n ast.Node, into *T)
	must bool
}

// readMap reads the keys of a mapping into a T. Unknown keys, keys given twice
// and missing ones are errors; the others are read all the same. seen, when not
// nil, is told where each value stands.
func readMap[T any](r *reader, n ast.Node, what string, keys []key[T], into *T, seen func(name string, at diag.Place)) bool {
	entries, ok := r.entries(n, what)
	if !ok {
		return false
	}
	at := map[string]diag.Place{}
	for _, e := range entries {
		k, here := find(keys, e.name), r.at(e.node.Key.GetToken())
		first, twice := at[e.name]
		switch {
		case k == nil:
			r.error(here, diag.DidYouMean(e.name, names(keys)), "unknown key %q in %s", e.name, what)
			continue
		case twice:
			r.error(here, "", "key %q given twice in %s", e.name, what)
			r.msgs[len(r.msgs)-1].Notes = []diag.Message{{Text: "first given here", Place: first}}
			continue
		}
		at[e.name] = here
		if seen != nil {
			seen(e.name, r.place(e.node.Value))
		}
		k.read(r, r.value(e.node.Value), into)
	}
	for _, k := range keys {
		if _, given := at[k.name]; k.must && !given {
			r.error(r.place(n), "", "missing key %q in %s", k.name, what)
		}
	}
	return true
}

type entry struct {
	name string
	node *ast.MappingValueNode
}

// entries gives a mapping's keys and values in their order.
func (r *reader) entries(n ast.Node, what string) ([]entry, bool) {
	var values []*ast.MappingValueNode
	switch m := r.value(n).(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		r.error(r.place(n), "", "expected keys and values for %s, found %s", what, kind(m))
		return nil, false
	}
	var out []entry
	for _, v := range values {
		if v.Key == nil {
			continue
		}
		out = append(out, entry{strings.TrimSpace(keyText(v.Key)), v})
	}
	return out, true
}

func keyText(n ast.MapKeyNode) string {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	return n.String()
}

func find[T any](keys []key[T], name string) *key[T] {
	for i := range keys {
		if keys[i].name == name {
			return &keys[i]
		}
	}
	return nil
}

func names[T any](keys []key[T]) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.name
	}
	return out
}

// kind names a node for a message.
func kind(n ast.Node) string {
	switch n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys and values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode:
		return "a number"
	case *ast.InfinityNode, *ast.NanNode:
		return "no finite number"
	case *ast.BoolNode:
		return "true or false"
	}
	return "something else"
}

// text reads a scalar of text; null is "".
func text[T any](field func(*T) *string) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) { *field(into), _ = r.str(n) }
}

// oneOf reads one of a few words.
func oneOf[T any](field func(*T) *string, words ...string) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) {
		s, ok := r.str(n)
		if !ok {
			return
		}
		for _, w := range words {
			if s == w {
				*field(into) = s
				return
			}
		}
		hint := diag.DidYouMean(s, words)
		if hint == "" {
			hint = "one of: " + strings.Join(words, ", ")
		}
		r.error(r.place(n), hint, "unknown value %q", s)
	}
}

// texts reads a list of texts; a single text is a list of one.
func texts[T any](field func(*T) *[]string) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) { *field(into) = r.strs(n) }
}

// number reads a number, also one in quotes.
func number[T any](field func(*T) *float64) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) { *field(into), _ = r.num(n) }
}

// integer reads a whole number that is not negative.
func integer[T any](field func(*T) *int) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) {
		f, ok := r.num(n)
		if ok && (f != math.Trunc(f) || f < 0 || f > math.MaxInt32) {
			r.error(r.place(n), "", "expected a whole number, found %v", f)
			return
		}
		*field(into) = int(f)
	}
}

func boolean[T any](field func(*T) *bool) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			r.error(r.place(n), "", "expected true or false, found %s", kind(n))
			return
		}
		*field(into) = b.Value
	}
}

// skipped is a key of older content that means nothing any more.
func skipped[T any](*reader, ast.Node, *T) {}

// each reads every item of a list.
func each[T any](item func(r *reader, n ast.Node, into *T)) func(*reader, ast.Node, *T) {
	return func(r *reader, n ast.Node, into *T) {
		for _, v := range r.items(n) {
			item(r, r.value(v), into)
		}
	}
}

func (r *reader) items(n ast.Node) []ast.Node {
	switch v := r.value(n).(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.SequenceNode:
		return v.Values
	default:
		r.error(r.place(n), "", "expected a list, found %s", kind(v))
		return nil
	}
}

func (r *reader) str(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.NullNode:
		return "", true
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return v.Value.Value, true
	}
	hint := ""
	if s, ok := n.(ast.ScalarNode); ok {
		hint = "put it in quotes: '" + s.String() + "'"
	}
	r.error(r.place(n), hint, "expected text, found %s", kind(n))
	return "", false
}

func (r *reader) strs(n ast.Node) []string {
	if s, ok := n.(*ast.StringNode); ok {
		return []string{s.Value}
	}
	var out []string
	for _, v := range r.items(n) {
		if s, ok := r.str(r.value(v)); ok {
			out = append(out, s)
		}
	}
	return out
}

func (r *reader) num(n ast.Node) (float64, bool) {
	switch v := n.(type) {
	case *ast.IntegerNode:
		switch i := v.Value.(type) {
		case int64:
			return float64(i), true
		case uint64:
			return float64(i), true
		}
	case *ast.FloatNode:
		return v.Value, true
	case *ast.StringNode:
		if f, err := strconv.ParseFloat(strings.TrimSpace(v.Value), 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f, true
		}
	}
	r.error(r.place(n), "", "expected a number, found %s", kind(n))
	return 0, false
}
