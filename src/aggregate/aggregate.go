// Package aggregate is the functions of stats: count, dc, avg, values, perc95
// and the rest, and the groups that BY makes.
//
// Keys numbers the groups of rows by the values of the BY fields; an Accumulator
// is one function of one field over all groups at once. Both read dictionary
// columns: what depends on one value (its number, its place in another
// dictionary) is found once per distinct value and not once per row.
//
//	keys := aggregate.NewKeys(1, aggregate.KeyOptions{})
//	f, _ := aggregate.Find("sum")
//	sum := f.New(aggregate.Options{})
//	for each batch {
//		rows, groups := keys.Group([]*batch.Column{user}, all)
//		sum.Add(bytes, aggregate.Rows{Rows: rows, Groups: groups, N: keys.Len()})
//	}
//	sum.Column(keys.Len()) // one cell a group
//
// Nulls are skipped and every value of a multivalue counts (rule V3). Functions
// of numbers leave out what is no number. A group without a value has no result,
// but count and dc, which are 0. Numbers print as the shortest decimal that reads
// back the same (rule F3): the average of 3.99 a hundred times is
// 3.9900000000000055.
package aggregate

import "riskreplay/src/batch"

// Func is a function of stats: one row of the table.
type Func struct {
	Name string
	// Help is what the function gives, in a few words.
	Help string
	// Tstats tells whether tstats has the function too.
	Tstats bool
	// Percent: the name carries a number, as in perc95.
	Percent bool
	// Ordered: the result depends on the order of rows.
	Ordered bool
	// Time: the function reads _time beside its field.
	Time bool
	// Rows: the function can stand without a field, and then counts rows.
	Rows bool
	// New starts the function for any number of groups.
	New func(o Options) Accumulator
}

// Options are what a function may depend on besides the values.
type Options struct {
	// NoField: the function stands without a field and counts rows.
	NoField bool
	// Percent is the number of perc95 and its like, 0 <= Percent < 100.
	Percent float64
	// List is how many values list() keeps; 0 is 100.
	List int
	// AllNum: a value that is no number voids a numeric function's group.
	AllNum bool
	// NearestRank: percentiles are one of the numbers; else they lie between two
	// (eval.Rules.PercNearestRank).
	NearestRank bool
}

// Rows are rows of a batch with the group of each. A row stands more than once
// when it belongs to several groups.
type Rows struct {
	Rows, Groups []int32
	// N is the number of groups so far: every group is below it.
	N int
	// Time is the rows' _time, nil where they have none.
	Time *batch.Column
}

// Accumulator is a function at work on all groups. It belongs to one goroutine.
type Accumulator interface {
	// Add takes the field's cells in the rows; a nil column is a field that none
	// of the rows has.
	Add(c *batch.Column, in Rows)
	// Column is the results of groups 0..n-1.
	Column(n int) *batch.Column
}

// Limited is an Accumulator that keeps a limited number of values.
type Limited interface {
	Accumulator
	// Limited tells whether values were left out.
	Limited() bool
}

// grow makes a slice at least n long.
func grow[T any](s []T, n int) []T {
	if n > len(s) {
		s = append(s, make([]T, n-len(s))...)
	}
	return s
}
