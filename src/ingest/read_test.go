package ingest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
)

var (
	first  = xmlEvent("2026-01-15T11:40:12.3456789Z", "Security", "pc1", "<Data Name='a'>1</Data>")
	second = xmlEvent("2026-01-15T11:40:13Z", "System", "pc2", "<Data Name='a'>line 1\r\nline 2\n</Data>")
	third  = xmlEvent("", "System", "pc1", "")
)

const (
	firstShown  = "1768477212.3456789 pc1 main XmlWinEventLog XmlWinEventLog:Security"
	secondShown = "1768477213 pc2 main XmlWinEventLog XmlWinEventLog:System"
)

const classic1 = "01/14/2021 11:41:39 PM\nLogName=Microsoft-Windows-PowerShell/Operational\nEventCode=4104\nComputerName=pc9\nMessage=Creating:\r\nComputerName=no\r\n\r\nPath:"

const classic1Shown = `1610667699 pc9 main WinEventLog WinEventLog:Microsoft-Windows-PowerShell/Operational "` +
	`01/14/2021 11:41:39 PM\nLogName=Microsoft-Windows-PowerShell/Operational\nEventCode=4104\nComputerName=pc9\nMessage=Creating:\r\nComputerName=no\r\n\r\nPath:"`

func quote(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(s, `"`, `\"`), "\r", `\r`), "\n", `\n`)
}

