package modinput

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/event"
)

// read gives what a reader makes of a stream, bytes at a time and at once.
func read(t testing.TB, in string) (events []Event, problems []string) {
	t.Helper()
	for _, from := range []io.Reader{iotest.OneByteReader(strings.NewReader(in)), strings.NewReader(in)} {
		events, problems = nil, nil
		r := NewReader(from)
		r.Problem = func(err *StreamError) { problems = append(problems, err.Error()) }
		for {
			e, err := r.Next()
			if err != nil {
				require.ErrorIs(t, err, io.EOF)
				break
			}
			events = append(events, e)
		}
	}
	return events, problems
}

func TestReader(t *testing.T) {
	for _, c := range []struct {
		in       string
		want     string // the events' bytes, separated by |
		problems string // separated by newlines, without their common start
	}{
		{"", "", ""},
		{"<stream/>", "", ""},
		{"<stream></stream>", "", ""},
		{"\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- c --><stream>\n<event><data>a</data></event>\n</stream>\n", "a", ""},
		{"<stream><event stanza='s' unbroken=\"1\"><time>1</time><data>a</data><done/></event></stream>", "a", ""},
		{"<stream><event><data>a&amp;b&lt;&gt;&quot;&apos;&#65;&#x42;\r\nc\rd</data></event></stream>", "a&b<>\"'AB\nc\nd", ""},
		{"<stream><event><data><![CDATA[<a>&amp;]]>b<!-- c -->d</data></event></stream>", "<a>&amp;bd", ""},
		{"<stream><event><data/></event><event/><event ></event></stream>", "||", ""},
		{"<stream><event><data>a</data></event>", "a", "37: the stream ends in the middle"},
		{"<stream><event><data>a</data></event><event><data>b", "a", "51: the stream ends in the middle"},
		{"<stream><event><data>a</data></event><eve", "a", "41: the stream ends in the middle"},
		{"<event><data>a</data></event>", "a", "0: <event> outside of <stream>\n29: the stream ends in the middle"},
		{"<stream>junk<event><data>a</data></event></stream>more", "a", "8: text outside of events: \"junk\"\n50: text outside of events: \"more\""},
		{"<stream><event><data>a&b</data></event><event><data>c</data></event></stream>", "c", "24: a & that begins no entity: \"b\""},
		{"<stream><event><source>a&b</source><data>a</data></event><event><data>c</data></event></stream>", "c", "26: a & that begins no entity: \"b\""},
		{"<stream><event><data>a&nbsp;</data></event><event><data>c</data></event></stream>", "c", "28: no such entity: &nbsp;"},
		{"<stream><event><data>a</date></event><event><data>c</data></event></stream>", "c", "29: expected </data>, found </date>"},
		{"<stream><event><data>a\x01</data></event><event><data>c</data></event></stream>", "c", "23: the character U+0001, which XML cannot carry"},
		{"<stream><event><data>a\xff</data></event><event><data>c</data></event></stream>", "c", "23: bytes that XML cannot carry: \"\\xff\""},
		{"<stream><event><fields><a>1</a></fields><data>a</data></event></stream>", "a", "15: <fields> is no element of <event>: splunkd passes it over"},
		{"<stream><event><time>soon</time><data>a</data></event></stream>", "a", "15: <time> is \"soon\": expected seconds since 1970"},
		{"<stream><other/><event><data>a</data></event></stream>", "a", "16: expected <event>, found <other>"},
		{"<!DOCTYPE x><stream><event><data>a</data></event></stream>", "a", "0: declarations (<!...>) have no place in a stream of events\n20: <event> outside of <stream>"},
		{"<stream><event a=b><data>x</data></event><event><data>c</data></event></stream>", "c", "19: expected the value of a in quotes"},
	} {
		events, problems := read(t, c.in)
		var got []string
		for _, e := range events {
			got = append(got, string(e.Raw))
		}
		require.Equal(t, c.want, strings.Join(got, "|"), "%q", c.in)
		for i := range problems {
			problems[i] = strings.TrimPrefix(problems[i], "cannot read the stream of events at byte ")
		}
		require.Equal(t, c.problems, strings.Join(problems, "\n"), "%q", c.in)
	}
}

func TestReaderKeepsMetadata(t *testing.T) {
	events, problems := read(t, `<stream><event unbroken="1" stanza="a://b"><index>i</index><time>1372274622.493</time><host>h</host><sourcetype>st</sourcetype><data>x</data><source>s</source><done></done></event></stream>`)
	require.Empty(t, problems)
	require.Equal(t, []Event{{
		Event:  event.Event{Raw: []byte("x"), Time: 1372274622_493_000_000, Host: "h", Source: "s", Sourcetype: "st", Index: "i"},
		Stanza: "a://b", Unbroken: true, Done: true,
	}}, events)
}

func TestReaderDoesNotWaitForWhatComesAfter(t *testing.T) {
	in, out := io.Pipe()
	r := NewReader(in)
	for _, piece := range []string{"<stream><event><data>a</data></event>", "<event><data>b</data><done/></event>", "<event/>"} {
		go func() { _, _ = out.Write([]byte(piece)) }()
		_, err := r.Next()
		require.NoError(t, err)
	}
	require.NoError(t, out.Close())
}

func TestReaderBoundsEvents(t *testing.T) {
	r := NewReader(strings.NewReader("<stream><event><data>" + strings.Repeat("x", 1<<20) + "</data></event><event><data>b</data></event></stream>"))
	r.MaxEvent = 1000
	var problems []string
	r.Problem = func(err *StreamError) { problems = append(problems, err.Err.Error()) }
	e, err := r.Next()
	require.NoError(t, err)
	require.Equal(t, "b", string(e.Raw))
	require.Equal(t, []string{"an event is too large"}, problems)
}

