package command

import (
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var fromjsonSpec = search.Spec{
	Name: "fromjson", Kind: search.Streaming,
	Syntax:  "fromjson <field> [prefix=<text>]",
	Help:    "makes a field of each key of the JSON object in a field; arrays become multivalues, objects stay JSON",
	Example: `| fromjson properties prefix=p_`,
	Bind:    bindFromjson,
}

// fromjson reads the keys of one object, not those within it. JSON's null is no
// value; what is no object gives nothing.
type fromjson struct {
	shown
	field, prefix string
}

func bindFromjson(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	return &fromjson{shown{st}, st.Fields[0].Text, a.text("prefix", "")}, a.problems
}

func (s *fromjson) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "there is nothing to read", s.st.Fields...)
	in.Open = true
	return in, problems
}

func (s *fromjson) Needs(want []string) []string { return append(want[:len(want):len(want)], s.field) }

func (s *fromjson) Order() search.Order { return search.OrderKept }

func (s *fromjson) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		x := newExtraction(b.Len)
		x.each(b.Column(s.field), func(text string) { s.read(x, text) })
		return x.into(b), nil
	}), nil
}

func (s *fromjson) read(x *extraction, text string) {
	if firstByte(text) != '{' {
		return
	}
	j := &jsonScan{text: text}
	j.blanks()
	j.eachKey(func(key string) bool {
		if s.prefix != "" {
			key = s.prefix + key
		}
		c := x.column(key)
		if j.next() == '[' {
			j.eachElement(func(int) bool {
				j.whole(j.next(), func(v string) { x.add(c, v) })
				return true
			})
			return true
		}
		if j.next() == 'n' {
			j.skip()
			return true
		}
		j.whole(j.next(), func(v string) { x.set(c, v) })
		return true
	})
	if j.blanks(); j.bad || j.ended || j.at < len(text) {
		x.discard()
	}
}