// TestRead compares what is read, event by event, then what is said.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		given      Metadata
		want       []string
		said       string
	}{
		{name: "XML on lines", text: first + "\n" + second + "\n", want: []string{firstShown + ` "` + first + `"`, secondShown + ` "` + quote(second) + `"`}},
		{name: "XML in CRLF lines", text: first + "\r\n" + second + "\r\n", want: []string{firstShown + ` "` + first + `"`, secondShown + ` "` + quote(second) + `"`}},
		{name: "no newline at the end", text: first, want: []string{firstShown + ` "` + first + `"`}},
		{name: "several in a line", text: first + second + " " + first, want: []string{firstShown + ` "` + first + `"`, secondShown + ` "` + quote(second) + `"`, firstShown + ` "` + first + `"`}},
		{name: "byte order mark", text: "\xef\xbb\xbf" + first + "\n\xef\xbb\xbf" + first, want: []string{firstShown + ` "` + first + `"`, firstShown + ` "` + first + `"`}},
		{name: "wrapped in <Events>", text: "<?xml version='1.0'?>\n<Events xmlns='x'>\n  " + first + "\n</Events>\n", want: []string{firstShown + ` "` + first + `"`}},
		{
			name: "no time of its own", text: first + "\n" + third, want: []string{firstShown + ` "` + first + `"`, `1768477212.3456789 pc1 main XmlWinEventLog XmlWinEventLog:System "` + third + `"`},
			said: "x.log:2:1: 1 event has no time that can be read, this first: the time of the event before was taken",
		},
		{
			name: "no time at all", text: third, want: []string{`1768479600 pc1 main XmlWinEventLog XmlWinEventLog:System "` + third + `"`},
			said: "x.log:1:1: 1 event has no time that can be read, this first: now was taken",
		},
		{name: "given metadata stand", text: first, given: Metadata{Sourcetype: "a", Source: "b", Host: "c", Index: "d"}, want: []string{`1768477212.3456789 c d a b "` + first + `"`}},
		{name: "sourcetype cut at the colon", text: first, given: Metadata{Sourcetype: "xmlwineventlog:Whatever"}, want: []string{`1768477212.3456789 pc1 main xmlwineventlog XmlWinEventLog:Security "` + first + `"`}},
		{name: "a source that is given stays", text: first, given: Metadata{Sourcetype: "XmlWinEventLog:X", Source: "s"}, want: []string{`1768477212.3456789 pc1 main XmlWinEventLog s "` + first + `"`}},
		{name: "sourcetype as the seeds' tests say it", text: first, given: Metadata{Sourcetype: "xmlwineventlog"}, want: []string{`1768477212.3456789 pc1 main xmlwineventlog XmlWinEventLog:Security "` + first + `"`}},
		{name: "a foreign sourcetype", text: first, given: Metadata{Sourcetype: "sysmon:linux"}, want: []string{`1768477212.3456789 pc1 main sysmon:linux x.log "` + first + `"`}},
		{
			name: "a syslog header belongs to the event", text: "Jan 15 11:40:12 pc1 sysmon: " + first + "\nJan 15 11:40:13 pc1 sysmon: " + first + "\n",
			want: []string{firstShown + ` "Jan 15 11:40:12 pc1 sysmon: ` + first + `"`, firstShown + ` "Jan 15 11:40:13 pc1 sysmon: ` + first + `"`},
		},
		{name: "classic between XML", text: first + "\n" + classic1 + "\n" + first + "\n", want: []string{firstShown + ` "` + first + `"`, classic1Shown, firstShown + ` "` + first + `"`}},
		{name: "classic alone", text: classic1 + "\n" + classic1 + "\r\n", want: []string{classic1Shown, classic1Shown}},
		{name: "classic without a date", text: "LogName=Security\nComputerName=pc9\nMessage=m\nLogName=System\nMessage=n", want: []string{
			`1768479600 pc9 main WinEventLog WinEventLog:Security "LogName=Security\nComputerName=pc9\nMessage=m"`,
			`1768479600 localhost main WinEventLog WinEventLog:System "LogName=System\nMessage=n"`,
		}, said: "x.log:1:1: 2 events have no time that can be read, this first: now was taken"},
		{
			name: "an event that is cut off", text: first + "\n" + first[:250] + "\n" + second + "\n", want: []string{firstShown + ` "` + first + `"`, firstShown + ` "` + first[:250] + `"`, secondShown + ` "` + quote(second) + `"`},
			said: "x.log:2:1: the event is cut off: it is kept as it is",
		},
		{
			name: "the last event cut off", text: first + "\n" + first[:250], want: []string{firstShown + ` "` + first + `"`, firstShown + ` "` + first[:250] + `"`},
			said: "x.log:2:1: the event is cut off: it is kept as it is",
		},
		{
			name: "cut off before classic text", text: first[:250] + "\n" + classic1, want: []string{firstShown + ` "` + first[:250] + `"`, classic1Shown},
			said: "x.log:1:1: the event is cut off: it is kept as it is",
		},
		{
			name: "other lines", text: first + "\n  what is this?\r\n\r\n2026-01-15 11:00:00 or this\n" + first, want: []string{
				firstShown + ` "` + first + `"`,
				`1768477212.3456789 localhost main unknown x.log "  what is this?"`, `1768474800 localhost main unknown x.log "2026-01-15 11:00:00 or this"`, firstShown + ` "` + first + `"`,
			},
			said: "x.log:2:1: this is no Windows event: the line is kept as an event of its own\nx.log:4:1: this is no Windows event: the line is kept as an event of its own\n" +
				"x.log:2:1: 1 event has no time that can be read, this first: the time of the event before was taken",
		},
		{name: "a JSON string of XML", text: `"` + strings.ReplaceAll(quote(second), "<", `\u003c`) + `\n"` + "\n", want: []string{secondShown + ` "` + quote(second) + `"`}},
		{name: "bytes that are no text", text: strings.Replace(first, ">1<", ">\x00\xff\x01\uFFFF<", 1), want: []string{firstShown + ` "` + strings.Replace(first, ">1<", `>\x00\xff\x01\uffff<`, 1) + `"`}},

		{name: "CrowdStrike", text: `{"event_simpleName":"ProcessRollup2","aid":"4f","timestamp":"1768477212629","ComputerName":"APP-02"}` + "\n", want: []string{
			`1768477212.629 APP-02 main crowdstrike:events:sensor crowdstrike "{\"event_simpleName\":\"ProcessRollup2\",\"aid\":\"4f\",\"timestamp\":\"1768477212629\",\"ComputerName\":\"APP-02\"}"`,
		}},
		{name: "JSON lines", text: "{\"a\":1,\"time\":\"2026-01-15T11:40:12Z\"}\r\n\n{\"b\":{\"time\":5},\"ts\":1768477213.25}", want: []string{
			`1768477212 localhost main _json x.log "{\"a\":1,\"time\":\"2026-01-15T11:40:12Z\"}"`, `1768477213.25 localhost main _json x.log "{\"b\":{\"time\":5},\"ts\":1768477213.25}"`,
		}},
		{name: "the better key wins", text: `{"time":"2020-01-01T00:00:00Z","EventTime":"2021-01-01 00:00:00","@timestamp":"2026-01-15T11:40:12Z","timestamp":"never"}`, want: []string{
			`1768477212 localhost main _json x.log "{\"time\":\"2020-01-01T00:00:00Z\",\"EventTime\":\"2021-01-01 00:00:00\",\"@timestamp\":\"2026-01-15T11:40:12Z\",\"timestamp\":\"never\"}"`,
		}},
		{name: "an array over lines", text: "[\n {\n  \"ts\": 1768477212\n },\n {\"ts\": 1768477213}\n]\n", want: []string{
			`1768477212 localhost main _json x.log "{\n  \"ts\": 1768477212\n }"`, `1768477213 localhost main _json x.log "{\"ts\": 1768477213}"`,
		}},
		{name: "broken JSON", text: "{\"ts\":1768477212}\n{\"ts\":17\n{\"ts\":1768477213}\nhello\n{\"cut\":", want: []string{
			`1768477212 localhost main _json x.log "{\"ts\":1768477212}"`, `1768477212 localhost main unknown x.log "{\"ts\":17"`,
			`1768477213 localhost main _json x.log "{\"ts\":1768477213}"`, `1768477213 localhost main unknown x.log "hello"`, `1768477213 localhost main unknown x.log "{\"cut\":"`,
		}, said: "x.log:2:1: this is no whole JSON object (invalid character '{' after object value (expecting ',' or '}')): the line is kept as an event of its own\n" +
			"x.log:4:1: this is no JSON object: the line is kept as an event of its own\n" +
			"x.log:5:1: this is no whole JSON object (it is cut off): the line is kept as an event of its own\n" +
			"x.log:2:1: 3 events have no time that can be read, this first: the time of the event before was taken"},

		{name: "lines", text: "Jan 15 11:40:12 pc1 sshd: a\n\n  b\nlast", want: []string{
			`1768477212 localhost main unknown x.log "Jan 15 11:40:12 pc1 sshd: a"`, `1768477212 localhost main unknown x.log "  b"`, `1768477212 localhost main unknown x.log "last"`,
		}, said: "x.log:3:1: 2 events have no time that can be read, this first: the time of the event before was taken"},
		{
			name: "a format that is asked for", text: first + "\n", given: Metadata{Format: "lines"}, want: []string{`1768479600 localhost main unknown x.log "` + first + `"`},
			said: "x.log:1:1: 1 event has no time that can be read, this first: now was taken",
		},
		{name: "blank", text: " \n\r\n\t", want: nil},
	} {
		for _, block := range []int{0, 1, 7, 333} {
			events, problems := readText(t, c.text, c.given, Options{BlockSize: block})
			require.Equal(t, strings.Join(c.want, "\n"), showAll(events), "%s, block size %d", c.name, block)
			require.Equal(t, c.said, said(problems), "%s, block size %d", c.name, block)
		}
	}
}

