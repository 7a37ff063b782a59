package ingest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/winevent"
)

// nxlogLine is an event as NXLog writes it, at noon in a zone two hours ahead.
const nxlogLine = `{"EventTime":"2026-01-15 13:40:12","Hostname":"pc1.example","Keywords":-9223372036854775808,"EventType":"INFO","SeverityValue":2,"Severity":"INFO","EventID":13,` +
	`"SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}","Version":2,"Task":13,"OpcodeValue":0,"RecordNumber":77,"ProcessID":2744,"ThreadID":3912,` +
	`"Channel":"Microsoft-Windows-Sysmon/Operational","Domain":"NT AUTHORITY","AccountName":"SYSTEM","UserID":"S-1-5-18","AccountType":"User",` +
	`"Message":"Registry value set:\r\nRuleName: -\r\nEventType: SetValue\r\nUtcTime: 2026-01-15 11:40:11.938\r\nProcessId: 4242\r\nDetails: <x>","Category":"Registry value set","Opcode":"Info","RuleName":"-",` +
	`"UtcTime":"2026-01-15 11:40:11.938","ProcessGuid":"{2d9b1c52-803f-6968-241c-010000006903}","TargetObject":"HKLM\\System\\x","Details":"<x> & 'y'\r\nz","EventReceivedTime":"2026-01-15 13:40:14",` +
	`"SourceModuleName":"eventlog","SourceModuleType":"im_msvistalog"}`

const nxlogXML = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/>` +
	`<EventID>13</EventID><Version>2</Version><Level>4</Level><Task>13</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2026-01-15T11:40:12.000000000Z'/>` +
	`<EventRecordID>77</EventRecordID><Correlation/><Execution ProcessID='2744' ThreadID='3912'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>pc1.example</Computer>` +
	`<Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data><Data Name='UtcTime'>2026-01-15 11:40:11.938</Data><Data Name='ProcessGuid'>{2d9b1c52-803f-6968-241c-010000006903}</Data>` +
	`<Data Name='TargetObject'>HKLM\System\x</Data><Data Name='Details'>&lt;x&gt; &amp; 'y'` + "\r\n" + `z</Data><Data Name='EventType'>SetValue</Data><Data Name='ProcessId'>4242</Data></EventData></Event>`

const nxlogShown = "1768477212 pc1.example main XmlWinEventLog XmlWinEventLog:Microsoft-Windows-Sysmon/Operational "

// security is an event of NXLog without a time in UTC.
func security(eventTime, more string) string {
	return `{"EventTime":"` + eventTime + `","Hostname":"pc1.example","EventType":"AUDIT_SUCCESS","EventID":4624,"SourceName":"Microsoft-Windows-Security-Auditing","Channel":"Security"` + more + `}`
}

