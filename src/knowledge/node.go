package knowledge

import (
	"strconv"

	"riskreplay/src/batch"
	"riskreplay/src/eval"
)

// node is one definition of a field: an alias, a calculation, a lookup.
type node interface {
	// column is the field's cells, valid at least in the rows named, one for each
	// row of the scope; nil when none of the rows has the field.
	column(s scope, rows []int32) *batch.Column
	// inputs calls found for every field that the definition may read, with the
	// level it reads it at.
	inputs(found func(name string, level int))
}

// scope is where a definition finds other fields. A level counts the steps that
// were done before: level 0 is what was extracted.
type scope interface {
	field(name string, level int, rows []int32) *batch.Column
	len() int
}

// columnsAt is a scope at a level, for expressions.
type columnsAt struct {
	scope
	level int
}

func (c columnsAt) Column(name string, rows []int32) *batch.Column {
	return c.field(name, c.level, rows)
}
func (c columnsAt) Cost(string) int { return 0 }

// expression is a field computed from others, once per distinct tuple.
type expression struct {
	*eval.Expr
	level int
}

func (e *expression) column(s scope, rows []int32) *batch.Column {
	return e.Column(columnsAt{s, e.level}, rows, s.len())
}

func (e *expression) inputs(found func(string, int)) {
	for _, f := range e.Fields() {
		found(f, e.level)
	}
}

// constant is a text in every row.
type constant string

func (c constant) column(s scope, _ []int32) *batch.Column {
	return batch.Constant(string(c), s.len())
}
func (constant) inputs(func(string, int)) {}

// null is a field that is not there: the end of a case without a branch.
type null struct{}

func (null) column(scope, []int32) *batch.Column { return nil }
func (null) inputs(func(string, int))            {}

// copied is another field, or the same one at an earlier level.
type copied struct {
	name  string
	level int
}

func (c copied) column(s scope, rows []int32) *batch.Column { return s.field(c.name, c.level, rows) }
func (c copied) inputs(found func(string, int))             { found(c.name, c.level) }

// fallback is the first of its parts that is not null. Each part is computed only
// where those before it are null.
type fallback struct{ parts []node }

func (f *fallback) column(s scope, rows []int32) *batch.Column {
	var pieces []piece
	all := rows
	for _, n := range f.parts {
		if len(rows) == 0 {
			break
		}
		c := n.column(s, rows)
		if c == nil {
			continue
		}
		var has, left []int32
		for _, r := range rows {
			if c.IsNull(int(r)) {
				left = append(left, r)
			} else {
				has = append(has, r)
			}
		}
		if left == nil {
			has = rows
		}
		pieces = append(pieces, piece{has, c})
		rows = left
	}
	return join(pieces, all, s.len())
}

func (f *fallback) inputs(found func(string, int)) {
	for _, n := range f.parts {
		n.inputs(found)
	}
}

// choice is a case or an if: the selector gives a branch's number, and each
// branch is computed only in its rows, so that the fields it reads are extracted
// only there.
type choice struct {
	selector expression
	branches []node
}

// branchText is what the selector gives for a branch.
func branchText(i int) string { return strconv.Itoa(i) }

func (c *choice) column(s scope, rows []int32) *batch.Column {
	chosen := make([][]int32, len(c.branches))
	if sel := c.selector.column(s, rows); sel != nil {
		branch := make([]int, sel.Dict.Len())
		for code := range branch {
			branch[code] = -1
			if n, ok := sel.Dict.Num(batch.Code(code)); ok {
				branch[code] = int(n)
			}
		}
		c.split(sel, branch, rows, chosen)
	}
	pieces := make([]piece, 0, len(c.branches))
	for i, n := range c.branches {
		if len(chosen[i]) > 0 {
			pieces = append(pieces, piece{chosen[i], n.column(s, chosen[i])})
		}
	}
	return join(pieces, rows, s.len())
}

func (c *choice) split(sel *batch.Column, branch []int, rows []int32, chosen [][]int32) {
	first := -1
	if len(rows) > 0 {
		first = branch[sel.Codes[rows[0]]]
	}
	same := first >= 0
	for _, r := range rows {
		if branch[sel.Codes[r]] != first {
			same = false
			break
		}
	}
	if same {
		chosen[first] = rows
		return
	}
	for _, r := range rows {
		if b := branch[sel.Codes[r]]; b >= 0 {
			chosen[b] = append(chosen[b], r)
		}
	}
}

func (c *choice) inputs(found func(string, int)) {
	c.selector.inputs(found)
	for _, n := range c.branches {
		n.inputs(found)
	}
}
