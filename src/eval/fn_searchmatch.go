package eval

import (
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// bindSearchMatch compiles the literal as a condition of search.
func bindSearchMatch(c *site) node {
	literal, ok := c.text(0)
	if !ok {
		c.invalid(c.call.Args[0].At())
		return constant{}
	}
	source := spl.Plain(&diag.Text{Name: "searchmatch", Body: literal})
	tree, problems := spl.ParsePredicate(source)
	var p *Predicate
	if !problems.HasErrors() {
		var more diag.List
		p, more = CompilePredicate(tree, &spl.Stage{Source: source}, *c.env)
		problems = append(problems, more...)
	}
	if problems.HasErrors() {
		c.problem(c.call.Args[0].At(), "cannot read the search in searchmatch: "+problems.Errors()[0].Text, "")
		return constant{}
	}
	n := &searchMatch{predicate: p}
	for _, f := range p.fields {
		n.fields = append(n.fields, c.field(f))
	}
	return n
}

// searchMatch is a predicate over the fields of the row at hand.
type searchMatch struct {
	predicate *Predicate
	fields    []int // by the predicate's numbers
}

func (n *searchMatch) eval(r *row) Value {
	if n.predicate.root == nil {
		return Truth(true)
	}
	return Truth(n.predicate.root.of(func(i int) cell { return valueCell(r.get(n.fields[i])) }))
}

// valueCell is a value as conditions see it.
func valueCell(v Value) cell {
	switch v.kind {
	case Null, Bool:
		return cell{null: true}
	case Multi:
		out := cell{multi: make([]text, len(v.list))}
		for i, s := range v.list {
			out.multi[i].s = s
		}
		return out
	}
	return cell{one: text{s: v.String()}}
}
