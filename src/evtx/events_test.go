package evtx

import (
	"encoding/hex"
	"strings"
)

// Events as Windows writes them, for the tests.

func text(s string) val     { return val{stringValue, utf16Bytes(s)} }
func null() val             { return val{} }
func number16(n uint16) val { return val{0x06, le.AppendUint16(nil, n)} }
func number32(n uint32) val { return val{0x08, le.AppendUint32(nil, n)} }
func number8(n uint8) val   { return val{0x04, []byte{n}} }
func hex32(n uint32) val    { return val{0x14, le.AppendUint32(nil, n)} }
func hex64(n uint64) val    { return val{0x15, le.AppendUint64(nil, n)} }
func moment(n uint64) val   { return val{fileTimeValue, le.AppendUint64(nil, n)} }

func guid(s string) val {
	b, err := hex.DecodeString(strings.NewReplacer("{", "", "}", "", "-", "").Replace(s))
	if err != nil {
		panic(err)
	}
	order := [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}
	out := make([]byte, 16)
	for i, j := range order {
		out[i] = b[j]
	}
	return val{guidValue, out}
}

func sid(authority byte, parts ...uint32) val {
	b := []byte{1, byte(len(parts)), 0, 0, 0, 0, 0, authority}
	for _, p := range parts {
		b = le.AppendUint32(b, p)
	}
	return val{sidValue, b}
}

func opt(id int) sub { return sub{id: id, optional: true} }

// systemTag is the template that Windows has around every event; the last value
// is the provider's own part.
func systemTag() tag {
	one := func(name string, id int) tag { return tag{name: name, content: []any{opt(id)}} }
	return tag{name: "Event", attrs: []attr{{"xmlns", []any{"http://schemas.microsoft.com/win/2004/08/events/event"}}}, content: []any{
		tag{name: "System", content: []any{
			tag{name: "Provider", empty: true, attrs: []attr{{"Name", []any{opt(14)}}, {"Guid", []any{opt(15)}}}},
			tag{name: "EventID", attrs: []attr{{"Qualifiers", []any{opt(4)}}}, content: []any{opt(3)}},
			one("Version", 11), one("Level", 0), one("Task", 2), one("Opcode", 1), one("Keywords", 5),
			tag{name: "TimeCreated", empty: true, attrs: []attr{{"SystemTime", []any{opt(6)}}}},
			one("EventRecordID", 10),
			tag{name: "Correlation", empty: true, attrs: []attr{{"ActivityID", []any{opt(7)}}, {"RelatedActivityID", []any{opt(18)}}}},
			tag{name: "Execution", empty: true, attrs: []attr{{"ProcessID", []any{opt(8)}}, {"ThreadID", []any{opt(9)}}}},
			one("Channel", 16), one("Computer", 17),
			tag{name: "Security", empty: true, attrs: []attr{{"UserID", []any{opt(12)}}}},
		}},
		opt(19),
	}}
}

// system is what differs between the events of one provider.
type system struct {
	provider, guid, channel, computer string
	id                                uint16
	version                           uint8
	keywords                          uint64
	user                              val
}

// wrap is a whole event.
func (s system) wrap(template *tag, number, written uint64, data any) testEvent {
	return testEvent{number, written, use{template, []val{
		number8(4), number8(0), number16(s.id), number16(s.id), null(), hex64(s.keywords), moment(written), null(),
		number32(2128), number32(3640),
		{0x0a, le.AppendUint64(nil, number)},
		number8(s.version), s.user, null(),
		text(s.provider), guid(s.guid), text(s.channel), text(s.computer), null(),
		{binXMLValue, data},
	}}}
}

// dataTag is EventData with one Data an id.
func dataTag(names ...string) *tag {
	t := &tag{name: "EventData"}
	for i, n := range names {
		t.content = append(t.content, tag{name: "Data", attrs: []attr{{"Name", []any{n}}}, content: []any{sub{id: i, kind: stringValue}}})
	}
	return t
}

// sampleTime is 2026-01-14T12:00:00Z in 100 ns since 1601.
const sampleTime = 134_128_656_000_000_000

var sysmon = system{
	provider: "Microsoft-Windows-Sysmon", guid: "5770385F-C22A-43E0-BF4C-06F5698FFBD9",
	channel: "Microsoft-Windows-Sysmon/Operational", computer: "ws-17.example.test",
	id: 1, version: 5, keywords: 0x8000000000000000, user: sid(5, 18),
}

var security = system{
	provider: "Microsoft-Windows-Security-Auditing", guid: "54849625-5478-4994-A5BA-3E3B0328C30D",
	channel: "Security", computer: "ws-17.example.test",
	id: 4688, version: 2, keywords: 0x8020000000000000,
}

// sample is the log in testdata/evtx: eight process starts and a log-on, one of
// them regsvcs.exe as a parent.
func sample() []byte {
	event := systemTag()
	process := dataTag("RuleName", "UtcTime", "ProcessGuid", "ProcessId", "Image", "CommandLine", "User", "LogonId", "ParentImage")
	audit := dataTag("SubjectUserSid", "SubjectUserName", "SubjectLogonId", "NewProcessId", "NewProcessName", "TokenElevationType", "CommandLine")
	var events []testEvent
	add := func(s system, data use) {
		n := uint64(len(events))
		events = append(events, s.wrap(&event, 4711+n, sampleTime+n*12_345_678, data))
	}
	for i, p := range [][3]string{
		{`C:\Windows\System32\cmd.exe`, `cmd.exe /c "echo <a> & echo 'b'"`, `C:\Windows\explorer.exe`},
		{`C:\Windows\System32\notepad.exe`, ``, `C:\Windows\explorer.exe`},
		{`C:\Windows\System32\calc.exe`, `calc.exe`, `C:\Windows\Microsoft.NET\Framework\v4.0.30319\regsvcs.exe`},
		{`C:\Werkzeuge\prüfen.exe`, `prüfen.exe 💡 €`, `C:\Windows\System32\cmd.exe`},
	} {
		add(sysmon, use{process, []val{
			text(""), text("2026-01-14 12:00:00.123"), guid("A837DB8D-01B5-5F25-0000-0010A1B2C300"), number32(uint32(4000 + i)),
			text(p[0]), text(p[1]), text(`EXAMPLE\anna`), hex64(0x3e7), text(p[2]),
		}})
		add(security, use{audit, []val{
			sid(5, 21, 1, 2, 3, 1001), text("anna"), hex64(0x3e7), hex32(uint32(0xfa0 + i)), text(p[0]), text("%%1936"), text(p[1]),
		}})
	}
	return logOf(events...)
}
