package ingest

import "bytes"

// linesFormat is plain text: one line an event.
var linesFormat = format{
	name:  "lines",
	sniff: func([]byte) bool { return true },
	open:  func(*reader, []byte) breaker { return lines{plainLine} },
}

// lines is a format of one line an event; add adds that of a line, which begins at
// r.data[start], or leaves it out.
type lines struct {
	add func(r *reader, start int, line []byte)
}

func plainLine(r *reader, start int, line []byte) {
	t, ok := textTime(line, r.o.Now)
	r.add(start, r.meta.other(line, r.time(t, ok, start)))
}

func (l lines) split(r *reader, last bool) int {
	data, i := r.data, 0
	for i < len(data) {
		n := bytes.IndexByte(data[i:], '\n')
		if n < 0 {
			if !last {
				break
			}
			n = len(data) - i - 1
		}
		if line := trimLine(data[i : i+n+1]); len(line) > 0 && !isBlank(line) {
			l.add(r, i, line)
		}
		i += n + 1
	}
	return i
}

// trimLine cuts line ends off at the end.
func trimLine(line []byte) []byte {
	n := len(line)
	for n > 0 && (line[n-1] == '\n' || line[n-1] == '\r') {
		n--
	}
	return line[:n:n]
}

func isBlank(line []byte) bool { return skipBlanks(line, 0) == len(line) }

// skipBlanks is the first place from i on that holds no blank.
func skipBlanks(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i]-'\t' < 5) {
		i++
	}
	return i
}

// wholeLines calls each with the lines of a text that are whole and not blank, at
// most n.
func wholeLines(text []byte, n int, each func(line []byte)) {
	for ; n > 0 && len(text) > 0; n-- {
		end := lineEnd(text)
		if end == len(text) && text[end-1] != '\n' && len(text) >= sniffSize {
			return
		}
		if line := trimLine(text[:end]); !isBlank(line) {
			each(line)
		}
		text = text[end:]
	}
}
