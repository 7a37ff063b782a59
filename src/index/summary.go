package index

import (
	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// Summary is what there is to tell of an index without searching it.
type Summary struct {
	Events int
	// RawBytes is of the events as they arrived.
	RawBytes int64
	// First and Last are the least and the greatest time; 0 without events.
	First, Last event.Time
	// Parts are the segments in files, in order of arrival, and at the end what is
	// in journals or in memory alone.
	Parts []Part
}

// Part is a segment of an index, or what is in no file yet.
type Part struct {
	// Name is the segment's file, "" for what is in none.
	Name     string
	Events   int
	RawBytes int64
	// FileBytes is the size of the file.
	FileBytes   int64
	First, Last event.Time
	// Sourcetypes are in byte order; nil when there are too many to list.
	Sourcetypes []string
}

// Summary counts the events that are there now.
func (x *Index) Summary() (Summary, error) {
	all, err := x.segments()
	var out Summary
	var rest []*segment
	for _, s := range all {
		if s.stored == nil {
			rest = append(rest, s)
			continue
		}
		if e := s.stored.entry; s.failed() == nil {
			out.add(Part{e.file(), e.Events, e.RawBytes, e.FileBytes, e.First, e.Last, e.Sourcetypes})
		}
	}
	if len(rest) > 0 {
		out.add(unwritten(rest))
	}
	return out, err
}

func (s *Summary) add(p Part) {
	if s.Events == 0 {
		s.First, s.Last = p.First, p.Last
	}
	s.First, s.Last = min(s.First, p.First), max(s.Last, p.Last)
	s.Events += p.Events
	s.RawBytes += p.RawBytes
	s.Parts = append(s.Parts, p)
}

// unwritten is the part of segments in memory.
func unwritten(list []*segment) Part {
	p := Part{First: list[0].first, Last: list[0].last}
	var sourcetypes listed
	for _, s := range list {
		p.Events += s.Len()
		p.RawBytes += int64(s.bytes)
		p.First, p.Last = min(p.First, s.first), max(p.Last, s.last)
		sourcetypes.column(s.Sourcetype, batch.AllRows(s.Len()))
	}
	p.Sourcetypes = sourcetypes.list()
	return p
}
