package eval

import (
	"cmp"
	"slices"
)

// step is a part of a compiled predicate.
type step interface {
	// pick gives the rows, of those named (at least one), for which the step is
	// true; it may give rows itself.
	pick(c Columns, rows []int32) []int32
	// of is the step for one row, whose fields are asked for by their number.
	of(row func(field int) cell) bool
	// estimate is what pick would cost over n rows: first what must be
	// extracted, then the work.
	estimate(c Columns, rows []int32) cost
}

// cost orders steps: extraction is far dearer than work.
type cost struct{ extract, work int }

func (a cost) compare(b cost) int {
	return cmp.Or(cmp.Compare(a.extract, b.extract), cmp.Compare(a.work, b.work))
}

// truth is a constant.
type truth bool

func (t truth) of(func(int) cell) bool         { return bool(t) }
func (t truth) estimate(Columns, []int32) cost { return cost{} }
func (t truth) pick(_ Columns, rows []int32) []int32 {
	if t {
		return rows
	}
	return nil
}

// conjunction is AND: each part sees only the rows that are left, cheap parts
// first.
type conjunction []step

func (a conjunction) pick(c Columns, rows []int32) []int32 {
	for _, s := range inOrder(a, c, rows) {
		if rows = s.pick(c, rows); len(rows) == 0 {
			return nil
		}
	}
	return rows
}

func (a conjunction) of(row func(int) cell) bool {
	for _, s := range a {
		if !s.of(row) {
			return false
		}
	}
	return true
}

func (a conjunction) estimate(c Columns, rows []int32) cost { return sum(a, c, rows) }

// disjunction is OR: each part sees only the rows that are not true yet, cheap
// parts first.
type disjunction []step

func (o disjunction) pick(c Columns, rows []int32) []int32 {
	var found []int32
	for _, s := range inOrder(o, c, rows) {
		more := s.pick(c, rows)
		if len(more) == len(rows) {
			return merge(found, rows)
		}
		found = merge(found, more)
		rows = without(rows, more)
	}
	return found
}

func (o disjunction) of(row func(int) cell) bool {
	for _, s := range o {
		if s.of(row) {
			return true
		}
	}
	return false
}

func (o disjunction) estimate(c Columns, rows []int32) cost { return sum(o, c, rows) }

// negation is NOT over more than one field.
type negation struct{ step }

func (n negation) pick(c Columns, rows []int32) []int32 { return without(rows, n.step.pick(c, rows)) }
func (n negation) of(row func(int) cell) bool           { return !n.step.of(row) }

// inOrder is the parts, cheapest first.
func inOrder(list []step, c Columns, rows []int32) []step {
	type priced struct {
		step
		cost
	}
	sorted := make([]priced, len(list))
	for i, s := range list {
		sorted[i] = priced{s, s.estimate(c, rows)}
	}
	slices.SortStableFunc(sorted, func(a, b priced) int { return a.cost.compare(b.cost) })
	out := make([]step, len(list))
	for i, p := range sorted {
		out[i] = p.step
	}
	return out
}

func sum(list []step, c Columns, rows []int32) cost {
	var out cost
	for _, s := range list {
		x := s.estimate(c, rows)
		out.extract = max(out.extract, x.extract)
		out.work += x.work
	}
	return out
}

// merge joins two ascending lists that share no row.
func merge(a, b []int32) []int32 {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := make([]int32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0] < b[0] {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// without is the rows that are not in some, an ascending part of them.
func without(rows, some []int32) []int32 {
	if len(some) == 0 {
		return rows
	}
	if len(some) == len(rows) {
		return nil
	}
	out := make([]int32, 0, len(rows)-len(some))
	for _, r := range rows {
		if len(some) > 0 && some[0] == r {
			some = some[1:]
			continue
		}
		out = append(out, r)
	}
	return out
}
