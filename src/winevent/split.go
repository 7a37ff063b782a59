package winevent

import "bytes"

// Split finds the first whole event in data: `<Event ...>` to `</Event>`, and not
// <Events>, <EventData> or <EventID>. Events need not stand on lines of their
// own. When a second event begins before the first one ends, the first was cut
// off: the second is taken.
//
//	Split("<Events><Event a='1'>x</Event></Events>") = 8, 30, true
//
// When no event is whole, ok is false and start is where one begins whose end is
// not in data; len(data) when none begins.
func Split(data []byte) (start, end int, ok bool) {
	start = -1
	for i := 0; ; {
		// v is rare in logs, far rarer than `<`.
		j := bytes.IndexByte(data[i:], 'v')
		if j < 0 {
			break
		}
		v := i + j
		i = v + 1
		if v < 2 || len(data)-v < 5 || data[v-1] != 'E' || string(data[v:v+4]) != "vent" {
			continue
		}
		switch after := data[v+4]; {
		case data[v-2] == '<' && (after == '>' || isSpace(after)):
			start = v - 2
		case after == '>' && start >= 0 && v >= 3 && data[v-2] == '/' && data[v-3] == '<':
			return start, v + 5, true
		}
	}
	if start < 0 {
		start = len(data)
	}
	return start, 0, false
}
