package winevent

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"riskreplay/src/event"
)

// sysmon is a registry event as Splunk renders it.
const sysmon = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/><EventID>13</EventID><Version>2</Version><Level>4</Level><Task>13</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2026-01-15T11:40:12.345678900Z'/><EventRecordID>31337</EventRecordID><Correlation/><Execution ProcessID='2744' ThreadID='3912'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws-041.corp.example</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data><Data Name='EventType'>SetValue</Data><Data Name='UtcTime'>2026-01-15 11:40:12.343</Data><Data Name='ProcessGuid'>{2d9b1c52-803f-6968-241c-010000006903}</Data><Data Name='ProcessId'>5120</Data><Data Name='Image'>C:\Windows\system32\reg.exe</Data><Data Name='TargetObject'>HKLM\System\CurrentControlSet\Services\updsvc\ImagePath</Data><Data Name='Details'>cmd.exe /c a &amp; b &gt; c</Data><Data Name='User'>CORP\m.keller</Data></EventData></Event>`

// both builds an event of a System and an EventData text.
func both(system, data string) string {
	return "<Event xmlns='x'><System>" + system + "</System><EventData>" + data + "</EventData></Event>"
}

// show prints fields as `name=value` lines, blocks left out.
func show(raw string) string {
	fields, _ := fast([]byte(raw))
	var lines []string
	for _, p := range fields {
		lines = append(lines, p.Name+"="+p.Value)
	}
	return strings.Join(lines, "\n")
}

func TestEachFollowsTheRules(t *testing.T) {
	for _, c := range []struct{ name, raw, want string }{
		{"EventID without attributes", both("<EventID>1</EventID>", ""), "EventCode=1\nEventID=1"},
		{"EventID with attributes", both("<EventID Qualifiers='16384'>7045</EventID>", ""), "EventCode=7045\nQualifiers='16384'"},
		{"EventID with no text", both("<EventID></EventID>", ""), "EventID="},
		{"EventID with an empty attribute", both(`<EventID Qualifiers="">1102</EventID>`, ""), "EventCode=1102\nQualifiers=\"\""},
		{"attributes keep their quotes", both(`<Execution ProcessID='4' ThreadID="8"/><Security UserID = 'S-1-5-18'/>`, ""), "ProcessID='4'\nThreadID=\"8\"\nUserID='S-1-5-18'"},
		{"elements come before attributes", both("<P Name='n'/><Level>4</Level>", ""), "Level=4\nName='n'"},
		{"an element with attributes is none", both("<Level a='1'>4</Level>", ""), "a='1'"},
		{"an element with children is none", both("<A><B>x</B></A>", ""), "B=x"},
		{"an empty element", both("<Correlation/><Task></Task>", ""), "Task="},
		{"attributes over lines", both("<Provider\n  Name='a'\n\tGuid='b'\n/>", ""), "Name='a'\nGuid='b'"},
		{"a quote inside the other quotes", both(`<P Name="it's"/>`, ""), `Name="it's"`},
		{"= inside a value", both(`<P Name='a b=c' Guid='d'/>`, ""), "Name='a b=c'\nGuid='d'"},
		{"a value with < is none", both(`<P Name='a<b'/>`, ""), ""},
		{"single quotes", both("", "<Data Name='x'>v</Data>"), "x=v"},
		{"double quotes", both("", `<Data Name="x">v</Data>`), "x=v"},
		{"mixed quotes", both("", `<Data Name='x">v</Data>`), ""},
		{"twice", both("", "<Data Name='x'>1</Data><Data Name='x'>2</Data>"), "x=1\nx=2"},
		{"no text", both("", "<Data Name='x'></Data><Data Name='y'/><Data Name=\"z\"/>"), "x=\ny=\nz="},
		{"unnamed", both("", "<Data>v</Data><Binary>00</Binary><Data Name='x'>v</Data>"), "x=v"},
		{"a name that is empty", both("", "<Data Name=''>v</Data>"), ""},
		{"another element with a name", both("", "<ComplexData Name='x'>v</ComplexData>"), "x=v"},
		{"two blanks before Name", both("", "<Data  Name='x'>v</Data>"), ""},
		{"a second attribute joins the name", both("", "<Data Name='x' Type='y'>v</Data>"), "x__Type__y=v"},
		{"entities stay", both("", "<Data Name='x'>a &amp;&lt;&#13;&#10; b</Data>"), "x=a &amp;&lt;&#13;&#10; b"},
		{"lines in values stay", both("", "<Data Name='x'>a\r\nb\n</Data>"), "x=a\r\nb\n"},
		{"bytes that are no text stay", both("", "<Data Name='x'>\x00\x01\xff\xfe\uFFFF</Data>"), "x=\x00\x01\xff\xfe\uFFFF"},
		{"a name with blanks", both("", "<Data Name='Process Command Line'>v</Data>"), "Process_Command_Line=v"},
		{"a name with what no name may begin with", both("", "<Data Name='_1.a-b'>v</Data><Data Name='12'>w</Data>"), "a_b=v"},
		{"EventCode is System's alone", both("<EventID>1</EventID>", "<Data Name='EventCode'>9</Data>"), "EventCode=1\nEventID=1"},
		{"the blocks' own attributes are none", "<Event a='1'><System b='2'><Level>4</Level></System><EventData Name='c'><Data Name='x'>v</Data></EventData></Event>", "Level=4\nx=v"},
		{"UserData", "<Event><System></System><UserData><LogFileCleared xmlns='y'><SubjectUserName>bo</SubjectUserName><Channel>Security</Channel></LogFileCleared></UserData></Event>", "SubjectUserName=bo\nChannel=Security"},
		{"EventData inside UserData", "<Event><UserData><EventData><Data Name='x'>v</Data></EventData></UserData></Event>", "x=v"},
		{"RenderingInfo is a block only", "<Event><System></System><RenderingInfo Culture='en-US'><Message>m</Message></RenderingInfo></Event>", ""},
		{"a second block of a kind is none", both("", "<Data Name='x'>1</Data>") + both("", "<Data Name='x'>2</Data>"), "x=1"},
		{"self-closing blocks", "<Event><System/><EventData/><UserData /></Event>", ""},
		{"no event at all", "plain text <b>bold</b>", ""},
		{"cut off in a value", "<Event><System><Level>4</Level></System><EventData><Data Name='x'>1</Data><Data Name='y'>tw", "Level=4\nx=1"},
		{"cut off in a name", "<Event><System><Level>4</Level></System><EventData><Data Name='x'>1</Data><Data Na", "Level=4\nx=1"},
		{"cut off in System", "<Event><System><EventID>1</EventID><Level>4</Level><Computer>p", "EventCode=1\nEventID=1\nLevel=4"},
		{"cut off in an attribute", `<Event><System><Level>4</Level><P Name='a b="c" `, "Level=4"},
	} {
		require.Equal(t, c.want, show(c.raw), c.name)
	}
}

