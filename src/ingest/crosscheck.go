package ingest

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"riskreplay/src/diag"
)

// The causes of crossCheck's messages: no event fits what is declared, or some do.
var (
	errContradiction = errors.New("what is declared contradicts the content")
	errMixed         = errors.New("what is declared contradicts some of the content")
)

// crossCheck compares what is declared about a text with what its events say: a
// catalogue that names the wrong log makes searches find nothing, in silence.
type crossCheck struct {
	log     []byte // the log that the declared source names; nil when it names none
	windows bool   // the declared sourcetype is a Windows event's
	other   bool   // it is that of something else

	last      []byte // the log compared last
	lastFits  bool
	logs      mismatch
	kinds     mismatch
	otherLog  string // the first that does not fit
	otherKind string
	family    familyCheck
}

// mismatch counts the events that do not fit.
type mismatch struct {
	events, wrong int
	first         diag.Place
}

// neverWindows are source types whose events are no Windows events. Others may be
// a user's own for anything.
var neverWindows = map[string]bool{
	"auditd": true, "linux:audit": true, "linux_secure": true, "syslog": true, "aws:cloudtrail": true, "aws:cloudtrail:lake": true, "o365:management:activity": true,
	"azure:monitor:aad": true, "suricata": true, "oktaim2:log": true, "nginx:plus:kv": true, "nginx:plus:access": true, "crowdstrike:events:sensor": true, "_json": true,
	"csv": true, "stash": true, "iis": true, "pan:threat": true, "pan:traffic": true, "osquery:results": true, "vmw-syslog": true,
}

func newCrossCheck(given Metadata) crossCheck {
	var c crossCheck
	kind, log, ok := strings.Cut(given.Source, ":")
	if ok && (strings.EqualFold(kind, xmlType) || strings.EqualFold(kind, classicType)) {
		c.log = []byte(log)
	}
	c.windows = given.Sourcetype != "" && isWindows(given.Sourcetype)
	c.other = neverWindows[strings.ToLower(given.Sourcetype)]
	c.family = newFamilyCheck(given)
	return c
}

// on tells whether anything is declared that can be compared.
func (c *crossCheck) on() bool { return c.log != nil || c.windows || c.other || c.family.on() }

// event compares an event, which is of a kind and, on Windows, of a log.
func (c *crossCheck) event(r *reader, start int, raw []byte, kind string, log []byte) {
	if kind == kindJSON && c.family.on() {
		c.family.event(r, start, raw)
	}
	if c.log != nil && log != nil {
		if !bytes.Equal(log, c.last) {
			c.last, c.lastFits = log, bytes.EqualFold(log, c.log)
		}
		if c.logs.count(r, start, c.lastFits) {
			c.otherLog = string(log)
		}
	}
	if kind == kindText && r.format == winlogFormat.name {
		return // a line between events; it was said
	}
	if (c.windows || c.other) && c.kinds.count(r, start, c.windows == (kind == kindWindows)) {
		c.otherKind = kind
	}
}

// The kinds of events, as messages call them.
const (
	kindWindows = "Windows events"
	kindJSON    = "JSON objects"
	kindText    = "text of another kind"
)

// count counts an event, and tells whether it is the first that does not fit.
func (m *mismatch) count(r *reader, start int, fits bool) bool {
	if m.events++; fits {
		return false
	}
	if m.wrong++; m.wrong > 1 {
		return false
	}
	m.first = r.place(start, len(r.data))
	return true
}

// report says what does not fit.
func (c *crossCheck) report(r *reader) {
	given, from := r.file.Metadata, r.file.From
	if c.logs.wrong > 0 {
		r.problems.add("source", c.logs.message(from.Source, "source "+strconv.Quote(given.Source), "of the log "+strconv.Quote(c.otherLog)))
	}
	if c.kinds.wrong > 0 {
		r.problems.add("sourcetype", c.kinds.message(from.Sourcetype, "sourcetype "+strconv.Quote(given.Sourcetype), c.otherKind))
	}
	c.family.report(r)
}

func (m *mismatch) message(from From, declared, is string) diag.Message {
	who := "what is given"
	if from != "" {
		who = "the " + string(from)
	}
	events := strconv.Itoa(m.wrong) + " of its " + strconv.Itoa(m.events) + " events are "
	cause := errMixed
	if m.wrong == m.events {
		events, cause = "its events are ", errContradiction
	}
	return diag.Message{Severity: diag.Warning, Text: who + " says " + declared + ", but " + events + is, Place: m.first, Cause: cause}
}
