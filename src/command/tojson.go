package command

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var tojsonSpec = search.Spec{
	Name: "tojson", Kind: search.Streaming,
	Syntax:  "tojson [auto|bool|json|none|num|str(<field>)]... [default_type=<type>] [fill_null=<bool>] [include_internal=<bool>] [output_field=<field>]",
	Help:    "makes a JSON object of each row, of all fields or of those named with their types, in _raw or another field",
	Example: `| tojson str(dest) num(count) output_field=json`,
	Bind:    bindTojson,
}

// tojson writes fields in byte order of their names. A value that is not of its
// type is left out, or null with fill_null; a multivalue is an array.
type tojson struct {
	shown
	types    []pair // pattern and type
	def      string
	fill     bool
	internal bool
	to       string
}

var jsonTypes = []string{"auto", "bool", "json", "none", "num", "str"}

func bindTojson(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &tojson{
		shown: shown{st}, def: strings.ToLower(a.text("default_type", "none")), fill: a.boolean("fill_null", false),
		internal: a.boolean("include_internal", false), to: a.text("output_field", "_raw"),
	}
	if v, ok := st.Option("default_type"); ok && !slices.Contains(jsonTypes, s.def) {
		a.problem(v.Span, `tojson has no type "`+v.Text+`"`, diag.DidYouMean(s.def, jsonTypes))
	}
	for _, c := range st.Calls {
		if c.As != nil {
			a.problem(c.Span, "tojson gives no other names", "rename fields before")
		}
		s.types = append(s.types, pair{c.Arg.Text, c.Func})
	}
	return s, a.problems
}

func (s *tojson) Shape(in search.Schema) (search.Schema, diag.List) {
	var read []spl.Name
	for _, c := range s.st.Calls {
		read = append(read, c.Arg)
	}
	return in.With(s.to), in.Missing(s.st, "it is left out", read...)
}

func (s *tojson) Needs(want []string) []string {
	if !search.MatchAny(want, s.to) {
		return want
	}
	if len(s.types) == 0 {
		return []string{"*"}
	}
	out := want[:len(want):len(want)]
	for _, t := range s.types {
		out = append(out, t.from)
	}
	return out
}

func (s *tojson) Order() search.Order { return search.OrderKept }

// typeOf is the type of a field, "" for one that is not written.
func (s *tojson) typeOf(name string) string {
	for _, t := range s.types {
		if t.from == name || (!internal(name) || s.internal) && search.Match(t.from, name) {
			return t.to
		}
	}
	if len(s.types) > 0 || internal(name) && !s.internal {
		return ""
	}
	return s.def
}

func (s *tojson) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		var members []jsonMember
		for i, n := range b.Names {
			if t := s.typeOf(n); t != "" {
				members = append(members, s.member(n, t, b.Columns[i]))
			}
		}
		slices.SortFunc(members, func(x, y jsonMember) int { return strings.Compare(x.name, y.name) })
		out := batch.Nulls(b.Len)
		var text []byte
		for r := range b.Len {
			text = append(text[:0], '{')
			for _, m := range members {
				v := m.values[m.codes[r]]
				if v == "" {
					continue
				}
				if len(text) > 1 {
					text = append(text, ',')
				}
				text = append(append(text, m.key...), v...)
			}
			out.Codes[r] = out.Dict.AddBytes(append(text, '}'))
		}
		return b.With(s.to, out), nil
	}), nil
}

// jsonMember is a field as JSON: each distinct cell's text, "" for none.
type jsonMember struct {
	name, key string
	codes     []batch.Code
	values    []string
}

func (s *tojson) member(name, as string, c *batch.Column) jsonMember {
	key, _ := jsontext.AppendQuote(nil, name)
	c = c.Coded()
	m := jsonMember{name: name, key: string(key) + ":", codes: c.Codes}
	if c.Dict == nil {
		m.values = []string{""}
		return m
	}
	m.values = make([]string, c.Dict.Len())
	if s.fill {
		m.values[0] = "null"
	}
	for _, code := range distinctCodes(c) {
		m.values[code] = s.json(c.Dict.Values(code), as)
	}
	return m
}

func (s *tojson) json(values []string, as string) string {
	var list []string
	for _, v := range values {
		j, ok := jsonValue(v, as)
		if !ok && s.fill {
			j, ok = "null", true
		}
		if ok {
			list = append(list, j)
		}
	}
	if len(values) == 1 {
		return strings.Join(list, "")
	}
	return "[" + strings.Join(list, ",") + "]"
}

// jsonValue is a value as JSON of a type.
func jsonValue(v, as string) (string, bool) {
	switch as {
	case "num":
		return v, isJSONNumber(v)
	case "bool":
		if b, ok := spl.Bool(v); ok {
			return map[bool]string{true: "true", false: "false"}[b], true
		}
		x, ok := batch.Number(v)
		return map[bool]string{true: "true", false: "false"}[x != 0], ok
	case "json":
		return compactJSON(v), jsontext.Value(v).IsValid()
	case "auto":
		if low := strings.ToLower(v); low == "true" || low == "false" || low == "null" {
			return low, true
		}
		if c := firstByte(v); (c == '{' || c == '[' || c == '"') && jsontext.Value(v).IsValid() {
			return compactJSON(v), true
		}
	}
	if as != "str" && isJSONNumber(v) {
		return v, true
	}
	quoted, _ := jsontext.AppendQuote(nil, v)
	return string(quoted), true
}