func TestBlocksAreFields(t *testing.T) {
	_, blocks := fast([]byte("<Event><System>s</System><EventData>e</EventData><UserData a='b'>u</UserData><DebugData>d</DebugData><RenderingInfo Culture='x'>r</RenderingInfo></Event>"))
	require.Equal(t, []pair{
		{"System_Props_Xml", "s"}, {"EventData_Xml", "e"}, {"UserData_Xml", "u"}, {"DebugData_Xml", "d"}, {"RenderingInfo_Xml", "r"},
	}, blocks)
	_, blocks = fast([]byte("<Event><System>s</System><EventData>cut"))
	require.Equal(t, []pair{{"System_Props_Xml", "s"}}, blocks, "a block that is cut off is no field")
}

func TestExtractGivesWhatEachGives(t *testing.T) {
	onAll(t, 20, func(t *testing.T, raw []byte) {
		byName := map[string][]string{}
		var order []string
		Each(raw, func(name, value []byte) {
			if byName[string(name)] == nil {
				order = append(order, string(name))
			}
			byName[string(name)] = append(byName[string(name)], string(value))
		})
		for _, name := range append(order, "absent", "EventCode", "EventData_Xml") {
			require.Equal(t, byName[name], extract(raw, name), "%s alone", name)
		}
		for i, values := range extractAll(raw, order) {
			require.Equal(t, byName[order[i]], values, "%s among all", order[i])
		}
		pairs := []string{"EventData_Xml", "EventCode"}
		require.Equal(t, [][]string{byName[pairs[0]], byName[pairs[1]]}, extractAll(raw, pairs), "computed fields only")
	})
}

func extract(raw []byte, name string) []string { return extractAll(raw, []string{name})[0] }

func extractAll(raw []byte, names []string) [][]string {
	out := make([][]string, len(names))
	NewFields(names...).Extract(raw, func(i int, value []byte) { out[i] = append(out[i], string(value)) })
	return out
}

func TestManyNamesAreToldApart(t *testing.T) {
	var names []string
	var data strings.Builder
	for i := range 700 {
		name := "Field" + strings.Repeat("x", i%70) + string(rune('a'+i%26)) + strconv.Itoa(i)
		names = append(names, name)
		data.WriteString("<Data Name='" + name + "'>" + name + "</Data>")
	}
	for i, values := range extractAll([]byte(both("", data.String())), names) {
		require.Equal(t, []string{names[i]}, values)
	}
}

