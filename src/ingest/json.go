package ingest

import (
	"bytes"

	"riskreplay/src/event"
	"riskreplay/src/winevent"
)

// jsonFormat is JSON objects, one an event: on lines, over lines, in an array, in
// an object that holds nothing else.
var jsonFormat = format{name: "json", sniff: sniffJSON, open: func(*reader, []byte) breaker { return newValues(&jsonEvents{}, true) }}

// valueReader is what a format makes of the objects of a JSON text.
type valueReader interface {
	// object adds the event that the object at the beginning of text is, and gives
	// its length. On an error it adds nothing and gives how far it read; text is
	// r.data from start on.
	object(r *reader, start int, text []byte) (n int, err error)
	// broken takes the line r.data[start:end], which is no object because of err,
	// or because it does not begin with one when err is nil; errAt is where the
	// error is.
	broken(r *reader, start, end, errAt int, err error)
}

// values breaks a text into JSON objects.
type values struct {
	reader valueReader
	// wrappers tells to look for them; inside, that one was opened and not closed.
	wrappers, inside bool
	// wasted is how many bytes were read of objects that turned out broken. Beyond
	// maxWasted, lines before notBefore are not tried again: else objects in
	// objects that do not end would be read over and over.
	wasted    int
	notBefore int64
}

const maxWasted = 4 << 20

func newValues(v valueReader, wrappers bool) *values {
	return &values{reader: v, wrappers: wrappers}
}

func (v *values) split(r *reader, last bool) int {
	for i := 0; ; {
		var wait bool
		if i, wait = v.skip(r.data, i, last); wait || i == len(r.data) {
			return i
		}
		if r.data[i] != '{' || r.here.Offset+int64(i) < v.notBefore {
			if i = v.line(r, i, i, nil, last); i < 0 {
				return ^i
			}
			continue
		}
		n, err := v.reader.object(r, i, r.data[i:])
		switch {
		case err == nil:
			i += n
		case cutOff(err) && !last:
			return i
		default:
			v.waste(r, i, n)
			if i = v.line(r, i, i+n, err, last); i < 0 {
				return ^i
			}
		}
	}
}

// skip skips what stands between objects, the beginning and the end of a wrapper
// included; wait tells that more must be seen first.
func (v *values) skip(text []byte, i int, last bool) (next int, wait bool) {
	for {
		if i = skipSeparators(text, i, v.inside); i == len(text) {
			return i, false
		}
		n, whole := 0, true
		switch {
		case v.inside && text[i] == ']':
			if n, whole = wrapperEnd(text[i:]); n == 0 {
				n = 1
			}
		case v.wrappers && !v.inside && text[i] == '{':
			n, whole = wrapperStart(text[i:])
		}
		if !whole && !last {
			return i, true
		}
		if n == 0 {
			return i, false
		}
		v.inside = !v.inside
		i += n
	}
}

// waste notes that n bytes from i on were read for nothing.
func (v *values) waste(r *reader, i, n int) {
	if v.wasted += n; v.wasted > maxWasted {
		v.notBefore = r.here.Offset + int64(i+n)
	}
}

// line gives up the line from i on and gives where the next one begins; ^i when
// its end is not here yet.
func (v *values) line(r *reader, i, errAt int, err error, last bool) int {
	end := i + lineEnd(r.data[i:])
	if end == len(r.data) && !last && r.data[end-1] != '\n' {
		return ^i
	}
	v.reader.broken(r, i, i+len(trimLine(r.data[i:end])), errAt, err)
	return end
}

// skipSeparators skips what stands between objects: blanks, commas, brackets and
// byte order marks; the bracket that closes a wrapper stays.
func skipSeparators(text []byte, i int, inside bool) int {
	for i < len(text) {
		switch c := text[i]; {
		case c == ' ' || c-'\t' < 5 || c == ',' || c == '[' || c == ']' && !inside:
			i++
		case bytes.HasPrefix(text[i:], utf8Mark):
			i += len(utf8Mark)
		default:
			return i
		}
	}
	return i
}

// jsonEvents makes an event of each object.
type jsonEvents struct{ jsonObject }

func (j *jsonEvents) object(r *reader, start int, text []byte) (int, error) {
	n, err := j.read(text)
	if err != nil {
		return n, err
	}
	r.add(start, r.meta.json(text[:n:n], r.time(j.when, j.timed(), start), j.falcon(), j.computer))
	return n, nil
}

func (j *jsonEvents) broken(r *reader, start, end, _ int, err error) {
	text := "this is no JSON object: the line is kept as an event of its own"
	if err != nil {
		text = "this is no whole JSON object (" + why(err) + "): the line is kept as an event of its own"
	}
	r.odd("json", text, start, end)
	line := r.data[start:end:end]
	t, ok := textTime(line, r.o.Now)
	r.add(start, r.meta.other(line, r.time(t, ok, start)))
}

// jsonObject is what is looked for in an object.
type jsonObject struct {
	members  members
	when     event.Time
	rank     int // of the key that when is from; len(timeKeys) when there is none
	computer []byte
	name     bool // event_simpleName is there
	agent    bool // aid is there
}

// timeKeys are the keys that hold an event's time, the best first. Case does not
// matter.
var timeKeys = []string{
	"_time", "timestamp", "@timestamp", "time", "eventtime", "creationtime", "createddatetime", "published", "ts",
	"timecreated", "activitydatetime", "unixtime",
}

func (j *jsonObject) read(text []byte) (n int, err error) {
	j.when, j.rank, j.computer, j.name, j.agent = 0, len(timeKeys), nil, false, false
	return j.members.each(text, j.member)
}

// timed tells whether a time was found.
func (j *jsonObject) timed() bool { return j.rank < len(timeKeys) }

// falcon tells a CrowdStrike sensor event.
func (j *jsonObject) falcon() bool { return j.name && j.agent }

func (j *jsonObject) member(key, value []byte) bool {
	key = inner(key)
	switch string(key) {
	case "ComputerName":
		j.computer = inner(value)
	case "Computer":
		if j.computer == nil {
			j.computer = inner(value)
		}
	case "event_simpleName":
		j.name = true
	case "aid":
		j.agent = true
	default:
		j.time(key, value)
	}
	return true
}

// time takes a time from a better key than the one before.
func (j *jsonObject) time(key, value []byte) {
	for rank, name := range timeKeys[:j.rank] {
		if len(key) == len(name) && bytes.EqualFold(key, []byte(name)) {
			// A small number is a duration or a counter.
			if t, ok := jsonTime(value); ok && t >= 1e8*1e9 {
				j.when, j.rank = t, rank
			}
			return
		}
	}
}

// jsonTime reads ISO text or epoch digits, quoted or not.
func jsonTime(value []byte) (event.Time, bool) {
	if len(value) == 0 {
		return 0, false
	}
	if value[0] != '"' {
		return epochTime(value)
	}
	value = inner(value)
	if t, ok := winevent.ParseTime(value); ok {
		return t, true
	}
	return epochTime(value)
}

// inner is a string without its quotes; nil for other values, and for a string
// with escapes, which no name or time has.
func inner(value []byte) []byte {
	if n := len(value); n > 2 && value[0] == '"' && bytes.IndexByte(value, '\\') < 0 {
		return value[1 : n-1]
	}
	return nil
}
