package eval

import (
	"slices"

	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// Predicate is a compiled condition of search or of WHERE in tstats (rules P1,
// S1-S7). It is immutable and safe for concurrent use. The zero Predicate is
// true of every row.
type Predicate struct {
	root     step // nil is true
	fields   []string
	required []demand
}

// demand is what an AND-level condition wants of a field.
type demand struct {
	field  string
	values []string
}

// CompilePredicate compiles a condition. A nil p is true of every row. The
// Predicate is nil when the list has errors; st places them.
func CompilePredicate(p spl.Predicate, st *spl.Stage, env Env) (*Predicate, diag.List) {
	b := &predicateBinder{st: st, rules: env.Rules}
	out := &Predicate{}
	if p != nil {
		out.root = b.step(p)
		out.required = demands(p, nil)
	}
	if b.problems.HasErrors() {
		return nil, b.problems
	}
	if t, ok := out.root.(truth); ok && bool(t) {
		out.root = nil
	}
	out.fields = b.fields
	return out, b.problems
}

// Fields are the fields read, in order of first use; words read _raw.
func (p *Predicate) Fields() []string { return p.fields }

// All tells whether the predicate is true of every row: `search *`.
func (p *Predicate) All() bool { return p.root == nil }

// Select gives the rows, of those named, for which the predicate is true, in
// their order. The result may be rows itself; nobody writes to either.
func (p *Predicate) Select(c Columns, rows []int32) []int32 {
	if p.root == nil || len(rows) == 0 {
		return rows
	}
	return p.root.pick(c, rows)
}

// Required gives the literals, wildcards included, of which a row's field must
// equal one: what field=v or field IN (...) demands beside nothing but ANDs.
// Where several conditions demand something, the shortest list. An empty literal
// demands nothing: absent fields may match it.
func (p *Predicate) Required(field string) (values []string, ok bool) {
	for _, d := range p.required {
		if d.field == field && (!ok || len(d.values) < len(values)) {
			values, ok = d.values, true
		}
	}
	return values, ok
}

// demands collects the demands of an AND's parts. An OR demands something of a
// field when each of its parts does.
func demands(p spl.Predicate, out []demand) []demand {
	switch p := p.(type) {
	case *spl.Compare:
		if p.Op == "=" && p.Value.Text != "" {
			out = append(out, demand{p.Field.Text, []string{p.Value.Text}})
		}
	case *spl.In:
		if list := texts(p.Values); !slices.Contains(list, "") {
			out = append(out, demand{p.Field.Text, list})
		}
	case *spl.And:
		for _, x := range p.List {
			out = demands(x, out)
		}
	case *spl.Or:
		out = append(out, common(p.List)...)
	}
	return out
}

func common(list []spl.Predicate) []demand {
	out := demands(list[0], nil)
	for _, x := range list[1:] {
		next := demands(x, nil)
		kept := out[:0]
		for _, d := range out {
			for _, e := range next {
				if e.field == d.field {
					kept = append(kept, demand{d.field, append(d.values[:len(d.values):len(d.values)], e.values...)})
					break
				}
			}
		}
		out = kept
	}
	return out
}

func texts(values []spl.Value) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.Text
	}
	return out
}
