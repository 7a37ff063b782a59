package results

import (
	"encoding/csv"
	"io"
	"strings"

	"riskreplay/src/batch"
)

// WriteCSV writes a header and one record a row; a multivalue is joined by
// newlines, an absent field is empty.
func WriteCSV(w io.Writer, b *batch.Batch) error {
	out := csv.NewWriter(w)
	if err := out.Write(b.Names); err != nil {
		return err
	}
	record := make([]string, len(b.Columns))
	for r := range b.Len {
		for i, c := range b.Columns {
			record[i] = strings.Join(c.Values(r), "\n")
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