func TestOriginsPointIntoTheFile(t *testing.T) {
	text := first + "\n\n" + classic1 + "\n" + strings.Repeat(second+"\n", 5) + "odd\n" + first
	path := write(t, "x.log", text)
	for _, block := range []int{1, 300, 500, 5000} {
		n := 0
		problems := Read(context.Background(), newFile(path, Metadata{}), Options{BlockSize: block}, func(b Block) error {
			require.Equal(t, path, b.First.File)
			require.Equal(t, n, b.First.Event)
			require.True(t, strings.HasPrefix(text[b.First.Offset:], string(b.Events[0].Raw)))
			require.Equal(t, 1+strings.Count(text[:b.First.Offset], "\n"), b.First.Line)
			for i, e := range b.Events {
				require.True(t, strings.HasPrefix(text[b.Offsets[i]:], string(e.Raw)))
			}
			n += len(b.Events)
			return nil
		})
		require.False(t, problems.HasErrors())
		require.Equal(t, 9, n)
	}
}

func TestBlocksAreNeverReused(t *testing.T) {
	var blocks []Block
	text := strings.Repeat(first+"\n", 50)
	Read(context.Background(), newFile(write(t, "x.log", text), Metadata{}), Options{BlockSize: 1000}, func(b Block) error {
		blocks = append(blocks, b)
		return nil
	})
	require.Greater(t, len(blocks), 10)
	for _, b := range blocks {
		for _, e := range b.Events {
			require.Equal(t, first, string(e.Raw))
			require.Equal(t, len(e.Raw), cap(e.Raw), "who appends to an event must not write into the next one")
		}
	}
}