func TestReaderGivesUpOnWhatNeverEnds(t *testing.T) {
	_, problems := read(t, "<stream>"+strings.Repeat("<event><data><![CDATA[", 2000))
	require.Len(t, problems, maxLooks+1)
}

func TestReaderPassesErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	r := NewReader(io.MultiReader(strings.NewReader("<stream><event><data>a</data></event>"), iotest.ErrReader(broken)))
	_, err := r.Next()
	require.NoError(t, err)
	_, err = r.Next()
	require.ErrorIs(t, err, broken)
}

// oracle reads a stream with encoding/xml.
func oracle(in []byte) (events []Event, err error) {
	var x struct {
		XMLName xml.Name `xml:"stream"`
		Events  []struct {
			Stanza   string    `xml:"stanza,attr"`
			Unbroken string    `xml:"unbroken,attr"`
			Source   string    `xml:"source"`
			Host     string    `xml:"host"`
			Data     string    `xml:"data"`
			Done     *struct{} `xml:"done"`
		} `xml:"event"`
	}
	d := xml.NewDecoder(bytes.NewReader(in))
	if err := d.Decode(&x); err != nil {
		return nil, err
	}
	for _, e := range x.Events {
		broken, _ := parseBool(e.Unbroken)
		events = append(events, Event{
			Event:  event.Event{Raw: []byte(e.Data), Host: e.Host, Source: e.Source},
			Stanza: e.Stanza, Unbroken: broken, Done: e.Done != nil,
		})
	}
	return events, nil
}

// FuzzReader: what encoding/xml reads and we have no complaint about, we read
// alike; and nothing that it refuses goes without a complaint.
func FuzzReader(f *testing.F) {
	f.Add([]byte("<stream><event stanza='s' unbroken=\"1\"><data>a&amp;<![CDATA[<]]></data><done/></event></stream>"))
	f.Add([]byte("<stream><event><source>a&b</source><data>a</data></event><event><data>c</data></event></stream>"))
	f.Add([]byte("<?xml version='1.0'?><!-- a --><stream><event><data>\r\n]]></data></event>"))
	f.Add([]byte("\xEF\xBB\xBF<stream><event><fields><a/></fields><time>1</time></event></stream>"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, problems := read(t, string(in))
		if len(problems) > 0 || len(got) == 0 {
			return
		}
		want, err := oracle(bytes.TrimPrefix(in, []byte("\xEF\xBB\xBF")))
		if err != nil {
			if tolerated(err, in) {
				return
			}
			require.NoError(t, err)
		}
		require.Len(t, got, len(want))
		for i := range got {
			if repeated(got[i], want[i], in) {
				return
			}
			require.Equal(t, string(want[i].Raw), string(got[i].Raw))
			require.Equal(t, want[i].Source, got[i].Source)
			require.Equal(t, want[i].Host, got[i].Host)
			require.Equal(t, want[i].Done, got[i].Done)
		}
	})
}

// tolerated are refusals of encoding/xml that do not concern a stream: it checks
// the version and encoding of a declaration, and letters in names.
func tolerated(err error, in []byte) bool {
	return bytes.Contains(in, []byte("<?")) || !utf8.Valid(in) || strings.Contains(err.Error(), "name") || bytes.ContainsFunc(in, func(r rune) bool { return r >= 0x80 }) ||
		bytes.Contains(in, []byte(":")) || strings.Contains(err.Error(), "illegal character code")
}

// repeated: of elements that stand twice the oracle has the texts joined or the
// last, as it likes.
func repeated(_, _ Event, in []byte) bool {
	for _, name := range []string{"<data", "<source", "<host", "<done", "stanza", "unbroken"} {
		if bytes.Count(in, []byte(name)) > bytes.Count(in, []byte("<event")) {
			return true
		}
	}
	return bytes.Contains(in, []byte(":"))
}

// FuzzRoundTrip: what XML can carry comes back byte for byte, the rest as its
// replacement.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("a<b>&\r\n\x00\xff]]>"), "h", "s&", "t", "i", "x://y", int64(1372274622_493), true, false)
	f.Add([]byte("\xed\xa0\x80\uFFFE😀"), "", "", "", "", "", int64(-1), false, true)
	f.Fuzz(func(t *testing.T, data []byte, host, source, sourcetype, index, stanza string, millis int64, unbroken, done bool) {
		if millis > 9e12 || millis < -9e12 {
			return
		}
		out := newSink()
		w := NewWriter(out, clock.Fixed(noon), WriterOptions{})
		e := Event{Event: event.Event{Raw: data, Time: event.Time(millis) * 1e6, Host: host, Source: source, Sourcetype: sourcetype, Index: index}, Stanza: stanza, Unbroken: unbroken, Done: done}
		require.NoError(t, w.Write(&e))
		require.NoError(t, w.Write(raw("next")))
		require.NoError(t, w.Close(t.Context()))
		require.NoError(t, xml.Unmarshal([]byte(out.String()), new(struct{})))
		got := readAll(t, out.String())
		require.Len(t, got, 2)
		e.Raw = []byte(carried(string(data)))
		for _, s := range []*string{&e.Host, &e.Source, &e.Sourcetype, &e.Index, &e.Stanza} {
			*s = carried(*s)
		}
		require.Equal(t, string(e.Raw), string(got[0].Raw))
		got[0].Raw = e.Raw
		require.Equal(t, e, got[0])
		require.Equal(t, w.Stats().Replaced > 0, string(data) != string(e.Raw))
	})
}

// carried is the slow and obvious version of what XML can carry.
func carried(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || !inCharacterRange(r) {
			b.WriteString(replacement)
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}
