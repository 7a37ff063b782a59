package spill

import (
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// pick is a row of some batch.
type pick struct {
	b   *batch.Batch
	row int32
}

// mix is the rows picked as one batch, columns in order of first appearance.
func mix(picks []pick) *batch.Batch {
	out := batch.New(len(picks))
	var names []string
	var last *batch.Batch
	seen := map[*batch.Batch]bool{}
	for _, p := range picks {
		if p.b == last || seen[p.b] {
			continue
		}
		last, seen[p.b] = p.b, true
		for _, n := range p.b.Names {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	columns := make(map[*batch.Batch]*batch.Column, len(seen))
	for _, n := range names {
		for b := range seen {
			columns[b] = b.Column(n)
		}
		out.Set(n, mixColumn(picks, columns))
	}
	return out
}

func mixColumn(picks []pick, columns map[*batch.Batch]*batch.Column) *batch.Column {
	if c := mixPlain(picks, columns); c != nil {
		return c
	}
	out := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, len(picks))}
	type source struct {
		codes []batch.Code
		to    *batch.Translation
	}
	tr := batch.NewTranslator(out.Dict)
	sources := make(map[*batch.Batch]source, len(columns))
	for b, c := range columns {
		if c != nil && c.Len() > 0 {
			c = c.Coded()
			sources[b] = source{c.Codes, tr.From(c.Dict)}
		}
	}
	var last *batch.Batch
	var from source
	for i, p := range picks {
		if p.b != last {
			last, from = p.b, sources[p.b]
		}
		if from.to != nil {
			out.Codes[i] = from.to.Code(from.codes[p.row])
		}
	}
	return out
}

// mixPlain is mixColumn for columns that are all times, or all bytes.
func mixPlain(picks []pick, columns map[*batch.Batch]*batch.Column) *batch.Column {
	times, bytes := true, true
	for _, c := range columns {
		times = times && c != nil && c.Times != nil
		bytes = bytes && c != nil && c.Bytes != nil
	}
	switch {
	case times:
		out := &batch.Column{Times: make([]event.Time, len(picks))}
		for i, p := range picks {
			out.Times[i] = columns[p.b].Times[p.row]
		}
		return out
	case bytes:
		out := &batch.Column{Bytes: make([][]byte, len(picks))}
		for i, p := range picks {
			out.Bytes[i] = columns[p.b].Bytes[p.row]
		}
		return out
	}
	return nil
}
