package ingest

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/event"
)

// The values that make the System element of an event, and those that tell its
// time.
const (
	dropped = iota // what the collector added, or made of the other values
	providerAt
	guidAt
	idAt
	versionAt
	levelAt
	typeAt
	taskAt
	opcodeAt
	keywordsAt
	recordAt
	activityAt
	relatedAt
	processAt
	threadAt
	channelAt
	hostAt
	userAt
	messageAt
	timeAt
	createdAt
	receivedAt
	stampAt
	systemSize
)

// systemKeys are the keys of a flat object that are no event data.
var systemKeys = map[string]int{
	"SourceName": providerAt, "ProviderName": providerAt, "Provider": providerAt, "ProviderGuid": guidAt, "ProviderGUID": guidAt,
	"EventID": idAt, "Version": versionAt, "Level": levelAt, "LevelValue": levelAt, "EventType": typeAt, "Task": taskAt, "TaskValue": taskAt,
	"OpcodeValue": opcodeAt, "Keywords": keywordsAt, "RecordNumber": recordAt, "EventRecordID": recordAt, "RecordID": recordAt,
	"ActivityID": activityAt, "RelatedActivityID": relatedAt, "ProcessID": processAt, "ExecutionProcessID": processAt,
	"ThreadID": threadAt, "ExecutionThreadID": threadAt, "Channel": channelAt, "Hostname": hostAt, "Computer": hostAt, "ComputerName": hostAt,
	"UserID": userAt, "Message": messageAt, "EventTime": timeAt, "TimeCreated": createdAt, "SystemTime": createdAt,
	"EventReceivedTime": receivedAt, "@timestamp": stampAt,

	"Severity": dropped, "SeverityValue": dropped, "Category": dropped, "Opcode": dropped, "Domain": dropped, "AccountName": dropped, "AccountType": dropped,
	"SourceModuleName": dropped, "SourceModuleType": dropped, "@version": dropped, "host": dropped, "port": dropped, "tags": dropped, "type": dropped,
}

// beatKeys are the keys of Winlogbeat's nested object, with their paths.
var beatKeys = map[string]int{
	"winlog.provider_name": providerAt, "winlog.provider_guid": guidAt, "winlog.event_id": idAt, "winlog.version": versionAt, "winlog.record_id": recordAt,
	"winlog.activity_id": activityAt, "winlog.related_activity_id": relatedAt, "winlog.process.pid": processAt, "winlog.process.thread.id": threadAt,
	"winlog.channel": channelAt, "winlog.computer_name": hostAt, "winlog.user.identifier": userAt, "message": messageAt, "@timestamp": createdAt,
}

// pair is a member of an object: a key and a value, as JSON.
type pair struct{ key, value []byte }

// maxWinDepth is how deep Winlogbeat nests what is read.
const maxWinDepth = 4

// winObject is a Windows event in JSON.
type winObject struct {
	members [maxWinDepth]members
	system  [systemSize][]byte // as JSON; nil when absent
	utcTime []byte
	data    []pair
	domain  bool // AccountName is the user's, not the event's
	beat    bool
	scratch []byte
}

// read reads the object that text begins with and gives its length.
func (w *winObject) read(text []byte) (int, error) {
	w.system, w.utcTime, w.data, w.domain, w.beat = [systemSize][]byte{}, nil, w.data[:0], false, false
	n, err := w.members[0].each(text, w.flat)
	if w.beat {
		w.system, w.data = [systemSize][]byte{}, w.data[:0]
		_, _ = w.members[0].each(text, func(key, value []byte) bool { return w.nested(1, "", key, value) })
	}
	return n, err
}

// isEvent tells a Windows event from other objects.
func (w *winObject) isEvent() bool {
	return w.system[idAt] != nil && w.system[channelAt] != nil && (w.system[providerAt] != nil || w.system[guidAt] != nil)
}

func (w *winObject) flat(key, value []byte) bool {
	name := string(inner(key))
	if name == "winlog" && value[0] == '{' {
		w.beat = true
	}
	at, system := systemKeys[name]
	switch {
	case string(value) == "null":
	case system && at == typeAt && !isLevel(value): // Sysmon has an EventType too
		w.add(key, value)
	case system && at != dropped:
		w.system[at] = value
	case name == "Domain":
		w.domain = true
	case name == "AccountName" && !w.domain:
		w.add(key, value)
	case !system:
		w.add(key, value)
	}
	return true
}

func (w *winObject) add(key, value []byte) {
	if string(key) == `"UtcTime"` {
		w.utcTime = value
	}
	w.data = append(w.data, pair{key, value})
}

// nested takes a member of Winlogbeat's object or of one inside of it.
func (w *winObject) nested(depth int, path string, key, value []byte) bool {
	name := path + string(inner(key))
	switch at, system := beatKeys[name]; {
	case string(value) == "null":
	case system:
		w.system[at] = value
	case path == "winlog.event_data." || path == "winlog.user_data.":
		w.add(key, value)
	case value[0] == '{' && depth < maxWinDepth:
		_, _ = w.members[depth].each(value, func(key, value []byte) bool { return w.nested(depth+1, name+".", key, value) })
	}
	return true
}

// levels are the numbers of Windows for what NXLog calls a type.
var levels = map[string]string{
	"CRITICAL": "1", "ERROR": "2", "WARNING": "3", "INFO": "4", "VERBOSE": "5", "DEBUG": "5", "AUDIT_SUCCESS": "0", "AUDIT_FAILURE": "0",
}

func isLevel(value []byte) bool { return levels[string(inner(value))] != "" }

