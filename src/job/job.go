// Package job is a search as Splunk runs it, here or there: the Runner seam.
//
// Whatever runs a search goes through a Runner; behind it is the embedded engine
// or a Splunk over REST. What a Runner promises is the same for both: the rows
// in Splunk's order, messages with their places, and an error only when there
// is no result.
package job

import (
	"context"
	"iter"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/results"
)

// Request is a search to run.
type Request struct {
	// Search is SPL; macros in it are expanded by who runs it. Name is what
	// messages call it, "<search>" when empty.
	Search, Name string
	// Earliest and Latest are time arguments as Splunk takes them (-70m@m, an
	// epoch, an ISO time), "" for no bound.
	Earliest, Latest string
	// Now is the moment that relative times and now() count from.
	Now time.Time
	// App is whose knowledge is used; Owner is "nobody" when empty; SavedSearch
	// is the saved search that this is a run of.
	App, Owner, SavedSearch string
	// Without are commands that this search must not have, in subsearches, macros and
	// saved searches neither: who asks may not use them. It is for a Runner that is the
	// Splunk; another Splunk knows what its users may do.
	Without []string
	// Watch, when it is not nil, is asked before each block of events that the search
	// reads, with their number, by several goroutines. It may wait, and so hold the
	// search; io.EOF ends the reading as if there were no more events, any other error
	// the search. It is for a Runner that is the Splunk.
	Watch func(ctx context.Context, read int) error
	// Input, when it is not nil, is what the search begins with: its text is then a pipe
	// and what comes behind it. It is for a Runner that is the Splunk.
	Input *Input
	// SID is the search id to use; made up when empty.
	SID    string
	Limits Limits
}

// Input is rows for a search to begin with, such as another's results.
type Input struct {
	// Fields are the rows' fields, in order.
	Fields []string
	// Rows gives the rows, each time from the first on.
	Rows func() iter.Seq2[*batch.Batch, error]
}

// Limits bound a search; zero takes Splunk's default.
type Limits struct {
	SortRows, ListValues, ResultRows int
	// Of searches in brackets: rows of one that becomes a condition (10,000), of the
	// right side of join (50,000), of append and union (50,000); the time of each
	// (60 s).
	SubsearchRows, JoinRows, AppendRows int
	SubsearchTime                       time.Duration
}

// Result is a search that runs or has run.
type Result struct {
	SID  string
	Rows results.Reader
	// Ordered tells whether a command fixed the order of columns; else they are
	// shown by name. Events tells whether rows are events with _raw.
	Ordered, Events bool
	// Messages are complete when Rows is at its end.
	Messages func() []diag.Message
	// Earliest and Latest are the time range searched; a zero time is no bound.
	Earliest, Latest time.Time
}

// Runner runs searches. It is safe for concurrent use; the context ends a
// search, also while its rows are read.
type Runner interface {
	Run(ctx context.Context, r Request) (*Result, error)
}
