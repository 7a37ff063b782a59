package ingest

import (
	"bytes"
	"unsafe"

	"riskreplay/src/event"
	"riskreplay/src/pcre"
)

// Break makes events of a whole body. base has what is known of all of them, and
// the time of arrival. The events' bytes are the body's.
func (p *Props) Break(base event.Event, body []byte) []event.Event {
	events, _ := p.BreakSome(base, body, true)
	return events
}

// BreakSome is Break for a body that comes in pieces: unless it is the end the last
// event may go on, and comes back as the rest, to stand before the next piece.
func (p *Props) BreakSome(base event.Event, body []byte, end bool) (events []event.Event, rest []byte) {
	r := p.of(&base)
	pieces := r.split(body)
	if !end {
		if len(pieces) == 0 {
			return nil, body
		}
		last := pieces[len(pieces)-1]
		pieces, rest = pieces[:len(pieces)-1], body[offset(body, last):]
	}
	before := base.Time
	for _, piece := range pieces {
		e := base
		if r.truncate > 0 && len(piece) > r.truncate {
			piece = piece[:r.truncate]
		}
		e.Raw = piece[:len(piece):len(piece)]
		e.Time = before
		if t, ok := p.Stamp(e, base.Time); ok {
			e.Time = t
		}
		before = e.Time
		events = append(events, e)
	}
	return events, rest
}

// split cuts a body into events.
func (r *rules) split(body []byte) [][]byte {
	var pieces [][]byte
	if r.breaker == nil {
		pieces = splitLines(body)
	} else {
		pieces = splitBy(r.breaker, body)
	}
	if r.merge {
		return r.merged(body, pieces)
	}
	return pieces
}

func splitLines(body []byte) [][]byte {
	var pieces [][]byte
	for line := range bytes.Lines(body) {
		pieces = appendPiece(pieces, bytes.TrimRight(line, "\r\n"))
	}
	return pieces
}

// appendPiece leaves out what is blank.
func appendPiece(pieces [][]byte, piece []byte) [][]byte {
	if len(bytes.Trim(piece, " \t\r\n\v\f")) == 0 {
		return pieces
	}
	return append(pieces, piece)
}

// splitBy cuts where the first group matches; what that pattern cannot say in its
// time is broken by lines.
func splitBy(breaker *pcre.Regexp, body []byte) [][]byte {
	text := unsafe.String(unsafe.SliceData(body), len(body)) // nobody writes to it
	var pieces [][]byte
	from := 0
	for at := 0; at <= len(body); {
		loc, err := breaker.Find(text, at)
		if err != nil {
			return append(pieces, splitLines(body[from:])...)
		}
		if loc == nil {
			break
		}
		if loc[2] >= from {
			pieces = appendPiece(pieces, bytes.TrimRight(body[from:loc[2]], "\r\n"))
			from = loc[3]
		}
		at = max(loc[1], at+1)
	}
	return appendPiece(pieces, bytes.TrimRight(body[from:], "\r\n"))
}

// merged puts lines together to events.
func (r *rules) merged(body []byte, lines [][]byte) [][]byte {
	var out [][]byte
	count, closed := 0, true
	for _, line := range lines {
		if closed || count >= r.maxLines || r.begins(line) {
			out, count = append(out, line), 0
		} else {
			first := out[len(out)-1]
			start := offset(body, first)
			out[len(out)-1] = body[start : offset(body, line)+len(line)]
		}
		count++
		closed = r.after != nil && matches(r.after, line)
	}
	return out
}

// offset is where in a body a piece of it begins.
func offset(body, piece []byte) int {
	return int(uintptr(unsafe.Pointer(unsafe.SliceData(piece))) - uintptr(unsafe.Pointer(unsafe.SliceData(body))))
}

func (r *rules) begins(line []byte) bool {
	if r.before != nil {
		return matches(r.before, line)
	}
	_, ok := r.find(line, 0)
	return ok
}

func matches(re *pcre.Regexp, text []byte) bool {
	ok, err := re.Match(string(text))
	return ok && err == nil
}
