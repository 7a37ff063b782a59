package ingest

import (
	"riskreplay/src/event"
)

// prefixReach is how much of an event is searched for TIME_PREFIX.
const prefixReach = 64 << 10

// Stamp finds the time in an event, as its sourcetype's settings say; now is that of
// its arrival.
func (p *Props) Stamp(e event.Event, now event.Time) (event.Time, bool) {
	r := p.of(&e)
	if r.arrival {
		return now, true
	}
	t, ok := r.find(e.Raw, now)
	if !ok || now != 0 && (t < now-r.ago || t > now+r.hence) {
		return 0, false
	}
	return t, true
}

// find reads the time that stands in a text.
func (r *rules) find(text []byte, now event.Time) (event.Time, bool) {
	if r.prefix == nil && r.format == nil && len(text) > 0 && text[0] == '{' {
		return jsonHeadTime(text)
	}
	if r.prefix != nil {
		loc, err := r.prefix.Find(string(text[:min(len(text), prefixReach)]), 0)
		if err != nil || loc == nil {
			return 0, false
		}
		text = text[loc[1]:]
	}
	if r.lookahead > 0 {
		text = text[:min(len(text), r.lookahead)]
	}
	if r.format == nil {
		return textTime(text, now)
	}
	// Without a prefix the time may be anywhere: Splunk looks for it.
	for at := range text {
		if at > 0 && (r.prefix != nil || isWord(text[at]) && isWord(text[at-1])) {
			continue
		}
		if t, _, ok := r.format.ParsePrefix(string(text[at:]), now, r.zone); ok {
			return t, true
		}
	}
	return 0, false
}

func isWord(c byte) bool { return c-'0' < 10 || c|0x20-'a' < 26 }

// jsonHeadTime is the time in one of the keys that JSON has it in.
func jsonHeadTime(text []byte) (event.Time, bool) {
	var j jsonObject
	if _, err := j.read(text); err != nil {
		return 0, false
	}
	return j.when, j.timed()
}
