package server

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/hec"
)

// What the audit takes: so many entries a second, so many in a burst. What is more
// is counted, and one entry says how many there were.
const (
	auditASecond = 10
	auditInBurst = 300
	maxAuditText = 2000 // of one value
)

// Entry is one line of the audit.
type Entry struct {
	// User did Action; Info says how it ended, such as succeeded or failed.
	User, Action, Info string
	// More is what else there is to say. No secret is ever in it.
	More map[string]string
}

// Audit writes who did what into index=_audit, as Splunk does (sourcetype
// audittrail):
//
//	Audit:[timestamp=11-24-2026 19:42:44.123, user=admin, action=login attempt, info=succeeded, clientip=127.0.0.1]
//
// It is safe for concurrent use, waits for nobody, and is bounded: who makes
// thousands of entries a second does not fill the disk with them. A nil Audit takes
// nothing.
type Audit struct {
	store hec.Store
	clock clock.Clock
	host  string

	mu      sync.Mutex
	left    float64
	counted time.Time
	dropped int
}

// NewAudit makes an audit of a server that is called host.
func NewAudit(store hec.Store, c clock.Clock, host string) *Audit {
	return &Audit{store: store, clock: c, host: host, left: auditInBurst, counted: c.Now()}
}

// Add writes an entry. That it cannot be written is no reason not to serve.
func (a *Audit) Add(e Entry) {
	if a == nil {
		return
	}
	now := a.clock.Now()
	dropped, ok := a.take(now)
	if !ok {
		return
	}
	list := []event.Event{a.event(e, now)}
	if dropped > 0 {
		list = append(list, a.event(Entry{User: "system", Action: "audit", Info: "limited", More: map[string]string{"dropped": strconv.Itoa(dropped)}}, now))
	}
	_, _ = a.store.Append(context.Background(), list) // see above
}

// take counts an entry, and gives how many were left out before it.
func (a *Audit) take(now time.Time) (dropped int, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if passed := now.Sub(a.counted).Seconds(); passed != 0 {
		a.left = min(auditInBurst, a.left+max(0, passed)*auditASecond)
		a.counted = now
	}
	if a.left < 1 {
		a.dropped++
		return 0, false
	}
	a.left--
	dropped, a.dropped = a.dropped, 0
	return dropped, true
}

func (a *Audit) event(e Entry, now time.Time) event.Event {
	b := []byte("Audit:[timestamp=" + now.UTC().Format("01-02-2006 15:04:05.000"))
	b = appendPair(b, "user", e.User)
	b = appendPair(b, "action", e.Action)
	b = appendPair(b, "info", e.Info)
	for _, key := range slices.Sorted(maps.Keys(e.More)) {
		b = appendPair(b, key, e.More[key])
	}
	return event.Event{
		Raw: append(b, ']'), Time: event.At(now), Host: a.host, Source: "audittrail", Sourcetype: "audittrail", Index: "_audit",
	}
}

// appendPair writes a pair; a value from outside that could be taken for more than
// one is in quotes, and short.
func appendPair(b []byte, key, value string) []byte {
	b = append(append(append(b, ", "...), key...), '=')
	if len(value) > maxAuditText {
		value = value[:maxAuditText] + "..."
	}
	value = strings.ToValidUTF8(value, "\uFFFD")
	if value != "" && !strings.ContainsAny(value, ",=\"'[]\\\r\n\t") {
		return append(b, value...)
	}
	b = append(b, '"')
	for _, r := range value {
		switch r {
		case '"', '\\':
			b = append(b, '\\', byte(r))
		case '\r', '\n', '\t':
			b = append(b, ' ')
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}
