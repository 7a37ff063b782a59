package eval

import "riskreplay/src/batch"

// Column is the value for each row named, as a column of n cells; the others are
// null, and so is a cell whose value is a boolean (rule E4).
func (x *Expr) Column(c Columns, rows []int32, n int) *batch.Column {
	if len(rows) == 0 {
		return batch.Nulls(n)
	}
	if f, ok := x.root.node.(fieldNode); ok && len(rows) == n {
		return fieldColumn(c.Column(x.fields[f], rows), n)
	}
	out := batch.Nulls(n)
	in := open(x.root, x.fields, c, rows)
	each(in, rows, x.volatile,
		func(v Value) batch.Code { return addValue(out.Dict, v) },
		func(r int32, code batch.Code) { out.Codes[r] = code })
	return out
}

// fieldColumn is a copy of a field: the column itself.
func fieldColumn(c *batch.Column, n int) *batch.Column {
	if c == nil {
		return batch.Nulls(n)
	}
	return c
}

// addValue gives a value's code in a dictionary: null for null and booleans.
func addValue(d *batch.Dict, v Value) batch.Code {
	switch v.kind {
	case String, Number:
		return d.Add(v.String())
	case Multi:
		return d.AddValues(v.list)
	}
	return 0
}