// appendXML writes the event as Splunk's XmlWinEventLog has it.
func (w *winObject) appendXML(out []byte, t event.Time) []byte {
	out = append(out, `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider`...)
	out = w.attribute(out, "Name", providerAt)
	out = w.attribute(out, "Guid", guidAt)
	out = append(out, "/>"...)
	out = w.element(out, "EventID", w.system[idAt])
	out = w.element(out, "Version", w.digits(versionAt, "0"))
	level := levels[string(inner(w.system[typeAt]))]
	out = w.element(out, "Level", w.digits(levelAt, or(level, "4")))
	out = w.element(out, "Task", w.digits(taskAt, "0"))
	out = w.element(out, "Opcode", w.digits(opcodeAt, "0"))
	out = w.element(out, "Keywords", keywords(w.system[keywordsAt]))
	out = append(t.Std().AppendFormat(append(out, "<TimeCreated SystemTime='"...), "2006-01-02T15:04:05.000000000Z"), "'/>"...)
	out = w.element(out, "EventRecordID", w.system[recordAt])
	out = append(out, "<Correlation"...)
	out = w.attribute(out, "ActivityID", activityAt)
	out = w.attribute(out, "RelatedActivityID", relatedAt)
	out = append(out, "/><Execution"...)
	out = w.attribute(out, "ProcessID", processAt)
	out = w.attribute(out, "ThreadID", threadAt)
	out = append(out, "/>"...)
	out = w.element(out, "Channel", w.system[channelAt])
	out = w.element(out, "Computer", w.system[hostAt])
	out = append(out, "<Security"...)
	out = w.attribute(out, "UserID", userAt)
	out = append(out, "/></System><EventData>"...)
	for _, p := range w.data {
		out = w.text(append(out, "<Data Name='"...), p.key, true)
		out = append(w.text(append(out, "'>"...), p.value, false), "</Data>"...)
	}
	out = w.lost(out)
	out = append(out, "</EventData>"...)
	if len(w.data) == 0 && w.system[messageAt] != nil { // else the message says the same
		out = append(w.element(append(out, "<RenderingInfo>"...), "Message", w.system[messageAt]), "</RenderingInfo>"...)
	}
	return append(out, "</Event>"...)
}

// lostKeys are event data of Sysmon that NXLog loses, for it has keys of its own
// that differ from them in case only, or not at all. Its message has them.
var lostKeys = []string{"EventType", "ProcessId"}

func (w *winObject) lost(out []byte) []byte {
	if string(w.system[providerAt]) != `"Microsoft-Windows-Sysmon"` || w.system[messageAt] == nil {
		return out
	}
	message := contentOrNil(w.system[messageAt])
	for _, key := range lostKeys {
		i := bytes.Index(message, []byte("\n"+key+": "))
		if i < 0 || w.has(key) {
			continue
		}
		value := message[i+len(key)+3:]
		out = append(append(append(out, "<Data Name='"...), key...), "'>"...)
		out = append(escapeXML(out, trimLine(value[:lineEnd(value)]), false), "</Data>"...)
	}
	return out
}

func (w *winObject) has(key string) bool {
	for _, p := range w.data {
		if string(inner(p.key)) == key {
			return true
		}
	}
	return false
}

func (w *winObject) attribute(out []byte, name string, at int) []byte {
	if w.system[at] == nil {
		return out
	}
	out = append(append(append(out, ' '), name...), "='"...)
	return append(w.text(out, w.system[at], true), '\'')
}

// element writes an element; none for a value that is absent.
func (w *winObject) element(out []byte, name string, value []byte) []byte {
	if value == nil {
		return out
	}
	out = append(append(append(out, '<'), name...), '>')
	out = w.text(out, value, false)
	return append(append(append(out, "</"...), name...), '>')
}

// text writes a value: what a string holds, any other as its JSON stands.
func (w *winObject) text(out, value []byte, quoted bool) []byte {
	if len(value) > 0 && value[0] == '"' {
		w.scratch, _ = jsontext.AppendUnquote(w.scratch[:0], value) // it was read once
		value = w.scratch
	}
	return escapeXML(out, value, quoted)
}

// digits is a number, quoted or not; fallback for any other value.
func (w *winObject) digits(at int, fallback string) []byte {
	value := w.system[at]
	if len(value) > 0 && value[0] == '"' {
		value = inner(value)
	}
	if !allDigits(string(value)) {
		return []byte(fallback)
	}
	return value
}

// keywords writes NXLog's number, with a sign or without, as Windows does.
func keywords(value []byte) []byte {
	text := string(value)
	if len(value) > 0 && value[0] == '"' {
		text = string(inner(value))
	}
	signed, err := strconv.ParseInt(text, 10, 64)
	bits := uint64(signed)
	if err != nil {
		bits, err = strconv.ParseUint(text, 10, 64)
	}
	if err != nil {
		if len(text) > 2 && text[:2] == "0x" {
			return []byte(text)
		}
		return []byte("0x0")
	}
	return strconv.AppendUint([]byte("0x"), bits, 16)
}

// escapeXML writes text for an element, or for an attribute in single quotes, as
// evtx does.
func escapeXML(out, text []byte, quoted bool) []byte {
	for _, c := range text {
		switch {
		case c == '&':
			out = append(out, "&amp;"...)
		case c == '<':
			out = append(out, "&lt;"...)
		case c == '>':
			out = append(out, "&gt;"...)
		case c == '\'' && quoted:
			out = append(out, "&apos;"...)
		case c == 0:
			out = utf8.AppendRune(out, utf8.RuneError)
		default:
			out = append(out, c)
		}
	}
	return out
}
