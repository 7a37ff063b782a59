package command

import (
	"context"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var mvcombineSpec = search.Spec{
	Name: "mvcombine", Kind: search.Transforming,
	Syntax:  "mvcombine [delim=<text>] <field>",
	Help:    "joins rows that differ in one field only: its values become a multivalue; delim is what a nomv behind it puts between them",
	Example: `| fields dest user | fields - _* | mvcombine user`,
	Bind:    bindMvcombine,
}

// mvcombine joins rows; the joined row stands where the first of them stood.
type mvcombine struct {
	shown
	field, delim string
	joined       bool // a nomv follows, and is done here
}

func bindMvcombine(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.valueField(st.Fields[0])
	return &mvcombine{shown: shown{st}, field: st.Fields[0].Text, delim: a.text("delim", " ")}, a.problems
}

func (s *mvcombine) Shape(in search.Schema) (search.Schema, diag.List) {
	return in, in.Missing(s.st, "there is nothing to join", s.st.Fields...)
}

// Needs: all fields decide which rows are alike.
func (s *mvcombine) Needs([]string) []string { return []string{"*"} }

// Absorb takes over a nomv of the same field: only there the delimiter shows.
func (s *mvcombine) Absorb(next search.Stage) (search.Stage, bool) {
	n, ok := next.(*nomv)
	if !ok || n.field != s.field || s.joined {
		return nil, false
	}
	out := *s
	out.joined = true
	return &out, true
}

func (s *mvcombine) String() string {
	if s.joined {
		return s.shown.String() + " | nomv " + nameText(s.field)
	}
	return s.shown.String()
}

func (s *mvcombine) Open(search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) { return s.run(all), nil }), nil
}

// run: rows without the field are like no other.
func (s *mvcombine) run(all *batch.Batch) *batch.Batch {
	c := all.Column(s.field)
	if c == nil || all.Len == 0 {
		return all
	}
	c = c.Coded()
	var others []*batch.Column
	for i, n := range all.Names {
		if n != s.field {
			others = append(others, all.Columns[i])
		}
	}
	keys := aggregate.NewKeys(len(others), aggregate.KeyOptions{Whole: true, NullGroup: true})
	_, groups := keys.Group(others, batch.AllRows(all.Len))
	at := make([]int, keys.Len()) // the row that a group became, plus one
	var keep []int32
	var lists [][]batch.Code
	for r, code := range c.Codes {
		g := groups[r]
		values := c.Dict.Multi(code)
		if values == nil && code != 0 {
			values = []batch.Code{code}
		}
		if at[g] > 0 && code != 0 && lists[at[g]-1] != nil {
			lists[at[g]-1] = append(lists[at[g]-1], values...)
			continue
		}
		keep, lists = append(keep, int32(r)), append(lists, append([]batch.Code(nil), values...))
		if code != 0 {
			at[g] = len(keep)
		}
	}
	out := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, len(keep))}
	for i, list := range lists {
		texts := make([]string, len(list))
		for k, v := range list {
			texts[k] = c.Dict.Text(v)
		}
		if s.joined && len(texts) > 0 {
			texts = []string{strings.Join(texts, s.delim)}
		}
		out.Codes[i] = out.Dict.AddValues(texts)
	}
	return all.Gather(keep).With(s.field, out)
}
