// Package index is segments of events, in memory or in a folder: appended to by
// many, read by many.
//
// A segment is up to 256k events as columns: host, source, sourcetype and index
// are codes of dictionaries, _time is a list of times, and _raw are the slices
// that the reader of the events cut, kept as they are and never copied. Every
// other field is made when a search asks for it (package knowledge) and kept
// beside the segment, so that searches over the same data share the work.
//
//	x := index.New(index.Options{})
//	ticket, err := x.Append(ctx, events)
//	for rows, err := range x.Scan(ctx, base, index.Query{Fields: []string{"*"}}) { ... }
//
// An index in a folder (Open) loses nothing: when a ticket's Wait has returned nil,
// the events are on disk, whatever happens to the process or the machine. They are
// first in a journal, and in memory; when they are many, or at Close, they become a
// Parquet file, of which a search reads what it needs. One process at a time writes to a folder, any
// number read. docs/index-format.md describes the files.
//
//	x, err := index.Open("events", index.Options{})
//	ticket, err := x.Append(ctx, events)
//	err = ticket.Wait(ctx) // nil: they are safe
//
// A Scan sees the events that were appended before it began, and no others. It
// works on several segments at a time and gives their rows in order.
package index
