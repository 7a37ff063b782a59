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
	if col, i := in.single(); col != nil && !x.volatile && col.Dict.Len() <= 8*len(rows) {
		in.translate(out, col, i, rows, x.adder(out.Dict, in))
		return out
	}
	each(in, rows, x.volatile,
		x.adder(out.Dict, in),
		func(r int32, code batch.Code) { out.Codes[r] = code })
	return out
}

// translate fills a column by the codes of the single column that decides it,
// each computed when a row has it.
func (in *inputs) translate(out, col *batch.Column, i int, rows []int32, add func(Value) batch.Code) {
	memo := make([]batch.Code, col.Dict.Len()) // code+1, 0 is not known yet
	for _, r := range rows {
		code := col.Codes[r]
		if memo[code] == 0 {
			memo[code] = add(in.valueOf(i, code)) + 1
		}
		out.Codes[r] = memo[code] - 1
	}
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
