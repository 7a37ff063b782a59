package scp

import (
	"slices"
	"strconv"
)

// mergeError is splunkd's text for a reply that cannot be merged.
const mergeError = "Invalid '" + chunkedIndex + "' from external search process: out of range or out of order."

// namesAll tells that fields are not selected.
func namesAll(fields []string) bool { return len(fields) == 0 || slices.Contains(fields, "*") }

// only is a table's fields of these names; one that is not there is null.
func only(rows *Table, fields []string) Table {
	t := Table{Rows: rows.Rows}
	var null [][]string
	for _, f := range fields {
		if slices.Contains(t.Fields, f) || f == chunkedIndex {
			continue
		}
		cells := rows.Column(f)
		if cells == nil {
			if null == nil {
				null = make([][]string, rows.Rows)
			}
			cells = null
		}
		t.Fields, t.Cells = append(t.Fields, f), append(t.Cells, cells)
	}
	return t
}

// numbers is the column _chunked_idx.
func numbers(rows int) [][]string {
	texts, cells := make([]string, rows), make([][]string, rows)
	for i := range cells {
		texts[i] = strconv.Itoa(i)
		cells[i] = texts[i : i+1 : i+1]
	}
	return cells
}

// merge puts a reply into the rows that were sent: its rows are those numbered,
// its fields replace theirs. A new field that is null in every row is none. ok is
// false when the numbers are not ascending ones of rows sent.
func merge(sent, reply *Table) (out Table, ok bool) {
	if reply.Rows == 0 {
		return Table{Fields: sent.Fields, Cells: make([][][]string, len(sent.Fields))}, true
	}
	index := reply.Column(chunkedIndex)
	if index == nil {
		return Table{}, false
	}
	at, last := make([]int, reply.Rows), -1
	for i, cell := range index {
		if len(cell) != 1 {
			return Table{}, false
		}
		n, err := strconv.Atoi(cell[0])
		if err != nil || n <= last || n >= sent.Rows {
			return Table{}, false
		}
		at[i], last = n, n
	}
	out.Rows = reply.Rows
	for f, name := range sent.Fields {
		cells := reply.Column(name)
		if cells == nil {
			cells = make([][]string, len(at))
			for i, n := range at {
				cells[i] = sent.Cells[f][n]
			}
		}
		out.Fields, out.Cells = append(out.Fields, name), append(out.Cells, cells)
	}
	for f, name := range reply.Fields {
		if name == chunkedIndex || slices.Contains(sent.Fields, name) || slices.Contains(out.Fields, name) || allNull(reply.Cells[f]) {
			continue
		}
		out.Fields, out.Cells = append(out.Fields, name), append(out.Cells, reply.Cells[f])
	}
	return out, true
}

func allNull(cells [][]string) bool {
	for _, c := range cells {
		if len(c) > 0 {
			return false
		}
	}
	return true
}
