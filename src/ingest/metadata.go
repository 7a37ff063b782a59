package ingest

import (
	"strings"

	"riskreplay/src/event"
)

// The source types that are found by content.
const (
	xmlType       = "XmlWinEventLog"
	classicType   = "WinEventLog"
	falconType    = "crowdstrike:events:sensor"
	falconSource  = "crowdstrike"
	jsonType      = "_json"
	csvType       = "csv"
	auditType     = "auditd"
	syslogType    = "syslog"
	stashType     = "stash"
	linuxType     = "sysmon:linux"
	linuxChannel  = "Linux-Sysmon/Operational"
	linuxSource   = "Syslog:" + linuxChannel
	unknownType   = "unknown"
	defaultHost   = "localhost"
	defaultIndex  = "main"
	internedLimit = 1 << 16
)

// interner gives one string for equal bytes: events of one file share their
// strings. It stops keeping new ones when there are very many.
type interner struct {
	last string
	all  map[string]string
}

// get is prefix and b as a string; prefix is the same at each call.
func (in *interner) get(prefix string, b []byte) string {
	if len(in.last) == len(prefix)+len(b) && in.last[len(prefix):] == string(b) {
		return in.last
	}
	s, ok := in.all[string(b)]
	if !ok {
		s = prefix + string(b)
		if in.all == nil {
			in.all = map[string]string{}
		}
		if len(in.all) < internedLimit {
			in.all[string(b)] = s
		}
	}
	in.last = s
	return s
}

// metadata gives each event its host, source, sourcetype and index.
type metadata struct {
	given Metadata
	// path is the source of events that have no better one.
	path string
	// logs tells that a Windows event's source is made of its log's name.
	logs bool
	// kind and log are those of the last event, for the cross-check.
	kind                      string
	log                       []byte
	hosts, xmlLogs, textLogs  interner
	sources, types, indexes   interner
	index, hostOfUnknownHosts string
}

func newMetadata(f File, path string, noIndex bool) metadata {
	m := metadata{given: f.Metadata, path: path, index: f.Index, hostOfUnknownHosts: f.Host}
	if m.index == "" && !noIndex {
		m.index = defaultIndex
	}
	if m.hostOfUnknownHosts == "" {
		m.hostOfUnknownHosts = defaultHost
	}
	kind, _, cut := strings.Cut(f.Sourcetype, ":")
	windows := strings.EqualFold(kind, xmlType) || strings.EqualFold(kind, classicType)
	if windows && cut {
		m.given.Sourcetype = kind
	}
	m.logs = f.Source == "" && (f.Sourcetype == "" || windows)
	return m
}

// host is the one given, the event's, or localhost.
func (m *metadata) host(computer []byte) string {
	if m.given.Host != "" || len(computer) == 0 {
		return m.hostOfUnknownHosts
	}
	return m.hosts.get("", computer)
}

// or is the first of two that is not empty.
func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// xml is an event of Windows event XML.
func (m *metadata) xml(raw []byte, t event.Time, channel, computer []byte) event.Event {
	m.kind, m.log = kindWindows, channel
	e := event.Event{Raw: raw, Time: t, Host: m.host(computer), Index: m.index}
	e.Sourcetype = or(m.given.Sourcetype, xmlType)
	e.Source = or(m.given.Source, m.path)
	if m.logs && len(channel) > 0 {
		e.Source = m.xmlLogs.get(xmlType+":", channel)
		if len(channel) == len(linuxChannel) && string(channel) == linuxChannel {
			e.Source, e.Sourcetype = linuxSource, or(m.given.Sourcetype, linuxType)
		}
	}
	return e
}

// classic is an event of classic Windows text.
func (m *metadata) classic(raw []byte, t event.Time, log, computer []byte) event.Event {
	m.kind, m.log = kindWindows, log
	e := event.Event{Raw: raw, Time: t, Host: m.host(computer), Index: m.index}
	e.Sourcetype = or(m.given.Sourcetype, classicType)
	e.Source = or(m.given.Source, m.path)
	if m.logs && len(log) > 0 {
		e.Source = m.textLogs.get(classicType+":", log)
	}
	return e
}

// json is a JSON object.
func (m *metadata) json(raw []byte, t event.Time, falcon bool, computer []byte) event.Event {
	m.kind, m.log = kindJSON, nil
	e := event.Event{Raw: raw, Time: t, Host: m.host(computer), Index: m.index}
	e.Sourcetype = or(m.given.Sourcetype, jsonType)
	e.Source = or(m.given.Source, m.path)
	if falcon && m.given.Sourcetype == "" {
		e.Sourcetype = falconType
		e.Source = or(m.given.Source, falconSource)
	}
	return e
}

// other is any other event.
func (m *metadata) other(raw []byte, t event.Time) event.Event {
	m.kind, m.log = kindText, nil
	return event.Event{
		Raw: raw, Time: t, Host: m.hostOfUnknownHosts, Index: m.index,
		Sourcetype: or(m.given.Sourcetype, unknownType),
		Source:     or(m.given.Source, m.path),
	}
}
