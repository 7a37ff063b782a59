package lookup

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"riskreplay/src/batch"
)

// Batch is all rows of the table under its columns; an empty cell is null.
func (t *Table) Batch() *batch.Batch {
	out := batch.New(len(t.rows))
	for i, name := range t.columns {
		if out.Column(name) != nil {
			continue // a header may name a column twice: the first counts
		}
		c := batch.Nulls(len(t.rows))
		for r, row := range t.rows {
			switch cell := row[i]; {
			case cell == "":
			case t.collection && strings.Contains(cell, "\n"):
				c.Codes[r] = c.Dict.AddValues(strings.Split(cell, "\n"))
			default:
				c.Codes[r] = c.Dict.AddShared(cell)
			}
		}
		out.Set(name, c)
	}
	return out
}

// filtered is the table with the rows for which keep is true.
func (t *Table) filtered(rows []int32) *Table {
	out := *t
	out.rows = make([][]string, len(rows))
	for i, r := range rows {
		out.rows[i] = t.rows[r]
	}
	return &out
}

// expanded is what a compressed file holds, at most as much as a file may.
func expanded(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err == nil && len(out) > maxBytes {
		err = errors.New("the file is larger than 512 MiB")
	}
	return out, err
}

func compressed(w io.Writer) (io.Writer, func() error) {
	z := gzip.NewWriter(w)
	return z, z.Close
}