func TestFormats(t *testing.T) {
	const line = `2026-01-15T11:40:12Z`
	for _, c := range []struct {
		name, text string
		given      Metadata
		want       []string
		said       string
	}{
		{name: "records", text: `{"Records":[{"eventTime":"` + line + `","a":[1,{"b":"]}"}]},` + "\n" + `{"eventTime":"` + line + `"}],"more":{"x":[1]}}` + "\n" + `{"Records": [ {"eventTime":"` + line + `"} ]}`, want: []string{
			`1768477212 localhost main _json x.log "{\"eventTime\":\"` + line + `\",\"a\":[1,{\"b\":\"]}\"}]}"`, `1768477212 localhost main _json x.log "{\"eventTime\":\"` + line + `\"}"`,
			`1768477212 localhost main _json x.log "{\"eventTime\":\"` + line + `\"}"`,
		}},
		{name: "Microsoft Graph", text: "{\n \"@odata.context\": \"c\",\n \"value\": [\n  {\"createdDateTime\":\"" + line + "\"}\n ]\n}\n", want: []string{`1768477212 localhost main _json x.log "{\"createdDateTime\":\"` + line + `\"}"`}},
		{name: "no wrapper", text: `{"time":"` + line + `","Records":[{"a":1}]}{"time":"` + line + `","value":[]}`, want: []string{
			`1768477212 localhost main _json x.log "{\"time\":\"` + line + `\",\"Records\":[{\"a\":1}]}"`, `1768477212 localhost main _json x.log "{\"time\":\"` + line + `\",\"value\":[]}"`,
		}},
		{name: "a wrapper cut off", text: `{"Records":[{"time":"` + line + `"},` + "\n" + `{"time":"`, want: []string{
			`1768477212 localhost main _json x.log "{\"time\":\"` + line + `\"}"`, `1768477212 localhost main unknown x.log "{\"time\":\""`,
		}, said: "x.log:2:1: this is no whole JSON object (it is cut off): the line is kept as an event of its own\nx.log:2:1: 1 event has no time that can be read, this first: the time of the event before was taken"},

		{name: "export", text: `{"preview":false,"offset":0,"result":{"_raw":"` + quote(second) + `","_time":"2026-01-15T11:40:13.000+00:00","host":"h1","source":"s\\1","sourcetype":"st","index":"wineventlog"}}` + "\n" +
			`{"preview":false,"offset":1,"lastrow":true,"result":{"_raw":"plain","_time":"1768477212.25"}}` + "\n" + `{"preview":false,"lastrow":true}`, want: []string{
			`1768477213 h1 wineventlog st s\1 "` + quote(second) + `"`, `1768477212.25 localhost main unknown x.log "plain"`,
		}},
		{name: "export, given metadata stand", text: `{"preview":false,"result":{"_raw":"plain","_time":"1768477212.25","host":"h","index":"i","source":"s","sourcetype":"st"}}`, given: Metadata{Host: "a", Index: "b", Source: "c", Sourcetype: "d"}, want: []string{
			`1768477212.25 a b d c "plain"`,
		}},
		{name: "results", text: `{"preview":false,"init_offset":0,"messages":[],"fields":[{"name":"_raw"}],"results":[{"_raw":"` + quote(first) + `"},{"_raw":"{\"ts\":1768477212}"}],"highlighted":{}}`, want: []string{
			firstShown + ` "` + first + `"`, `1768477212 localhost main _json x.log "{\"ts\":1768477212}"`,
		}},
		{name: "CSV export", text: "\"_serial\",_time,source,sourcetype,host,index,\"_raw\"\n0,\"2026-01-15T11:40:12.500+0000\",\"src, 1\",st,h,i,\"say \"\"hi\"\"\nand more\"\n1,1768477213,s,,,,\"" + strings.ReplaceAll(first, `"`, `""`) + "\"", want: []string{
			`1768477212.5 h i st src, 1 "say \"hi\"\nand more"`, `1768477213 pc1 main XmlWinEventLog s "` + first + `"`,
		}},
		{name: "plain CSV", text: "\xef\xbb\xbfCreationDate,Client IP,host,source,_x\r\n2026-01-15T11:40:12Z,192.0.2.1,h,where,1\r\n\r\n2026-01-15T11:40:13Z,\"a, b\",,,\r\n1,2\r\n", want: []string{
			`1768477212 h main csv x.log CreationDate=2026-01-15T11:40:12Z Client_IP=192.0.2.1 x=1 "2026-01-15T11:40:12Z,192.0.2.1,h,where,1"`,
			`1768477213 localhost main csv x.log CreationDate=2026-01-15T11:40:13Z Client_IP=a, b "2026-01-15T11:40:13Z,\"a, b\",,,"`,
			`1768477213 localhost main csv x.log CreationDate=1 Client_IP=2 "1,2"`,
		}, said: "x.log:5:1: the row has 2 values, the table 5 columns\nx.log:5:1: 1 event has no time that can be read, this first: the time of the event before was taken"},
		{name: "CSV of another sourcetype", text: "time,user,action\n1768477212,bo,x\n", given: Metadata{Sourcetype: "st"}, want: []string{`1768477212 localhost main st x.log "1768477212,bo,x"`}},
		{name: "a quote without an end", text: "time,user,action\n1768477212,\"bo,x\n1768477213,al,y\n", given: Metadata{Format: "csv"}, want: []string{
			`1768477212 localhost main csv x.log time=1768477212 user="bo action=x "1768477212,\"bo,x"`, `1768477213 localhost main csv x.log time=1768477213 user=al action=y "1768477213,al,y"`,
		}, said: "x.log:2:1: a quote has no end: the row ends with its line"},

		{name: "auditd", text: "----\ntime->Thu\ntype=SYSCALL msg=audit(1768477212.345:88): arch=c000003e\x1dARCH=x86_64\nnode=web1 type=EXECVE msg=audit(1768477212.345:88): argc=2\ntype=EOE msg=audit(01/15/2026 11:40:12.345:88): \n", want: []string{
			`1768477212.345 localhost main auditd auditd "type=SYSCALL msg=audit(1768477212.345:88): arch=c000003e\x1dARCH=x86_64"`, `1768477212.345 web1 main auditd auditd "node=web1 type=EXECVE msg=audit(1768477212.345:88): argc=2"`,
			`1768477212.345 localhost main auditd auditd "type=EOE msg=audit(01/15/2026 11:40:12.345:88): "`,
		}},
		{name: "syslog", text: "Jan 15 11:40:12 pc1 sshd[1]: a\n<34>1 2026-01-15T11:40:12.5Z pc2 su - - b\n<13>Jan 15 11:40:12 pc3 x\n2026-01-15T11:40:12Z pc4 sudo: c\n  more\n", want: []string{
			`1768477212 pc1 main syslog x.log "Jan 15 11:40:12 pc1 sshd[1]: a"`, `1768477212.5 pc2 main syslog x.log "<34>1 2026-01-15T11:40:12.5Z pc2 su - - b"`, `1768477212 pc3 main syslog x.log "<13>Jan 15 11:40:12 pc3 x"`,
			`1768477212 pc4 main syslog x.log "2026-01-15T11:40:12Z pc4 sudo: c"`, `1768477212 localhost main syslog x.log "  more"`,
		}, said: "x.log:5:1: 1 event has no time that can be read, this first: the time of the event before was taken"},
		{name: "stash", text: "***SPLUNK*** index=risk source=\"A - Rule\" sourcetype=stash host=h\n==##~~##~~  1E8N3D4E6V5E7N2T9 ~~##~~##==\n01/15/2026 11:40:12 +0000, search_name=\"A\", a=\"b\n\n01/15/2026 11:40:12 +0000, c\"\n==##~~##~~  1E8N3D4E6V5E7N2T9 ~~##~~##==\n1768477213, x=1\n", want: []string{
			`1768477212 h risk stash A - Rule "01/15/2026 11:40:12 +0000, search_name=\"A\", a=\"b\n\n01/15/2026 11:40:12 +0000, c\""`, `1768477213 h risk stash A - Rule "1768477213, x=1"`,
		}},
		{name: "stash without a header", text: "01/15/2026 11:40:12 +0000, search_name=\"B - Rule\", a=\"b\nc\"\n1768477213.5, search_name=\"C\"\n", given: Metadata{Index: "i"}, want: []string{
			`1768477212 localhost i stash B - Rule "01/15/2026 11:40:12 +0000, search_name=\"B - Rule\", a=\"b\nc\""`, `1768477213.5 localhost i stash C "1768477213.5, search_name=\"C\""`,
		}},
		{
			name: "Sysmon for Linux", text: "Jan 15 11:40:12 web1 sysmon: " + xmlEvent("2026-01-15T11:40:12.5Z", "Linux-Sysmon/Operational", "web1", "") + "\n",
			want: []string{`1768477212.5 web1 main sysmon:linux Syslog:Linux-Sysmon/Operational "Jan 15 11:40:12 web1 sysmon: ` + xmlEvent("2026-01-15T11:40:12.5Z", "Linux-Sysmon/Operational", "web1", "") + `"`},
		},

		{name: "NXLog", text: security("2026-01-15 13:40:10", "") + "\n" + nxlogLine + "\n{\"other\":1,\"ts\":1768477212}\n", want: []string{
			`1768477210 pc1.example main XmlWinEventLog XmlWinEventLog:Security "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4624</EventID><Version>0</Version><Level>0</Level><Task>0</Task><Opcode>0</Opcode><Keywords>0x0</Keywords><TimeCreated SystemTime='2026-01-15T11:40:10.000000000Z'/><Correlation/><Execution/><Channel>Security</Channel><Computer>pc1.example</Computer><Security/></System><EventData></EventData></Event>"`,
			nxlogShown + `"` + quote(strings.ReplaceAll(nxlogXML, `\`, `\\`)) + `"`, `1768477212 localhost main _json x.log "{\"other\":1,\"ts\":1768477212}"`,
		}},
		{name: "NXLog as a foreign sourcetype", text: `{"EventID":1,"Channel":"c","SourceName":"s","ts":1768477212}`, given: Metadata{Sourcetype: "_json"}, want: []string{
			`1768477212 localhost main _json x.log "{\"EventID\":1,\"Channel\":\"c\",\"SourceName\":\"s\",\"ts\":1768477212}"`,
		}},
	} {
		for _, block := range []int{0, 1, 7, 333} {
			events, problems := readText(t, c.text, c.given, Options{BlockSize: block})
			require.Equal(t, strings.Join(c.want, "\n"), showAll(events), "%s, block size %d", c.name, block)
			require.Equal(t, c.said, said(problems), "%s, block size %d", c.name, block)
		}
	}
}

// A local time is moved by what another time beside it tells about its zone.
func TestZonesOfNXLog(t *testing.T) {
	for name, c := range map[string]struct{ text, want, said string }{
		"its own zone":   {security("2026-01-15T13:40:12.5+02:00", ""), "1768477212.5", ""},
		"received":       {security("2026-01-15 13:40:12", `,"EventReceivedTime":"2026-01-15T13:41:15.1+02:00"`), "1768477212", ""},
		"collected":      {security("2026-01-15 06:40:12", `,"@timestamp":"2026-01-15T11:40:13.5Z"`), "1768477212", ""},
		"half an hour":   {security("2026-01-15 17:10:12", `,"@timestamp":"2026-01-15T11:40:13.5Z"`), "1768477212", ""},
		"created":        {security("2026-01-15 13:40:12", `,"TimeCreated":"2026-01-15T11:40:12.25Z"`), "1768477212.25", ""},
		"only collected": {`{"EventID":1,"Channel":"c","SourceName":"s","@timestamp":"2026-01-15T11:40:12Z"}`, "1768477212", ""},
		"nothing tells":  {security("2026-01-15 11:40:12", ""), "1768477212", "x.log:1:1: EventTime names no zone, and nothing beside it tells: it is taken as UTC"},
	} {
		events, problems := readText(t, c.text, Metadata{}, Options{})
		require.Equal(t, c.want, events[0].Time.String(), name)
		require.Equal(t, c.said, said(problems), name)
	}
}

// The scanner finds in what was written anew what it finds in Splunk's own text.
func TestNXLogHasTheFieldsOfSplunk(t *testing.T) {
	events, _ := readText(t, nxlogLine, Metadata{}, Options{})
	got := map[string]string{}
	winevent.Each(events[0].Raw, func(name, value []byte) { got[string(name)] = string(value) })
	for name, want := range map[string]string{
		"EventCode": "13", "Computer": "pc1.example", "TargetObject": `HKLM\System\x`, "EventType": "SetValue", "ProcessId": "4242", "Keywords": "0x8000000000000000", "Name": "'Microsoft-Windows-Sysmon'", "UserID": "'S-1-5-18'",
	} {
		require.Equal(t, want, got[name], name)
	}
}

func TestWinlogbeat(t *testing.T) {
	text := `{"@timestamp":"2026-01-15T11:40:12.345Z","winlog":{"channel":"Security","provider_name":"Microsoft-Windows-Security-Auditing","event_id":"4688","record_id":9,"computer_name":"pc2","process":{"pid":4,"thread":{"id":88}},"event_data":{"NewProcessName":"C:\\a.exe"}},"host":{"name":"x"},"message":"m","agent":{"type":"winlogbeat"}}`
	events, problems := readText(t, text, Metadata{}, Options{})
	require.Empty(t, problems)
	require.Equal(t, "1768477212.345 pc2 XmlWinEventLog:Security", events[0].Time.String()+" "+events[0].Host+" "+events[0].Source)
	require.Contains(t, string(events[0].Raw), `<EventRecordID>9</EventRecordID><Correlation/><Execution ProcessID='4' ThreadID='88'/>`)
	require.Contains(t, string(events[0].Raw), `<EventData><Data Name='NewProcessName'>C:\a.exe</Data></EventData></Event>`)
}

func TestKeywords(t *testing.T) {
	for value, want := range map[string]string{
		"-9214364837600034816": "0x8020000000000000", `"9232379236109516800"`: "0x8020000000000000", `"0x8020000000000000"`: "0x8020000000000000", "": "0x0", `"x"`: "0x0", `["a"]`: "0x0",
	} {
		require.Equal(t, want, string(keywords([]byte(value))))
	}
}