func TestSplitFindsWholeEvents(t *testing.T) {
	for _, c := range []struct{ data, before, event string }{
		{"<Event>a</Event>", "", "<Event>a</Event>"},
		{"<Event xmlns='x'>a</Event><Event>b</Event>", "", "<Event xmlns='x'>a</Event>"},
		{"<Events>\r\n<Event\n>a<EventID>1</EventID><EventData></EventData></Event></Events>", "<Events>\r\n", "<Event\n>a<EventID>1</EventID><EventData></EventData></Event>"},
		{"<Event>cut\n<Event>b</Event>", "<Event>cut\n", "<Event>b</Event>"},
		{"</Event><Event>b</Event>", "</Event>", "<Event>b</Event>"},
	} {
		start, end, ok := Split([]byte(c.data))
		require.True(t, ok, c.data)
		require.Equal(t, c.before, c.data[:start])
		require.Equal(t, c.event, c.data[start:end])
	}
	for data, want := range map[string]int{
		"": 0, "text": 4, "</Event>": 8, "<Events></Events>": 17, "x<Event>a": 1, "<Event>a</Even": 0, "<Event": 6,
		"<EventData></EventData>": 23, "vent>": 5, "<Event/>": 8,
	} {
		start, _, ok := Split([]byte(data))
		require.False(t, ok, data)
		require.Equal(t, want, start, data)
	}
}

func TestHead(t *testing.T) {
	h := System([]byte(sysmon))
	require.Equal(t, "2026-01-15T11:40:12.3456789Z", h.Time.Std().Format("2006-01-02T15:04:05.999999999Z07:00"))
	require.Equal(t, "Microsoft-Windows-Sysmon/Operational", string(h.Channel))
	require.Equal(t, "ws-041.corp.example", string(Computer([]byte(sysmon))))
	for raw, want := range map[string]string{
		`<Event><System><Computer>a</Computer><Channel>b</Channel><TimeCreated RawTime='1' SystemTime = "2020-01-01T00:00:00Z"/></System></Event>`: "1577836800 b a",
		"<Event><System><Computer>a</Computer></System><EventData><Channel>no</Channel></EventData></Event>":                                       "0  a",
		"<Event><System><TimeCreated SystemTime='yesterday'/><Computer>cut o":                                                                      "0  ",
		"<Event><System><TimeCreated SystemTime=":                                                                                                  "0  ",
		"<Event><System><TimeCreated>":                 "0  ",
		"<Event><System><Channel></Channel></System>":  "0  ",
		"<Event></Event>":                              "0  ",
		"<System":                                      "0  ",
		"<Event><System x='y'><Computer>c</Computer><": "0  c",
	} {
		h := System([]byte(raw))
		require.Equal(t, want, h.Time.String()+" "+string(h.Channel)+" "+string(h.Computer), raw)
		require.Equal(t, h.Time != 0, h.Timed, raw)
	}
	_, ok := SystemTime([]byte("<Event><System></System></Event>"))
	require.False(t, ok)
}

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2021-01-14T23:41:40.145335200Z":    "1610667700.1453352",
		"2021-01-14T23:41:40.1453352Z":      "1610667700.1453352",
		"2021-01-14 23:41:39.938":           "1610667699.938",
		"2021-01-14t23:41:39z":              "1610667699",
		"2021-01-15T01:41:40,5+02:00":       "1610667700.5",
		"2021-01-14T18:11:40-0530":          "1610667700",
		"2021-01-15T01:41:40+02":            "1610667700",
		"2021-01-14T23:41:40.123456789123Z": "1610667700.123456789",
		"1969-12-31T23:59:59.750Z":          "-0.25",
		"2024-02-29T00:00:00Z":              "1709164800",
		"2000-02-29T00:00:00Z":              "951782400",
		"1678-01-01T00:00:00Z":              "-9214560000",
		"2261-12-31T23:59:59Z":              "9214646399",
		"2016-12-31T23:59:60Z":              "1483228800",
	} {
		got, ok := ParseTime([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want, got.String(), text)
	}
	for _, bad := range []string{
		"", "2021", "2021-01-14", "2021-13-01T00:00:00Z", "2021-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2021-00-01T00:00:00Z",
		"2021-01-00T00:00:00Z", "2021-01-01T24:00:00Z", "2021-01-01T00:60:00Z", "2021-01-01T00:00:61Z", "1601-01-01T00:00:00Z",
		"9999-12-31T00:00:00Z", "2021-01-01T00:00:00ZZ", "2021-01-01T00:00:00.", "2021-01-01T00:00:00+25:00", "2021-01-01T00:00:00 UTC",
		"2021-01-01X00:00:00Z", "2o21-01-01T00:00:00Z", "2021-01-01T00:00:0 Z", "2021-01-01T00:00:00+2", "2021-01-01T00:00:00+02:",
	} {
		_, ok := ParseTime([]byte(bad))
		require.False(t, ok, bad)
	}
	_, n := TimePrefix([]byte("2021-01-14 23:41:39.938 host app[1]: text"))
	require.Equal(t, len("2021-01-14 23:41:39.938"), n)
}

