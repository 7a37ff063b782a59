package ingest

import (
	"bytes"
	"strconv"
	"strings"
)

// family is events in JSON that a product writes, told by the keys of their
// objects. Splunk's name for them is the first of types.
type family struct {
	name string // for people
	// keys are what each of the objects has, beside others.
	keys []string
	// types begin the source types under which such events are indexed, sources are
	// the sources; both folded.
	types, sources []string
}

// families are told apart; an object is of the first whose keys it all has.
var families = []family{
	{"AWS CloudTrail", []string{"eventVersion", "eventSource", "eventName", "awsRegion"}, []string{"aws:cloudtrail", "aws:"}, []string{"aws_cloudtrail"}},
	{"Microsoft 365 activity", []string{"CreationTime", "Operation", "Workload", "RecordType"}, []string{"o365:management:activity", "o365:", "ms:o365:"}, []string{"o365"}},
	{"Azure activity", []string{"time", "resourceId", "operationName", "category"}, []string{"azure:monitor:aad", "azure:", "mscs:"}, []string{"azure", "azure ad"}},
	{"Okta's system log", []string{"eventType", "published", "displayMessage", "actor"}, []string{"oktaim2:log", "okta"}, []string{"okta", "okta_log"}},
	{"Suricata", []string{"timestamp", "event_type", "src_ip", "dest_ip"}, []string{"suricata"}, []string{"suricata"}},
	{"Google Workspace reports", []string{"id", "actor", "events"}, []string{"gws:reports:", "gws:", "gsuite:", "gapps:"}, []string{"gws", "gsuite"}},
	{"CrowdStrike's sensor", []string{"event_simpleName", "aid"}, []string{"crowdstrike:events:sensor", "crowdstrike:"}, []string{"crowdstrike"}},
	{"Zeek", []string{"uid", "id.orig_h", "id.resp_h"}, []string{"bro:", "zeek:", "corelight"}, nil},
	{"a Kubernetes audit", []string{"auditID", "stage", "verb", "requestURI"}, []string{"kube:", "kubernetes", "aws:cloudwatchlogs", "google:gcp:"}, []string{"kubernetes"}},
}

// neverJSON begin source types whose events are no JSON. Others may be a user's
// own for anything.
var neverJSON = []string{
	"linux_secure", "auditd", "linux:audit", "linux_audit", "syslog", "sysmon:linux", "vmw-syslog", "iis", "access_combined", "nginx:", "pan:", "csv", "stash",
}

// familiesSampled is how many objects of a text are looked at: a file is of one
// kind.
const familiesSampled = 200

// familyCheck compares the family of JSON events with what is declared.
type familyCheck struct {
	// typed tells that the declared sourcetype is one that says what an event is,
	// sourced that the source does.
	typed, sourced      bool
	sourcetype, source  string // folded
	looked              int
	members             members
	seen                [][]bool // by family and key
	types, sources      mismatch
	otherType, otherSrc string
}

func newFamilyCheck(given Metadata) familyCheck {
	c := familyCheck{sourcetype: strings.ToLower(given.Sourcetype), source: strings.ToLower(given.Source)}
	c.typed = hasPrefix(c.sourcetype, neverJSON)
	for i := range families {
		c.typed = c.typed || families[i].hasType(c.sourcetype)
		c.sourced = c.sourced || families[i].hasSource(c.source)
		c.seen = append(c.seen, make([]bool, len(families[i].keys)))
	}
	return c
}

// on tells whether anything is declared that can be compared.
func (c *familyCheck) on() bool { return c.typed || c.sourced }

func (f *family) hasType(sourcetype string) bool { return hasPrefix(sourcetype, f.types) }

func (f *family) hasSource(source string) bool {
	for _, s := range f.sources {
		if s == source {
			return true
		}
	}
	return false
}

func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// event compares a JSON event.
func (c *familyCheck) event(r *reader, start int, raw []byte) {
	if c.looked == familiesSampled {
		return
	}
	c.looked++
	f := c.of(raw)
	if f == nil {
		return
	}
	if c.typed && c.types.count(r, start, f.hasType(c.sourcetype)) {
		c.otherType = f.name
	}
	if c.sourced && c.sources.count(r, start, f.hasSource(c.source)) {
		c.otherSrc = f.name
	}
}

// of is the family of an object; nil when it is of none.
func (c *familyCheck) of(raw []byte) *family {
	for _, seen := range c.seen {
		clear(seen)
	}
	if raw = raw[skipBlanks(raw, 0):]; len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	_, _ = c.members.each(raw, func(key, _ []byte) bool { // what is cut off may be enough
		key = bytes.Trim(key, `"`)
		for i := range families {
			for j, name := range families[i].keys {
				c.seen[i][j] = c.seen[i][j] || string(key) == name
			}
		}
		return true
	})
	for i, seen := range c.seen {
		all := true
		for _, there := range seen {
			all = all && there
		}
		if all {
			return &families[i]
		}
	}
	return nil
}

// report says what does not fit.
func (c *familyCheck) report(r *reader) {
	given, from := r.file.Metadata, r.file.From
	if c.types.wrong > 0 {
		r.problems.add("sourcetype", c.types.message(from.Sourcetype, "sourcetype "+strconv.Quote(given.Sourcetype), "of "+c.otherType))
	}
	if c.sources.wrong > 0 {
		r.problems.add("source", c.sources.message(from.Source, "source "+strconv.Quote(given.Source), "of "+c.otherSrc))
	}
}
