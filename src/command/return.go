package command

import (
	"context"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var returnSpec = search.Spec{
	Name: "return", Kind: search.Transforming,
	Syntax:  "return [N] [<alias>=<field>]... [<field>]... [$<field>]...",
	Help:    "gives the values of the first N rows to the search around a subsearch, as one text in the field search; $field gives the value alone",
	Example: `| return 5 user src=dest`,
	Bind:    bindReturn,
}

// returned writes the first rows as text: (a="1" b="2") OR (a="3"). No rows are an
// empty text, which demands nothing of the search around.
type returned struct {
	shown
	most   int
	fields []returnedField
}

type returnedField struct {
	field, alias string
	bare         bool // the value alone
	name         spl.Name
}

func bindReturn(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &returned{shown: shown{st}, most: a.number("count", 1, 1)}
	for _, w := range st.Words {
		s.most = a.whole(w, "return", 1, 1)
	}
	for _, r := range st.Renames {
		f := returnedField{field: r.From.Text, alias: r.From.Text, name: r.From}
		if r.To.Text != "" {
			f.alias = r.To.Text
		}
		if rest, ok := strings.CutPrefix(f.field, "$"); ok && rest != "" {
			f.field, f.bare = rest, true
			f.name.Text = rest
		}
		s.fields = append(s.fields, f)
	}
	if len(s.fields) == 0 {
		a.problem(st.NameSpan, "return needs a field", "write return 10 user, or return $user for the values alone")
	}
	return s, a.problems
}

func (s *returned) Shape(in search.Schema) (search.Schema, diag.List) {
	var problems diag.List
	for _, f := range s.fields {
		problems = append(problems, in.Missing(s.st, "nothing is returned of it", f.name)...)
	}
	return search.Schema{Fields: []string{"search"}, Ordered: true, From: "return"}, problems
}

func (s *returned) Needs([]string) []string {
	var out []string
	for _, f := range s.fields {
		out = append(out, f.field)
	}
	return out
}

func (s *returned) Open(search.World) (search.Operator, error) { return &returning{returned: s}, nil }

type returning struct {
	*returned
	rows  []string
	taken int
}

func (o *returning) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	for r := 0; r < in.Len && o.taken < o.most; r++ {
		o.taken++
		var parts []string
		for _, f := range o.fields {
			c := in.Column(f.field)
			if c == nil || c.IsNull(r) {
				continue
			}
			if v := c.Values(r)[0]; f.bare {
				parts = append(parts, v)
			} else {
				parts = append(parts, nameText(f.alias)+`="`+v+`"`)
			}
		}
		if len(parts) > 0 {
			o.rows = append(o.rows, strings.Join(parts, " "))
		}
	}
	if o.taken == o.most {
		return search.ErrDone
	}
	return nil
}

func (o *returning) Finish(_ context.Context, emit func(*batch.Batch) error) error {
	rows := slices.Clone(o.rows)
	alone := len(rows) == 1 && !slices.ContainsFunc(o.fields, func(f returnedField) bool { return !f.bare })
	if !alone {
		for i, r := range rows {
			rows[i] = "(" + r + ")"
		}
	}
	out := batch.New(1)
	out.Set("search", batch.Texts(strings.Join(rows, " OR ")))
	return emit(out)
}
