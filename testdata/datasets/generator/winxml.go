package main

import (
	"fmt"
	"strings"
	"time"
)

// field is one named value of an event, in the event's own order.
type field struct{ name, value string }

// fields makes them of names and values by turns.
func fields(namesAndValues ...string) []field {
	all := make([]field, 0, len(namesAndValues)/2)
	for i := 0; i < len(namesAndValues); i += 2 {
		all = append(all, field{namesAndValues[i], namesAndValues[i+1]})
	}
	return all
}

// winEvent is a Windows event as Splunk's forwarder renders it: one line of
// XML, attributes in single quotes, of the text only & < > escaped.
type winEvent struct {
	host                        *host
	at                          time.Time
	provider                    string // attributes of <Provider>
	id                          int
	qualifiers                  string
	version, level, task        int
	keywords, channel, security string // security: attributes of <Security>
	pid, tid                    int
	data                        []field
	binary                      string
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// text writes the event. A value may span lines and then the event does.
func (e winEvent) text(number uint64) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>`+
		`<Provider %s/><EventID%s>%d</EventID><Version>%d</Version><Level>%d</Level><Task>%d</Task><Opcode>0</Opcode>`+
		`<Keywords>%s</Keywords><TimeCreated SystemTime='%s'/><EventRecordID>%d</EventRecordID><Correlation/>`+
		`<Execution ProcessID='%d' ThreadID='%d'/><Channel>%s</Channel><Computer>%s</Computer><Security%s/></System><EventData>`,
		e.provider, e.qualifiers, e.id, e.version, e.level, e.task,
		e.keywords, e.at.Format("2006-01-02T15:04:05.000000000Z"), number,
		e.pid, e.tid, e.channel, e.host.name, e.security)
	for _, f := range e.data {
		fmt.Fprintf(&b, `<Data Name='%s'>%s</Data>`, f.name, escaper.Replace(f.value))
	}
	if e.binary != "" {
		fmt.Fprintf(&b, `<Binary>%s</Binary>`, e.binary)
	}
	b.WriteString(`</EventData></Event>`)
	return b.String()
}

// hexID is a number as the Security log and Sysmon's logon ids have it.
func hexID[T ~int | ~uint32](n T) string { return fmt.Sprintf("%#x", n) }
