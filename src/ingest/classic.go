package ingest

import (
	"bytes"

	"riskreplay/src/event"
)

// Classic text is how Splunk writes a Windows event that it does not write as
// XML:
//
//	01/14/2021 11:41:39 PM
//	LogName=Security
//	...
//	ComputerName=pc1.example
//	...
//	Message=A new process has been created.
//	(more lines, which end in CR LF)

var (
	logName      = []byte("LogName=")
	computerName = []byte("ComputerName=")
	messageName  = []byte("Message=")
)

// classicTime reads a line that is a date and nothing else, as UTC: the line
// names no zone.
func classicTime(line []byte) (event.Time, bool) {
	t, n := usTime(line)
	return t, n > 0 && len(trimLine(line[n:])) == 0 && (line[n-1] == 'M' || line[n-1] == 'm')
}

// classicHead is how long the lines are by which a classic event is known: the
// date, if any, and LogName= without its value; 0 when text begins with none.
func classicHead(text []byte) int {
	n := 0
	if end := bytes.IndexByte(text, '\n'); end > 0 {
		if _, ok := classicTime(text[:end]); ok {
			n = end + 1
		}
	}
	if bytes.HasPrefix(text[n:], logName) {
		return n + len(logName)
	}
	return 0
}

func isClassic(text []byte) bool { return classicHead(text) > 0 }

// logText is a piece of a file.
type logText struct {
	text []byte
	// fresh tells that the piece begins where a line does.
	fresh bool
}

// lineStart tells whether a line begins at text[i].
func (l logText) lineStart(i int) bool {
	if i == 0 {
		return l.fresh
	}
	return l.text[i-1] == '\n'
}

// nextClassic is where the next classic event begins, from i on; -1 when none
// does.
func (l logText) nextClassic(i int) int {
	for from := i; i < len(l.text); i++ {
		n := bytes.Index(l.text[i:], logName)
		if n < 0 {
			return -1
		}
		i += n
		if l.lineStart(i) {
			return l.dateBefore(from, i)
		}
	}
	return -1
}

// lastClassic is where the last classic event begins, from i on; -1 when none
// does.
func (l logText) lastClassic(i int) int {
	for end := len(l.text); ; {
		n := bytes.LastIndex(l.text[i:end], logName)
		if n < 0 {
			return -1
		}
		if l.lineStart(i + n) {
			return l.dateBefore(i, i+n)
		}
		end = i + n
	}
}

// dateBefore is where the date stands in the line before text[at], which begins
// a line; at itself when there is none from i on.
func (l logText) dateBefore(i, at int) int {
	if at <= i {
		return at
	}
	line := i + bytes.LastIndexByte(l.text[i:at-1], '\n') + 1
	if !l.lineStart(line) {
		return at
	}
	if _, ok := classicTime(l.text[line:at]); ok {
		return line
	}
	return at
}

// classicEvent is what is looked for in classic text.
type classicEvent struct {
	when          event.Time
	timed         bool
	log, computer []byte
}

// readClassic reads the lines before the message.
func readClassic(raw []byte) classicEvent {
	var c classicEvent
	c.when, c.timed = classicTime(raw[:lineEnd(raw)])
	for rest := raw; len(rest) > 0; {
		line := rest[:lineEnd(rest)]
		rest = rest[len(line):]
		line = trimLine(line)
		if bytes.HasPrefix(line, messageName) {
			break
		}
		if v, ok := bytes.CutPrefix(line, logName); ok && c.log == nil {
			c.log = v
		} else if v, ok := bytes.CutPrefix(line, computerName); ok && c.computer == nil {
			c.computer = v
		}
	}
	return c
}

// lineEnd is where the first line of a text ends, its line end included.
func lineEnd(text []byte) int {
	if n := bytes.IndexByte(text, '\n'); n >= 0 {
		return n + 1
	}
	return len(text)
}
