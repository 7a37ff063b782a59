package winevent

import "bytes"

var (
	dataTag      = []byte("Data Name='")
	eventDataEnd = []byte("/EventData>")
	nameAttr     = []byte("Name=")
	dataEnd      = []byte("</Data>")
)

// eventData reads the EventData block whose text begins at body, and gives where
// to go on: its end tag, or the end of the event when it is cut off. It gives
// each `<\w+\sName='([^>]*)'/?>([^<]*)`, in either kind of quotes.
func (w *walker) eventData(give giver, body int) int {
	raw := w.raw
	if !w.plain() {
		return w.eventDataBlock(give, body)
	}
	if w.wants(eventDataField) {
		w.eventDataBlock(give, body)
	}
	for i, gt := body, -1; ; {
		i = nextTag(raw, i)
		if i < 0 {
			return len(raw)
		}
		if i < len(raw) && raw[i] == '/' && bytes.HasPrefix(raw[i:], eventDataEnd) {
			return i - 1
		}
		s := nameStart(raw, i)
		if s < 0 {
			continue
		}
		if gt < s {
			// Once for all tags before it, else rubbish would be read again and again.
			for gt = s; gt < len(raw) && raw[gt] != '>'; {
				gt++
			}
			if gt == len(raw) {
				return len(raw)
			}
		}
		e := nameEnd(raw, s, gt)
		if e < 0 {
			continue
		}
		i = gt + 1
		n := bytes.IndexByte(raw[i:], '<')
		if n < 0 {
			return len(raw)
		}
		w.emit(give, raw[s:e], raw[i:i+n])
		i += n
		if bytes.HasPrefix(raw[i:], dataEnd) {
			i += len(dataEnd)
		}
	}
}

// eventDataBlock gives the block as a field, and where its end tag is.
func (w *walker) eventDataBlock(give giver, body int) int {
	n := bytes.Index(w.raw[body:], blocks[eventDataField].end)
	if n < 0 {
		return len(w.raw)
	}
	w.emitFixed(give, eventDataField, w.raw[body:body+n])
	return body + n
}

// nameStart is where the name in a tag `<\w+\sName='` begins, raw[i] being the
// tag's first letter; -1 when it is no such tag. raw[nameStart-1] is the quote.
func nameStart(raw []byte, i int) int {
	if bytes.HasPrefix(raw[i:], dataTag) {
		return i + len(dataTag)
	}
	e := i
	for e < len(raw) && isWord(raw[e]) {
		e++
	}
	if e == i || e >= len(raw) || !isSpace(raw[e]) || !bytes.HasPrefix(raw[e+1:], nameAttr) {
		return -1
	}
	e += 1 + len(nameAttr)
	if e >= len(raw) || raw[e] != '\'' && raw[e] != '"' {
		return -1
	}
	return e + 1
}

// nameEnd is where a name that begins at s ends, gt being the end of its tag; -1
// when the tag does not end in the quote it began with.
func nameEnd(raw []byte, s, gt int) int {
	e, quote := gt-1, raw[s-1]
	if e > s && raw[e] == '/' && raw[e-1] == quote {
		e--
	}
	if e < s || raw[e] != quote {
		return -1
	}
	return e
}
