package command

import (
	"context"
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var uniqSpec = search.Spec{
	Name: "uniq", Kind: search.Centralized,
	Syntax:  "uniq",
	Help:    "drops each row that is in all fields like the one before it",
	Example: `| table user action | uniq`,
	Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
		return &uniq{shown{st}}, nil
	},
}

// uniq compares all fields, so that it needs all that there are: also those that
// nobody reads afterwards.
type uniq struct{ shown }

func (s *uniq) Shape(in search.Schema) (search.Schema, diag.List) { return in, nil }

func (s *uniq) Needs([]string) []string { return []string{"*"} }

func (s *uniq) Open(search.World) (search.Operator, error) { return &uniquing{}, nil }

// uniquing compares rows by the codes of their cells within a batch, and by their
// texts with the last row of the batch before.
type uniquing struct{ last string }

func (o *uniquing) Push(_ context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	if in.Len == 0 {
		return nil
	}
	var columns []*batch.Column
	for _, c := range in.Columns {
		columns = append(columns, c.Coded())
	}
	var keep []int32
	for r := range in.Len {
		if r > 0 && equalRows(columns, r-1, r) || r == 0 && rowKey(in, 0) == o.last {
			continue
		}
		keep = append(keep, int32(r))
	}
	o.last = rowKey(in, in.Len-1)
	if len(keep) == 0 {
		return nil
	}
	return emit(choose(in, keep))
}

func (*uniquing) Finish(context.Context, func(*batch.Batch) error) error { return nil }

func equalRows(columns []*batch.Column, a, b int) bool {
	for _, c := range columns {
		if c.Codes[a] != c.Codes[b] {
			return false
		}
	}
	return true
}

// rowKey is a row as text that no other row has.
func rowKey(b *batch.Batch, row int) string {
	var out strings.Builder
	b = b.Slice(row, row+1).Sorted()
	for i, c := range b.Columns {
		for _, v := range c.Values(0) {
			out.WriteString(strconv.Quote(b.Names[i]) + "=" + strconv.Quote(v) + " ")
		}
	}
	return out.String() + "."
}