// recorded are the events of the logs that others recorded; none when the logs
// are not there.
func recorded(t testing.TB) (events [][]byte) {
	paths, err := filepath.Glob("../../../shared/data/*/*")
	require.NoError(t, err)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		events = append(events, split(data)...)
	}
	return events
}

func split(data []byte) (events [][]byte) {
	for {
		start, end, ok := Split(data)
		if !ok {
			return events
		}
		events = append(events, data[start:end])
		data = data[end:]
	}
}

// written are the events written for the tests.
func written(t testing.TB) [][]byte {
	data, err := os.ReadFile("testdata/events.xml")
	require.NoError(t, err)
	events := split(data)
	require.Len(t, events, 12, "testdata/events.xml")
	return append(events, []byte(sysmon))
}

// onAll runs a check over the events written for the tests and over every n-th
// recorded one: the oracles are slow.
func onAll(t *testing.T, n int, check func(t *testing.T, raw []byte)) {
	t.Run("written", func(t *testing.T) {
		for _, raw := range written(t) {
			check(t, raw)
		}
	})
	t.Run("recorded", func(t *testing.T) {
		events := recorded(t)
		if len(events) == 0 {
			t.Skip("the logs recorded by others (shared/data beside the checkout) are missing: only the written events are compared")
		}
		for i := 0; i < len(events); i += n {
			check(t, events[i])
		}
	})
}

func TestAgainstTheAddOnsRegexes(t *testing.T) {
	onAll(t, 7, func(t *testing.T, raw []byte) {
		fields, _ := fast(raw)
		require.Equal(t, addOn(raw), fields, "%s", raw)
	})
}

func TestAgainstEncodingXML(t *testing.T) {
	refused := 0
	onAll(t, 5, func(t *testing.T, raw []byte) {
		want, err := viaXML(raw)
		if err != nil {
			refused++
			return
		}
		fields, _ := fast(raw)
		for i := range fields {
			fields[i] = decoded(fields[i])
		}
		require.Equal(t, named(want), fields, "%s", raw)
	})
	require.Less(t, refused, 10, "encoding/xml refuses U+FFFF and the like, which is rare")
}

func named(in []pair) (out []pair) {
	for _, p := range in {
		if p.Name != "" && p.Name != "Correlation" && p.Name != "Security" {
			out = append(out, p)
		}
	}
	return out
}

func TestTimesAndComputersOfTheCorpus(t *testing.T) {
	onAll(t, 1, func(t *testing.T, raw []byte) {
		values := extractAll(raw, []string{"SystemTime", "Computer", "Channel"})
		h := System(raw)
		require.Equal(t, first(values[1]), string(h.Computer))
		require.Equal(t, first(values[2]), string(h.Channel))
		want, ok := ParseTime(bytes.Trim([]byte(first(values[0])), `'"`))
		require.Equal(t, ok, h.Timed)
		require.Equal(t, want, h.Time)
	})
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func TestNothingIsAllocated(t *testing.T) {
	raw := []byte(sysmon)
	f := NewFields("EventCode", "Image", "TargetObject", "Details", "User", "Computer", "UserID")
	n, sum := 0, event.Time(0)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		f.Extract(raw, func(int, []byte) { n++ })
		Each(raw, func(_, _ []byte) { n++ })
		sum += System(raw).Time
	}))
	require.NotZero(t, n+int(sum))
}

// Rubbish that a careless scanner would read again and again, for hours.
func TestRubbishTakesLinearTime(t *testing.T) {
	f := NewFields("EventCode", "x", "Computer")
	for _, piece := range []string{
		"<System ", "<EventID ", "<EventData ", "<Data Name='", "<TimeCreated ", " a='", " a=\"b ", "=", "<", "<a>", "<Channel>", "<UserData ",
	} {
		for _, frame := range [][2]string{{"", ""}, {"<Event><System>", "x>"}, {"<Event><System>", "/>"}, {"<Event><EventData>", ">"}, {"<Event><EventData>", "/>"}, {"", "/>"}} {
			raw := []byte(frame[0] + strings.Repeat(piece, 1<<18/len(piece)) + frame[1])
			f.Extract(raw, func(int, []byte) {})
			Each(raw, func(_, _ []byte) {})
			System(raw)
			Split(raw)
		}
	}
}
