// Package index is segments of events: appended to by many, read by many.
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
// A Scan sees the events that were appended before it began, and no others. It
// works on several segments at a time and gives their rows in order.
package index
