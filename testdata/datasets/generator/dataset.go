package main

import (
	"bytes"
	"math/rand/v2"
	"sort"
	"time"
)

// dataset is one folder of logs that were recorded together.
type dataset struct {
	folder   string
	day      time.Time // midnight UTC of the day it happened on
	from, to time.Time // when recording began and ended
	rng      *rand.Rand
	wks, app *host

	sysmon, security, system, falcon *eventLog
}

// eventLog is one file: the events of both hosts in it, by time.
type eventLog struct {
	name     string
	eol      string // between events
	noEnd    bool   // the last event has no line end
	joined   int    // after this many events one line end is left out; 0: never
	scramble bool   // events come in the order of delivery, not of time
	records  []record
}

// record is an event before it has its number in the host's log.
type record struct {
	at    time.Time // as the event log stamps it
	due   time.Time // when it was delivered; orders a scrambled log
	host  *host
	event event
}

// event is what both kinds of event can do: be written, under a record number.
type event interface{ text(number uint64) string }

// datasets makes both datasets, always the same.
func datasets() []*dataset { return []*dataset{servicesRegistry(), regsvcsChildren()} }

func newDataset(folder, day string, seed uint64) *dataset {
	midnight, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return &dataset{
		folder:   folder,
		day:      midnight,
		rng:      rand.New(rand.NewPCG(seed, 0x5eed)),
		sysmon:   &eventLog{name: "windows-sysmon.log", eol: "\n"},
		security: &eventLog{name: "windows-security.log", eol: "\n"},
		system:   &eventLog{name: "windows-system.log", eol: "\n"},
		falcon:   &eventLog{name: "crowdstrike.log", eol: "\n", scramble: true},
	}
}

// logs are the files of the dataset: a log without an event is none.
func (d *dataset) logs() []*eventLog {
	var all []*eventLog
	for _, l := range []*eventLog{d.sysmon, d.security, d.system, d.falcon} {
		if len(l.records) > 0 {
			all = append(all, l)
		}
	}
	return all
}

// at is a time of the dataset's day: "13:42:10.381" with up to seven digits.
func (d *dataset) at(clock string) time.Time {
	t, err := time.Parse("15:04:05", clock)
	if err != nil {
		panic(err)
	}
	return d.day.Add(t.Sub(t.Truncate(24 * time.Hour)))
}

// soon is a random length of time, in steps of 100 ns as Windows counts.
func (d *dataset) soon(least, most time.Duration) time.Duration {
	return (least + time.Duration(d.rng.Int64N(int64(most-least)))).Truncate(100 * time.Nanosecond)
}

// put adds an event that its log stamped at t. Only what happened while the
// dataset was recorded is in it.
func (d *dataset) put(l *eventLog, h *host, t time.Time, e event) {
	if t.Before(d.from) || t.After(d.to) {
		return
	}
	r := record{at: t, due: t, host: h, event: e}
	if l.scramble {
		r.due = t.Add(d.soon(200*time.Millisecond, 9*time.Second))
	}
	l.records = append(l.records, r)
}

// text is the whole file. Numbers ascend by time within a host's log, with
// holes where the recorder left events out.
func (l *eventLog) text() []byte {
	sort.SliceStable(l.records, func(i, j int) bool { return l.records[i].due.Before(l.records[j].due) })
	next := map[*host]uint64{}
	var b bytes.Buffer
	for i, r := range l.records {
		n, seen := next[r.host]
		if !seen {
			n = r.host.firstRecord[l.name]
		}
		n += 1 + uint64(r.at.Nanosecond()/100)%7/5*3
		next[r.host] = n
		b.WriteString(r.event.text(n))
		if last := i == len(l.records)-1; (last && l.noEnd) || (l.joined > 0 && i+1 == l.joined) {
			continue
		}
		b.WriteString(l.eol)
	}
	return b.Bytes()
}
