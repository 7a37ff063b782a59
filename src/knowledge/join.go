package knowledge

import "riskreplay/src/batch"

// piece is a column that counts for some rows only.
type piece struct {
	rows   []int32
	column *batch.Column // nil: null in these rows
}

// join makes one column of pieces whose rows do not overlap: valid in rows, null
// in those of them that no piece has, n cells long. It is nil when no row has a
// value.
func join(pieces []piece, rows []int32, n int) *batch.Column {
	filled := pieces[:0]
	for _, p := range pieces {
		if p.column != nil && len(p.rows) > 0 {
			filled = append(filled, p)
		}
	}
	switch {
	case len(filled) == 0:
		return nil
	case len(filled) == 1 && len(filled[0].rows) == len(rows):
		return filled[0].column
	}
	dict := batch.NewDict()
	out := &batch.Column{Dict: dict, Codes: make([]batch.Code, n)}
	to := batch.NewTranslator(dict)
	for _, p := range filled {
		c := codedAt(p.column, p.rows)
		tr := to.From(c.Dict)
		for _, r := range p.rows {
			out.Codes[r] = tr.Code(c.Codes[r])
		}
	}
	return out
}

// codedAt is a column in dictionary form, at least in the rows named.
func codedAt(c *batch.Column, rows []int32) *batch.Column {
	if c.Codes != nil || c.Len() == 0 {
		return c
	}
	out := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, c.Len())}
	var text [32]byte
	for _, r := range rows {
		switch {
		case c.Times != nil:
			out.Codes[r] = out.Dict.AddBytes(c.Times[r].Append(text[:0]))
		case c.Bytes[r] != nil:
			out.Codes[r] = out.Dict.AddBytes(c.Bytes[r])
		}
	}
	return out
}

// spread is the inverse of Gather: a column of n rows that has c's cells at the
// rows named.
func spread(c *batch.Column, rows []int32, n int) *batch.Column {
	if c == nil {
		return nil
	}
	c = c.Coded()
	out := &batch.Column{Dict: c.Dict, Codes: make([]batch.Code, n)}
	for i, r := range rows {
		out.Codes[r] = c.Codes[i]
	}
	return out
}
