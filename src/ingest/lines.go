package ingest

import "bytes"

// linesFormat is plain text: one line an event.
var linesFormat = format{
	name:  "lines",
	sniff: func([]byte) bool { return true },
	open:  func() breaker { return lines{} },
}

type lines struct{}

func (lines) split(r *reader, last bool) int {
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
			t, ok := textTime(line, r.o.Now)
			r.add(i, r.meta.other(line, r.time(t, ok, i)))
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
