package ingest

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/event"
)

var arrived = event.At(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))

func props(t testing.TB, settings string) *Props {
	t.Helper()
	load := func(text string) *conf.Conf {
		c, problems := conf.Load("x.conf", []conf.App{{ID: "a", FS: fstest.MapFS{"default/x.conf": {Data: []byte(text)}}}}, "")
		require.Empty(t, problems)
		return c
	}
	return NewProps(load(settings), time.UTC, func(m diag.Message) { t.Error(m.Error()) })
}

// shown is events as a line each: time since arrival, and text.
func shown(events []event.Event) string {
	var out []string
	for _, e := range events {
		out = append(out, fmt.Sprintf("%s %s", time.Duration(e.Time-arrived), e.Raw))
	}
	return strings.Join(out, "|")
}

func TestBodiesAreBrokenAndDatedAsPropsSay(t *testing.T) {
	const clock = "TIME_PREFIX = at=\nTIME_FORMAT = %Y-%m-%d %H:%M:%S\n"
	for _, c := range []struct{ settings, body, want string }{
		{"", "a\nb\r\n\n  \nc", "0s a|0s b|0s c"},
		{"", "2026-11-22T11:59:59.5Z a\nb", "-500ms 2026-11-22T11:59:59.5Z a|-500ms b"},
		{"", `{"x":1,"timestamp":"2026-11-22T11:59:58Z"}`, `-2s {"x":1,"timestamp":"2026-11-22T11:59:58Z"}`},
		{"", "2020-01-01T00:00:00Z too old\n2026-11-26T00:00:00Z too new", "0s 2020-01-01T00:00:00Z too old|0s 2026-11-26T00:00:00Z too new"},
		{"MAX_DAYS_AGO = 10000", "2025-11-22T12:00:00Z a", "-8760h0m0s 2025-11-22T12:00:00Z a"},
		{"LINE_BREAKER = ([;]+)", "a;;b\nb;c", "0s a|0s b\nb|0s c"},
		{`LINE_BREAKER = ([\r\n]+)<`, "<a\nb\n<c", "0s <a\nb|0s <c"},
		{`LINE_BREAKER = (?=x)`, "a\nb", "0s a|0s b"},
		{"TRUNCATE = 3", "abcdef\nab", "0s abc|0s ab"},
		{clock, "x at=2026-11-22 11:59:57 b", "-3s x at=2026-11-22 11:59:57 b"},
		{clock + "TZ = Europe/Berlin", "at=2026-11-22 12:59:57", "-3s at=2026-11-22 12:59:57"},
		{clock, "no time here", "0s no time here"},
		{clock + "MAX_TIMESTAMP_LOOKAHEAD = 5", "at=2026-11-22 11:59:57", "0s at=2026-11-22 11:59:57"},
		{"TIME_FORMAT = %s", "id 1795348790 x", "-10s id 1795348790 x"},
		{"TIME_FORMAT = %d/%b/%Y:%H:%M:%S %z", `1.2.3.4 - - [22/Nov/2026:12:59:59 +0100] "GET /"`, `-1s 1.2.3.4 - - [22/Nov/2026:12:59:59 +0100] "GET /"`},
		{"DATETIME_CONFIG = CURRENT", "2026-11-22T11:00:00Z", "0s 2026-11-22T11:00:00Z"},
		{"SHOULD_LINEMERGE = true", "2026-11-22T11:00:00Z a\n  at b\n  at c\n2026-11-22T11:00:01Z d", "-1h0m0s 2026-11-22T11:00:00Z a\n  at b\n  at c|-59m59s 2026-11-22T11:00:01Z d"},
		{"SHOULD_LINEMERGE = true\nBREAK_ONLY_BEFORE = ^\\[", "[1]\na\n[2]\nb", "0s [1]\na|0s [2]\nb"},
		{"SHOULD_LINEMERGE = true\nMUST_BREAK_AFTER = ;$", "a\nb;\nc", "0s a\nb;|0s c"},
		{"SHOULD_LINEMERGE = true\nMAX_EVENTS = 2", "a\nb\nc", "0s a\nb|0s c"},
	} {
		p := props(t, "[t]\n"+c.settings)
		require.Equal(t, c.want, shown(p.Break(event.Event{Time: arrived, Sourcetype: "t"}, []byte(c.body))), "%s\n%s", c.settings, c.body)
	}
}

