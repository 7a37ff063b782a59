package command

import (
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var tagsSpec = search.Spec{
	Name: "tags", Kind: search.Streaming,
	Syntax:  "tags [outputfield=<field>] [inclname=<bool>] [inclvalue=<bool>] [allowed_tags=<text>] <field>...",
	Help:    "adds the tags that fields' values have, as tag::<field> of each field or all together in one field, with the field's name and value before them when asked",
	Example: `| tags outputfield=tags host eventtype`,
	Bind:    bindTags,
}

// tags looks tags.conf up. Without fields it looks at all that rows have.
type tags struct {
	shown
	context     search.Context
	fields      []string
	output      string // "" is tag::<field>
	name, value bool
	allowed     []string
}

func bindTags(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	a.plain(st.Fields)
	s := &tags{shown{st}, c, names(st.Fields), a.text("outputfield", ""), a.boolean("inclname", false), a.boolean("inclvalue", false), nil}
	if v, ok := st.Option("allowed_tags"); ok {
		s.allowed = strings.FieldsFunc(v.Text, func(r rune) bool { return r == ',' || r == ' ' })
	}
	return s, a.problems
}

// made is the fields that tags makes of fields.
func (s *tags) made(fields []string) []string {
	if s.output != "" {
		return []string{s.output}
	}
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = "tag::" + f
	}
	return out
}

func (s *tags) Shape(in search.Schema) (search.Schema, diag.List) {
	problems := in.Missing(s.st, "it has no tags", s.st.Fields...)
	fields := s.fields
	if len(fields) == 0 {
		fields = slices.Clone(in.Fields)
	}
	return in.With(s.made(fields)...), problems
}

func (s *tags) Needs(want []string) []string {
	if len(s.fields) == 0 {
		return []string{"*"}
	}
	return append(want[:len(want):len(want)], s.fields...)
}

func (s *tags) Order() search.Order { return search.OrderKept }

func (s *tags) Open(search.World) (search.Operator, error) {
	return search.Each(func(b *batch.Batch) (*batch.Batch, error) {
		fields := s.fields
		if len(fields) == 0 {
			fields = slices.Clone(b.Names)
		}
		if s.output == "" {
			for _, f := range fields {
				b = s.add(b, "tag::"+f, f)
			}
			return b, nil
		}
		return s.add(b, s.output, fields...), nil
	}), nil
}

// add makes one field of the tags of others.
func (s *tags) add(b *batch.Batch, to string, fields ...string) *batch.Batch {
	out := batch.Nulls(b.Len)
	found := make([][]string, b.Len)
	for _, f := range fields {
		c := b.Column(f)
		if c == nil {
			continue
		}
		c = c.Coded()
		known := make([][]string, c.Dict.Len())
		asked := make([]bool, c.Dict.Len())
		for r, code := range c.Codes {
			if code != 0 && !asked[code] {
				asked[code] = true
				known[code] = s.of(f, c.Dict.Values(code))
			}
			found[r] = append(found[r], known[code]...)
		}
	}
	for r, list := range found {
		slices.Sort(list)
		out.Codes[r] = out.Dict.AddValues(slices.Compact(list))
	}
	return put(b, to, out)
}

// of is the tags of a field's values, as they are asked for.
func (s *tags) of(field string, values []string) []string {
	var out []string
	for _, v := range values {
		for _, t := range s.context.Tags(field, v) {
			if s.allowed != nil && !slices.Contains(s.allowed, t) {
				continue
			}
			if s.value {
				t = v + "::" + t
			}
			if s.name {
				t = field + "::" + t
			}
			out = append(out, t)
		}
	}
	return out
}
