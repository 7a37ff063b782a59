package ingest

import "bytes"

// stashFormat is what searches write: risk events, notables, summaries. A header
// gives the metadata of what follows it; an event goes to the line that begins the
// next one, or lies between two breakers.
//
//	***SPLUNK*** index=risk source="Some - Rule" sourcetype=stash
//	==##~~##~~  1E8N3D4E6V5E7N2T9 ~~##~~##==
//	01/15/2026 11:40:12 +0000, search_name="Some - Rule", risk_score=64, ...
var stashFormat = format{name: "stash", sniff: sniffStash, open: func(*reader, []byte) breaker { return &stash{} }}

var (
	stashHeader  = []byte("***SPLUNK***")
	stashBreaker = []byte("==##~~##~~")
	searchName   = []byte("search_name=")
)

func sniffStash(head []byte) (yes bool) {
	wholeLines(head, 1, func(line []byte) {
		yes = bytes.HasPrefix(line, stashHeader) || stashStart(line) &&
			(bytes.Contains(line, searchName) || bytes.Contains(line, []byte("info_min_time=")) || bytes.Contains(line, []byte("info_search_time=")))
	})
	return yes
}

// stashStart tells a line that begins an event: a date or an epoch time, and a
// comma.
func stashStart(line []byte) bool {
	_, n := usTime(line)
	if n == 0 {
		n = epochWidth(line)
	}
	return n > 0 && n < len(line) && line[n] == ','
}

// stash is where a reader of the format stands.
type stash struct {
	header found
	// parted tells that breakers part the events.
	parted bool
}

func (s *stash) split(r *reader, last bool) int {
	data := r.data
	for i := 0; i < len(data); {
		end, whole := stashLine(data, i, last)
		if !whole {
			return i
		}
		switch line := trimLine(data[i:end]); {
		case isBlank(line):
		case bytes.HasPrefix(line, stashHeader):
			s.readHeader(r, line)
		case bytes.HasPrefix(line, stashBreaker):
			s.parted = true
		default:
			if end, whole = s.eventEnd(data, i, end, last); !whole {
				return i
			}
			s.add(r, i, trimLine(data[i:end]))
		}
		i = end
	}
	return len(data)
}

// stashLine is where the line at i ends; false when its end is not here yet.
func stashLine(data []byte, i int, last bool) (int, bool) {
	end := i + lineEnd(data[i:])
	return end, last || data[end-1] == '\n'
}

// eventEnd is where the event ends whose first line is data[i:end].
func (s *stash) eventEnd(data []byte, i, end int, last bool) (int, bool) {
	if !s.parted && !stashStart(data[i:end]) {
		return end, true
	}
	for end < len(data) {
		next, whole := stashLine(data, end, last)
		if !whole {
			return 0, false
		}
		line := data[end:next]
		if bytes.HasPrefix(line, stashHeader) || bytes.HasPrefix(line, stashBreaker) || !s.parted && stashStart(line) {
			return end, true
		}
		end = next
	}
	return end, last
}

func (s *stash) add(r *reader, start int, raw []byte) {
	t, ok := textTime(raw, r.o.Now)
	e := r.meta.other(raw, r.time(t, ok, start))
	f := s.header
	f.sourcetype = or(f.sourcetype, stashType)
	if i := bytes.Index(raw, searchName); f.source == "" && i >= 0 {
		value, _ := stashValue(raw[i+len(searchName):])
		f.set(&r.meta, "source", value)
	}
	f.lay(&e, r.meta.given)
	r.add(start, e)
}

// readHeader reads key=value pairs, the values bare or in quotes.
func (s *stash) readHeader(r *reader, line []byte) {
	*s = stash{}
	for rest := line[len(stashHeader):]; ; {
		key, value, ok := bytes.Cut(rest, []byte("="))
		if !ok {
			return
		}
		if i := bytes.LastIndexAny(key, blanks); i >= 0 {
			key = key[i+1:]
		}
		value, rest = stashValue(value)
		if len(value) > 0 {
			s.header.set(&r.meta, string(key), value)
		}
	}
}

// stashValue is the value that text begins with, and what follows it.
func stashValue(text []byte) (value, rest []byte) {
	if quoted, ok := bytes.CutPrefix(text, []byte(`"`)); ok {
		value, rest, _ = bytes.Cut(quoted, []byte(`"`))
		return value, rest
	}
	if i := bytes.IndexAny(text, blanks+","); i >= 0 {
		return text[:i], text[i:]
	}
	return text, nil
}
