package index

import (
	"cmp"
	"context"
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

// newestFirst gives rows by time, newest first. Segments whose times overlap are
// selected together; their rows are merged by time alone, and fields are made
// batch by batch, so that who wants ten events pays for little more than ten.
func (s *scan) newestFirst(ctx context.Context, segments []*segment, yield func(*batch.Batch, error) bool) {
	for _, group := range overlapping(segments) {
		rows, err := s.merge(ctx, group)
		if err != nil {
			yield(nil, err)
			return
		}
		parts := s.parts(rows)
		results := ordered(ctx, len(parts), func(_ context.Context, i int) (*batch.Batch, error) {
			return gather(parts[i]), nil
		})
		for b, err := range results {
			if err == nil && b.Len == 0 {
				continue // its segments turned out to be unreadable
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// overlapping groups segments, newest group first, so that all events of a group
// are newer than all of the next. A group's segments are in order of arrival.
func overlapping(segments []*segment) [][]*segment {
	type numbered struct {
		*segment
		arrival int
	}
	list := make([]numbered, len(segments))
	for i, s := range segments {
		list[i] = numbered{s, i}
	}
	slices.SortStableFunc(list, func(a, b numbered) int { return cmp.Compare(b.last, a.last) })
	var groups [][]numbered
	var first event.Time
	for _, s := range list {
		if n := len(groups); n > 0 && s.last >= first {
			groups[n-1] = append(groups[n-1], s)
			first = min(first, s.first)
			continue
		}
		groups = append(groups, []numbered{s})
		first = s.first
	}
	out := make([][]*segment, len(groups))
	for i, g := range groups {
		slices.SortFunc(g, func(a, b numbered) int { return a.arrival - b.arrival })
		for _, s := range g {
			out[i] = append(out[i], s.segment)
		}
	}
	return out
}

// place is a row of a segment's view.
type place struct {
	view    *knowledge.View
	row     int32
	segment *segment
}

// merge selects the rows of segments and orders them, newest first, those of one
// time in reverse order of arrival.
func (s *scan) merge(ctx context.Context, segments []*segment) ([]place, error) {
	var all []place
	selected := ordered(ctx, len(segments), func(_ context.Context, i int) (found, error) {
		defer segments[i].used(s.base)
		return s.find(segments[i]), nil
	})
	n := -1
	for f, err := range selected {
		if err != nil {
			return nil, err
		}
		n++
		all = slices.Grow(all, len(f.rows))
		for _, r := range f.rows {
			all = append(all, place{f.view, r, segments[n]})
		}
	}
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b place) int {
		return cmp.Compare(b.view.Events().Times[b.row], a.view.Events().Times[a.row])
	})
	return all, nil
}

// parts cuts rows into batches, small ones first: many searches want the newest
// few.
func (s *scan) parts(rows []place) [][]place {
	var out [][]place
	for size := 512; len(rows) > 0; size = min(size*4, s.chunk) {
		n := min(size, len(rows))
		out = append(out, rows[:n])
		rows = rows[n:]
	}
	return out
}

// gather makes the batch of rows of several views.
func gather(rows []place) *batch.Batch {
	if len(rows) == 0 {
		return batch.New(0)
	}
	var views []*knowledge.View
	byView := map[*knowledge.View][]int32{}
	for _, p := range rows {
		if _, ok := byView[p.view]; !ok {
			views = append(views, p.view)
		}
		byView[p.view] = append(byView[p.view], p.row)
	}
	from := map[*knowledge.View]int32{}
	batches := make([]*batch.Batch, len(views))
	n := int32(0)
	for i, v := range views {
		batches[i] = v.Batch(byView[v])
		from[v] = n
		n += int32(len(byView[v]))
	}
	if left := readable(rows); len(left) < len(rows) {
		return gather(left)
	}
	if len(batches) == 1 {
		return batches[0]
	}
	order := make([]int32, len(rows))
	for i, p := range rows {
		order[i] = from[p.view]
		from[p.view]++
	}
	return batch.Concat(batches).Gather(order)
}

// readable is the rows whose segments could be read so far.
func readable(rows []place) []place {
	failed := map[*segment]bool{}
	some := false
	for _, p := range rows {
		is, known := failed[p.segment]
		if !known {
			is = p.segment.failed() != nil
			failed[p.segment] = is
		}
		some = some || is
	}
	if !some {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(p place) bool { return failed[p.segment] })
}
