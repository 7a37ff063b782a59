package hec

import (
	"net/url"
	"slices"

	"riskreplay/src/event"
)

// metadata is what a request to the raw endpoint has once for all its events.
type metadata struct{ index, host, source, sourcetype string }

func metadataOf(e event.Event) metadata {
	return metadata{e.Index, e.Host, e.Source, e.Sourcetype}
}

// rawPath is the raw endpoint with what holds for an event and those like it.
func rawPath(e event.Event) string {
	query := url.Values{}
	for name, value := range map[string]string{"index": e.Index, "host": e.Host, "source": e.Source, "sourcetype": e.Sourcetype} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return "/raw?" + query.Encode()
}

// byMetadata has events with the same metadata stand together, in their order, the
// kinds in the order of their first events.
func byMetadata(events []event.Event, todo []int) []int {
	first := map[metadata]int{}
	for _, i := range todo {
		if m := metadataOf(events[i]); first[m] == 0 {
			first[m] = i + 1 // 0 is none
		}
	}
	slices.SortStableFunc(todo, func(a, b int) int { return first[metadataOf(events[a])] - first[metadataOf(events[b])] })
	return todo
}

// fillRaw writes the bytes of the first events of todo that have the same
// metadata, a line end behind each, bounded as fill bounds them.
func (p *packer) fillRaw(events []event.Event, todo []int, maxBytes, maxEvents int) int {
	p.plain = p.plain[:0]
	same := metadataOf(events[todo[0]])
	for n, i := range todo {
		e := &events[i]
		if n == maxEvents || n > 0 && (len(p.plain)+len(e.Raw) >= maxBytes || metadataOf(*e) != same) {
			return n
		}
		p.plain = append(append(p.plain, e.Raw...), '\n')
	}
	return len(todo)
}

// isolateRaw buries what an answer of the raw endpoint refuses: all events of an
// index that may not be written. Else, as nothing of the body was taken, less is
// sent at once until what is at fault stands alone.
func (d *delivery) isolateRaw(todo []int, n int, a answer) []int {
	if a.Code == CodeIncorrectIndex {
		return d.buryIndex(todo, d.batch.Events[todo[0]].Index, a.reason())
	}
	return d.shrink(todo, n, a)
}
