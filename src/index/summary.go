package index

import "riskreplay/src/event"

// Summary is what there is to tell of an index without searching it.
type Summary struct {
	Events int
	// RawBytes is of the events as they arrived.
	RawBytes int64
	// First and Last are the least and the greatest time; 0 without events.
	First, Last event.Time
}

// Summary counts the events that are there now.
func (x *Index) Summary() (Summary, error) {
	all, err := x.segments()
	var out Summary
	for i, s := range all {
		out.Events += s.Len()
		out.RawBytes += int64(s.bytes)
		if i == 0 {
			out.First, out.Last = s.first, s.last
		}
		out.First, out.Last = min(out.First, s.first), max(out.Last, s.last)
	}
	return out, err
}
