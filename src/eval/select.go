package eval

import (
	"slices"

	"riskreplay/src/batch"
)

// Select gives the rows, of those named, for which the expression is true, in
// their order: null is not true. The parts of an AND see only the rows that are
// left, those of an OR only the rows that are not true yet, cheap fields first.
// The result may be rows itself; nobody writes to either.
func (x *Expr) Select(c Columns, rows []int32) []int32 {
	if len(rows) == 0 {
		return nil
	}
	return x.pick(x.root, c, rows)
}

func (x *Expr) pick(p part, c Columns, rows []int32) []int32 {
	n, ok := p.node.(*logicNode)
	if !ok || x.volatile || len(p.fields) < 2 {
		return x.pickPart(p, c, rows)
	}
	parts := x.cheapFirst(n.grouped(), c)
	if n.and {
		for _, p := range parts {
			if rows = x.pick(p, c, rows); len(rows) == 0 {
				return nil
			}
		}
		return rows
	}
	var found []int32
	for _, p := range parts {
		more := x.pick(p, c, rows)
		found = merge(found, more)
		if rows = without(rows, more); len(rows) == 0 {
			break
		}
	}
	return found
}

// grouped is the parts, those that read the same fields as one: they are computed
// together, once per distinct tuple.
func (n *logicNode) grouped() []part {
	var out []part
	for _, p := range n.parts {
		i := slices.IndexFunc(out, func(o part) bool { return slices.Equal(o.fields, p.fields) })
		if i < 0 {
			out = append(out, p)
			continue
		}
		g, ok := out[i].node.(*together)
		if !ok {
			g = &together{logicNode{n.and, []part{out[i]}}}
			out[i].node = g
		}
		g.parts = append(g.parts, p)
	}
	return out
}

// together is an AND or OR that is not taken apart.
type together struct{ logicNode }

// cheapFirst orders parts by what must be extracted for them, then by the
// number of their fields.
func (x *Expr) cheapFirst(parts []part, c Columns) []part {
	price := func(p part) cost {
		out := cost{work: len(p.fields)}
		for _, f := range p.fields {
			out.extract = max(out.extract, c.Cost(x.fields[f]))
		}
		return out
	}
	slices.SortStableFunc(parts, func(a, b part) int { return price(a).compare(price(b)) })
	return parts
}

func (x *Expr) pickPart(p part, c Columns, rows []int32) []int32 {
	in := open(p, x.fields, c, rows)
	if col, i := in.single(); col != nil && !x.volatile {
		return pickCodes(col, rows, func(code batch.Code) bool { return in.valueOf(i, code).IsTrue() })
	}
	var out []int32
	each(in, rows, x.volatile, Value.IsTrue, func(r int32, ok bool) {
		if ok {
			out = append(out, r)
		}
	})
	if len(out) == len(rows) {
		return rows
	}
	return out
}
