package ingest

import (
	"bytes"

	"riskreplay/src/diag"
	"riskreplay/src/winevent"
)

// winlogFormat is Windows event XML with classic text between the events.
var winlogFormat = format{name: "winevent", sniff: sniffWinlog, open: func(*reader, []byte) breaker { return winlog{} }}

type winlog struct{}

// maxPrefix is how much text before <Event in its line belongs to the event.
const maxPrefix = 4 << 10

func (w winlog) split(r *reader, last bool) int {
	data, p := r.data, 0
	for {
		s, e, ok := winevent.Split(data[p:])
		if !ok {
			break
		}
		start := p + s
		if s > 0 {
			start = w.between(r, p, start, true)
		}
		w.event(r, start, p+e)
		p += e
	}
	if last {
		w.between(r, p, len(data), false)
		return len(data)
	}
	// An event that is not whole, or text that may go on, waits for the next slab.
	if s, _, _ := winevent.Split(data[p:]); p+s < len(data) {
		return w.between(r, p, p+s, true)
	}
	end := logText{data, r.fresh}.settled(p)
	w.between(r, p, end, false)
	return end
}

// event adds the XML event data[start:end].
func (w winlog) event(r *reader, start, end int) {
	raw := r.data[start:end:end]
	h := winevent.System(raw)
	r.add(start, r.meta.xml(raw, r.time(h.Time, h.Timed, start), h.Channel, h.Computer))
}

// between adds what stands in data[from:to], where no whole XML event is: classic
// events, events that are cut off, other lines. It gives where the XML event
// that begins at to (when event is set) begins with its line's other text.
func (w winlog) between(r *reader, from, to int, event bool) int {
	text := r.data[:to]
	log := logText{text, r.fresh}
	for i := from; ; {
		i = skipMarkup(text, i)
		if i >= to {
			return to
		}
		end := to
		switch {
		case isEventTag(text[i:]):
			end = log.nextItem(i + 1)
			r.odd("cut", "the event is cut off: it is kept as it is", i, end)
			w.event(r, i, i+len(trimLine(text[i:end])))
		case log.lineStart(i) && isClassic(text[i:]):
			end = log.nextItem(i + classicHead(text[i:]))
			raw := trimLine(text[i:end])
			c := readClassic(raw)
			r.add(i, r.meta.classic(raw, r.time(c.when, c.timed, i), c.log, c.computer))
		default:
			n := bytes.IndexByte(text[i:], '\n')
			if n >= 0 {
				end = i + n + 1
			}
			i = indented(text, from, i)
			if n < 0 && event && to-i <= maxPrefix {
				return i
			}
			line := trimLine(text[i:end])
			r.odd("text", "this is no Windows event: the line is kept as an event of its own", i, i+len(line))
			t, ok := textTime(line, r.o.Now)
			r.add(i, r.meta.other(line, r.time(t, ok, i)))
		}
		i = end
	}
}

// odd warns about what is kept though it is not as it should be.
func (r *reader) odd(kind, text string, start, end int) {
	m := diag.Message{Severity: diag.Warning, Text: text}
	if !r.problems.full(kind) {
		m.Place = r.place(start, end)
	}
	r.problems.add(kind, m)
}

// indented goes back over the blanks at the beginning of a line.
func indented(text []byte, from, i int) int {
	for i > from && (text[i-1] == ' ' || text[i-1] == '\t') {
		i--
	}
	return i
}

// skipMarkup skips blanks, byte order marks, XML declarations and the tags of
// <Events>.
func skipMarkup(text []byte, i int) int {
	for {
		i = skipBlanks(text, i)
		rest := text[i:]
		switch {
		case bytes.HasPrefix(rest, utf8Mark):
			i += len(utf8Mark)
		case bytes.HasPrefix(rest, []byte("<?xml")), bytes.HasPrefix(rest, []byte("<Events")), bytes.HasPrefix(rest, []byte("</Events>")):
			n := bytes.IndexByte(rest, '>')
			if n < 0 || bytes.IndexByte(rest[1:n], '<') >= 0 {
				return i
			}
			i += n + 1
		default:
			return i
		}
	}
}

// nextItem is where the next XML event or classic event begins, from i on; the
// text's end when none does. It looks in pieces that grow, for what begins an event
// of one kind may be near and of the other nowhere: each look to the end of the
// text would make many events slow.
func (l logText) nextItem(i int) int {
	for size := 4 << 10; ; size *= 2 {
		end := min(i+size, len(l.text))
		if n := l.nextItemBefore(i, end); n < end || end == len(l.text) {
			return n
		}
	}
}

// nextItemBefore is nextItem in text[:end].
func (l logText) nextItemBefore(i, end int) int {
	if n := (logText{l.text[:end], l.fresh}).nextClassic(i); n >= 0 {
		end = n
	}
	for i < end {
		n := bytes.Index(l.text[i:end], []byte("<Event"))
		if n < 0 {
			break
		}
		i += n
		if isEventTag(l.text[i:]) {
			return i
		}
		i++
	}
	return end
}

// settled is where a text ends, from i on, that can be broken into events
// whatever comes behind it: before the last classic event, or before the last
// line.
func (l logText) settled(i int) int {
	if n := l.lastClassic(i); n >= 0 {
		return n
	}
	end := i + bytes.LastIndexByte(l.text[i:], '\n') + 1
	// A date may be the first line of a classic event.
	if end > i {
		line := i + bytes.LastIndexByte(l.text[i:end-1], '\n') + 1
		if _, ok := classicTime(l.text[line:end]); ok {
			return line
		}
	}
	return end
}
