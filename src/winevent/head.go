package winevent

import (
	"bytes"

	"riskreplay/src/event"
)

// Head is what a reader needs of an event before anything is searched: when,
// where and in which log it was written.
type Head struct {
	// Time is TimeCreated's SystemTime; Timed tells whether there was one that
	// could be read.
	Time  event.Time
	Timed bool
	// Channel and Computer are nil when absent. They point into the event.
	Channel, Computer []byte
}

// System reads the head of an event in one pass over its System block. A value
// that is cut off is absent.
func System(raw []byte) Head {
	var h Head
	i := bytes.Index(raw, systemTag)
	if i < 0 {
		return h
	}
	i, ok := tagEnd(raw, i+len(systemTag))
	if !ok {
		return h
	}
	for text := raw[i:]; ; {
		j := bytes.IndexByte(text, '<')
		if j < 0 || j+1 >= len(text) {
			return h
		}
		text = text[j+1:]
		switch text[0] {
		case '/':
			if bytes.HasPrefix(text, systemEnd) {
				return h
			}
		case 'T':
			if !h.Timed && bytes.HasPrefix(text, timeTag) {
				n := bytes.IndexByte(text, '>')
				if n < 0 {
					return h
				}
				h.Time, h.Timed = systemTime(text[len(timeTag):max(n, len(timeTag))])
				text = text[n:]
			}
		case 'C':
			if h.Channel == nil && bytes.HasPrefix(text, channelTag) {
				h.Channel = textOf(text[len(channelTag):])
			} else if h.Computer == nil && bytes.HasPrefix(text, computerTag) {
				h.Computer = textOf(text[len(computerTag):])
			}
			if h.Timed && h.Channel != nil && h.Computer != nil {
				return h
			}
		}
	}
}

var (
	systemTag   = []byte("<System")
	systemEnd   = []byte("/System>")
	timeTag     = []byte("TimeCreated")
	channelTag  = []byte("Channel>")
	computerTag = []byte("Computer>")
	systemAttr  = []byte("SystemTime")
)

// textOf is the text before the next tag, nil when it is empty or cut off.
func textOf(text []byte) []byte {
	if n := bytes.IndexByte(text, '<'); n > 0 {
		return text[:n]
	}
	return nil
}

// systemTime reads the attribute SystemTime among the attributes of a tag.
func systemTime(tag []byte) (event.Time, bool) {
	i := bytes.Index(tag, systemAttr)
	if i < 0 {
		return 0, false
	}
	i = skipSpace(tag, i+len(systemAttr))
	if i >= len(tag) || tag[i] != '=' {
		return 0, false
	}
	s := skipSpace(tag, i+1)
	e := quoteEnd(tag, s)
	if e <= 0 {
		return 0, false
	}
	return ParseTime(tag[s+1 : e-1])
}

// SystemTime is TimeCreated's SystemTime, UTC when it names no zone.
func SystemTime(raw []byte) (event.Time, bool) {
	h := System(raw)
	return h.Time, h.Timed
}

// Computer is the text of the element Computer; nil when absent.
func Computer(raw []byte) []byte { return System(raw).Computer }
