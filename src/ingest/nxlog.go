package ingest

import (
	"bytes"

	"riskreplay/src/event"
)

// nxlogFormat is Windows events that a collector wrote as flat JSON: NXLog's
// im_msvistalog, and what was made of it on the way (the Security Datasets of
// OTRF); or the nested JSON of Winlogbeat. Splunk has no such source type: the
// event is written anew as Windows event XML with single quotes, as Splunk's
// XmlWinEventLog has it, so that the same fields are found in it. An object that
// is no Windows event stays what it is.
var nxlogFormat = format{
	name: "nxlog", windows: true, sniff: sniffNXLog,
	open: func(_ *reader, head []byte) breaker {
		n := &nxlogEvents{zones: newZones()}
		n.learn(firstObject(head))
		return newValues(n, true)
	},
}

func sniffNXLog(head []byte) bool {
	text := firstObject(head)
	if text == nil {
		return false
	}
	var w winObject
	_, _ = w.read(text) // what is cut off may be enough
	return w.isEvent()
}

// nxlogEvents makes an event of each object.
type nxlogEvents struct {
	win   winObject
	zones zones
	plain jsonEvents
	out   []byte // memory of the events' texts, which keep it
}

// learn takes what the first objects of a text tell about zones.
func (n *nxlogEvents) learn(text []byte) {
	for len(text) > 0 && text[0] == '{' {
		size, err := n.win.read(text)
		if err != nil {
			return
		}
		n.zones.learn(&n.win)
		text = text[skipSeparators(text, size, false):]
	}
}

func (n *nxlogEvents) object(r *reader, start int, text []byte) (int, error) {
	size, err := n.win.read(text)
	if err != nil {
		return size, err
	}
	if !n.win.isEvent() {
		return n.plain.object(r, start, text)
	}
	n.zones.learn(&n.win)
	t, ok, zoned := n.zones.time(&n.win)
	if ok && !zoned {
		r.odd("zone", "EventTime names no zone, and nothing beside it tells: it is taken as UTC", start, start+size)
	}
	t = r.time(t, ok, start)
	raw := n.render(t, size)
	r.add(start, r.meta.xml(raw, t, contentOrNil(n.win.system[channelAt]), contentOrNil(n.win.system[hostAt])))
	return size, nil
}

// chunk is how much memory is taken at once for the texts of events.
const chunk = 256 << 10

// render writes the event of n.win, which has size bytes in JSON.
func (n *nxlogEvents) render(t event.Time, size int) []byte {
	if need := 3*size + 1024; cap(n.out)-len(n.out) < need {
		n.out = make([]byte, 0, max(chunk, need))
	}
	from := len(n.out)
	n.out = n.win.appendXML(n.out, t)
	return n.out[from:len(n.out):len(n.out)]
}

func (n *nxlogEvents) broken(r *reader, start, end, errAt int, err error) {
	n.plain.broken(r, start, end, errAt, err)
}

// contentOrNil is a JSON string's content; nil for any other value.
func contentOrNil(value []byte) []byte {
	if len(value) == 0 || value[0] != '"' {
		return nil
	}
	text, err := contentOf(value)
	if err != nil {
		return nil
	}
	return text
}

// zones are how far the local times of hosts lie from UTC.
type zones struct {
	hosts map[string]zone
	any   zone // of the host learned about last
}

// zone is one such distance. A rank of 0 is not known; a higher one is surer.
type zone struct {
	ahead event.Time
	rank  int
}

func newZones() zones { return zones{hosts: map[string]zone{}} }

const (
	quarter = 15 * 60 * 1e9 // all zones are whole quarters of an hour away
	// maxAhead is the farthest zone there is.
	maxAhead = 14 * 3600 * 1e9
)

// learn compares an event's local time with one in UTC beside it: Sysmon's
// UtcTime, else when it was received.
func (z *zones) learn(w *winObject) {
	local, zoned, ok := zonedTime(w.system[timeAt])
	if !ok || zoned {
		return
	}
	known := z.hosts[string(w.system[hostAt])]
	for _, ref := range []struct {
		rank  int
		value []byte
		plain bool // UTC without saying so
	}{{2, w.utcTime, true}, {1, w.system[receivedAt], false}, {1, w.system[stampAt], false}} {
		utc, said, ok := zonedTime(ref.value)
		if !ok || !said && !ref.plain || ref.rank <= known.rank {
			continue
		}
		ahead := local - utc + quarter/2
		if ahead < 0 {
			ahead -= quarter - 1
		}
		if ahead = ahead / quarter * quarter; ahead >= -maxAhead && ahead <= maxAhead {
			z.hosts[string(w.system[hostAt])] = zone{ahead, ref.rank}
			z.any = zone{ahead, ref.rank}
			return
		}
	}
}

// time is an event's time in UTC; zoned tells that its zone is known.
func (z *zones) time(w *winObject) (t event.Time, ok, zoned bool) {
	if t, _, ok := zonedTime(w.system[createdAt]); ok {
		return t, true, true
	}
	local, zoned, ok := zonedTime(w.system[timeAt])
	switch {
	case ok && zoned:
		return local, true, true
	case ok:
		known := z.hosts[string(w.system[hostAt])]
		if known.rank == 0 {
			known = z.any
		}
		return local - known.ahead, true, known.rank > 0
	}
	for _, value := range [][]byte{w.utcTime, w.system[stampAt]} {
		if t, _, ok := zonedTime(value); ok {
			return t, true, true
		}
	}
	return 0, false, false
}

// zonedTime reads a time and tells whether it names its zone; an epoch time does.
func zonedTime(value []byte) (t event.Time, zoned, ok bool) {
	if len(value) == 0 {
		return 0, false, false
	}
	t, ok = jsonTime(value)
	if value[0] != '"' {
		return t, true, ok
	}
	text := inner(value)
	const date = len("2006-01-02T")
	zoned = len(text) > date && bytes.ContainsAny(text[date:], "Zz+-") || len(text) > 4 && text[4] != '-'
	return t, zoned, ok
}
