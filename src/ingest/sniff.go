package ingest

import (
	"bytes"

	"riskreplay/src/winevent"
)

// format is one way to break text into events. A new one is a row of formats.
type format struct {
	// name is what format= says.
	name string
	// sniff tells whether a text that begins with head has the format; nil when it
	// must be asked for.
	sniff func(head []byte) bool
	// windows tells that the format makes Windows event XML of what it reads: it is
	// not taken unasked where another sourcetype is given.
	windows bool
	// open starts on a text that begins with head.
	open func(r *reader, head []byte) breaker
}

// formats are tried in this order.
var formats = []format{
	csvFormat, winlogFormat, nxlogFormat, splunkFormat, jsonFormat, hecFormat, stashFormat, auditdFormat, syslogFormat, linesFormat,
}

// chooseFormat is the one given, or the first that fits.
func chooseFormat(given Metadata, head []byte) format {
	foreign := given.Sourcetype != "" && !isWindows(given.Sourcetype)
	for _, f := range formats {
		if f.name == given.Format || given.Format == "" && f.sniff != nil && !(f.windows && foreign) && f.sniff(head) {
			return f
		}
	}
	return linesFormat
}

const blanks = " \t\r\n\v\f"

// sniffJSON tells text that begins with an object or an array of objects.
func sniffJSON(head []byte) bool {
	head = bytes.TrimLeft(head, blanks)
	if rest, array := bytes.CutPrefix(head, []byte("[")); array {
		head = bytes.TrimLeft(rest, blanks)
	}
	return len(head) > 0 && head[0] == '{'
}

// sniffWinlog tells Windows event XML, also behind other text, and classic text.
func sniffWinlog(head []byte) bool {
	first := bytes.TrimLeft(head, blanks)
	if isEventTag(first) {
		return true
	}
	if sniffJSON(head) {
		return false
	}
	if (logText{head, true}).nextClassic(0) >= 0 {
		return true
	}
	for {
		start, end, ok := winevent.Split(head)
		if !ok {
			end = len(head)
		}
		if start < end && bytes.Contains(head[start:end], []byte("<System")) {
			return true
		}
		if !ok {
			return false
		}
		head = head[end:]
	}
}

// isEventTag tells whether text begins with a start tag of Event.
func isEventTag(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte("<Event"))
	return ok && len(rest) > 0 && (rest[0] == '>' || bytes.IndexByte([]byte(blanks), rest[0]) >= 0)
}
