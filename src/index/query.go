package index

import (
	"riskreplay/src/eval"
	"riskreplay/src/event"
)

// Query is what a search wants of an index.
type Query struct {
	// Earliest <= _time < Latest. Zero is no bound.
	Earliest, Latest event.Time
	// Model and Dataset name a data model's dataset, such as Endpoint and
	// Processes; then the rows are the dataset's events, Where and Fields name
	// its fields as a search does ("Processes.dest", and _time, host, source,
	// sourcetype, index without a prefix). Empty: events with all their fields.
	Model, Dataset string
	// Where is the condition on rows; nil keeps all.
	Where *eval.Predicate
	// Fields are the columns wanted; `*` in a name is a wildcard. A field that no
	// row has gives no column. _time, _raw, host, source, sourcetype, index,
	// eventtype and tag are fields like others.
	Fields []string
	// NewestFirst orders rows by _time, newest first, those of one time in
	// reverse order of arrival; else the order is that of the segments.
	NewestFirst bool
	// Indexes are the patterns of index names that the search names (index=risk,
	// index=*), found by who plans it; * in front finds no internal index (names
	// beginning with _). Empty: those that the dataset's constraint names, else
	// every index but the internal ones, risk, notable and summary.
	Indexes []string
}