func TestWindowsXMLIsBrokenByItself(t *testing.T) {
	const one = `<Event xmlns='x'><System><TimeCreated SystemTime='2026-11-22T11:59:59.1234567Z'/></System></Event>`
	p := props(t, "")
	for _, sourcetype := range []string{"XmlWinEventLog", "xmlwineventlog"} {
		for _, body := range []string{one + one, one + "\n" + one, one + "\r\n \t" + one + "\n"} {
			require.Equal(t, "-876.5433ms "+one+"|-876.5433ms "+one, shown(p.Break(event.Event{Time: arrived, Sourcetype: sourcetype}, []byte(body))))
		}
	}
}

func TestStanzasCountBySourceHostAndSourcetype(t *testing.T) {
	p := props(t, "[source::/var/log/*.log]\nTZ = UTC\n[host::db...]\nTRUNCATE = 20\n[(?::){0}t*]\nTRUNCATE = 5\n[default]\nTRUNCATE = 1\n")
	require.Equal(t, "0s host=web get and mor", shown(p.Break(event.Event{Time: arrived, Sourcetype: "t", Source: "/var/log/a.log", Host: "db1"}, []byte("host=web get and more"))))
	require.Equal(t, "0s abcde", shown(p.Break(event.Event{Time: arrived, Sourcetype: "t1", Source: "/var/log/x/a.log"}, []byte("abcdefgh"))))
	require.Equal(t, "0s a", shown(p.Break(event.Event{Time: arrived, Sourcetype: "other"}, []byte("abcdefgh"))))
}

func TestWrongSettingsAreSaidAndDoNotCount(t *testing.T) {
	c, _ := conf.Load("x.conf", []conf.App{{ID: "a", FS: fstest.MapFS{"default/x.conf": {Data: []byte("[t]\nLINE_BREAKER = (\nTRUNCATE = x\nTZ = Mars\n")}}}}, "")
	var said []string
	p := NewProps(c, time.UTC, func(m diag.Message) { said = append(said, m.Text) })
	require.Equal(t, "0s a|0s b", shown(p.Break(event.Event{Time: arrived, Sourcetype: "t"}, []byte("a\nb"))))
	require.Len(t, said, 3)
	require.Len(t, p.Break(event.Event{Sourcetype: "t"}, []byte("a")), 1)
	require.Len(t, said, 3, "once")
}

// FuzzBreakSome has a body in pieces give what the whole gives, and no byte be lost
// that is not blank.
func FuzzBreakSome(f *testing.F) {
	f.Add("a\nb\r\nc", uint8(0), uint8(2))
	f.Add("<Event a='1'></Event><Event></Event>", uint8(1), uint8(5))
	f.Add("2026-11-22T11:00:00Z a\n b\n2026-11-22T11:00:01Z", uint8(2), uint8(3))
	p := props(f, "[merge]\nSHOULD_LINEMERGE = true\n[semi]\nLINE_BREAKER = (;+)\n")
	f.Fuzz(func(t *testing.T, body string, kind, cut uint8) {
		base := event.Event{Time: arrived, Sourcetype: []string{"plain", "XmlWinEventLog", "merge", "semi"}[kind%4]}
		whole := p.Break(base, []byte(body))
		text := func(events []event.Event) string {
			var all []byte
			for _, e := range events {
				all = append(all, e.Raw...)
			}
			return solid(all)
		}
		require.Equal(t, solid([]byte(body)), text(whole))
		at := min(int(cut), len(body))
		first, rest := p.BreakSome(base, []byte(body[:at]), false)
		second, none := p.BreakSome(base, append(rest[:len(rest):len(rest)], body[at:]...), true)
		require.Empty(t, none)
		require.Equal(t, text(whole), text(append(first, second...)))
	})
}

// solid is a text without what may be between two events.
func solid(text []byte) string {
	var out []byte
	for _, c := range text {
		if c > ' ' && c != ';' {
			out = append(out, c)
		}
	}
	return string(out)
}