func TestALongEventIsKeptInPieces(t *testing.T) {
	long := xmlEvent("2026-01-15T11:40:12Z", "Security", "pc1", strings.Repeat("x", 5000))
	events, problems := readText(t, first+"\n"+long+"\n"+second+"\n", Metadata{}, Options{BlockSize: 500, MaxEvent: 2000})
	require.Contains(t, said(problems), "an event is longer than 2000 bytes: it is kept in pieces")
	require.False(t, problems.HasErrors())
	var joined bytes.Buffer
	for _, e := range events {
		joined.Write(e.Raw)
	}
	require.Equal(t, first+long+second, joined.String())
	require.Equal(t, second, string(events[len(events)-1].Raw))
}

func TestReadingStops(t *testing.T) {
	path := write(t, "x.log", strings.Repeat(first+"\n", 10))
	stop := errors.New("enough")
	calls := 0
	problems := Read(context.Background(), newFile(path, Metadata{}), Options{BlockSize: 500}, func(Block) error {
		calls++
		return stop
	})
	require.ErrorIs(t, problems.Err(), stop)
	require.Equal(t, 1, calls)

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	problems = Read(ctx, newFile(path, Metadata{}), Options{}, func(Block) error { return nil })
	require.ErrorIs(t, problems.Err(), context.Canceled)
}

func TestManyProblemsAreCounted(t *testing.T) {
	events, problems := readText(t, first+"\n"+strings.Repeat("2026-01-15 11:00:00 odd\n", 1000), Metadata{}, Options{})
	require.Len(t, events, 1001)
	require.Len(t, problems, 6)
	require.Equal(t, "x.log:6:1: this is no Windows event: the line is kept as an event of its own\n"+
		"and 995 more like this: this is no Windows event: the line is kept as an event of its own", said(problems[4:]))
}

func TestStringsAreShared(t *testing.T) {
	path := write(t, "x.log", strings.Repeat(first+"\n"+second+"\n", 500))
	var all []event.Event
	allocs := testing.AllocsPerRun(1, func() {
		all, _ = readPath(t, path, Metadata{}, Options{})
	})
	require.Len(t, all, 1000)
	require.Less(t, allocs, 150.0, "for 1000 events")
}

func TestNoFormatLosesBytes(t *testing.T) {
	text, err := os.ReadFile("../winevent/testdata/events.xml")
	require.NoError(t, err)
	for _, block := range []int{0, 50, 1000} {
		events, problems := readText(t, string(text), Metadata{}, Options{BlockSize: block})
		require.Len(t, events, 12)
		require.False(t, problems.HasErrors())
	}
}

// Many events of one kind are cut off and none of the other is there: the text is
// not looked through to its end for each. (When it was, this took minutes.)
func TestManyCutEventsAreReadInOneGo(t *testing.T) {
	const n = 400_000
	for _, piece := range []string{"<Event ", "<Event \n", "LogName=x\n"} {
		events, _ := readText(t, strings.Repeat(piece, n), Metadata{Format: "winevent"}, Options{})
		require.Len(t, events, n, piece)
	}
}
