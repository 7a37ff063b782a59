package eval

import "riskreplay/src/batch"

// Columns is where predicates and expressions find their fields. A batch is one
// (see Of); an index segment is another, which extracts a field only when it is
// asked for, and only for the rows that are left.
type Columns interface {
	// Column gives a field's cells, valid at least in the rows named; cells of
	// other rows may hold anything. Nil means that none of the rows has the
	// field. The column has a cell for every row of the whole set.
	Column(name string, rows []int32) *batch.Column
	// Cost is how dear it is to get the field: 0 when the column is there, more
	// when it must be extracted first. Conditions on cheap fields go first.
	Cost(name string) int
}

// Of is a batch as Columns.
func Of(b *batch.Batch) Columns { return batchColumns{b} }

type batchColumns struct{ *batch.Batch }

func (b batchColumns) Column(name string, _ []int32) *batch.Column { return b.Batch.Column(name) }
func (b batchColumns) Cost(string) int                             { return 0 }
