package rebase

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
)

// logs are the events of recorded logs and of the project's own, by file.
func logs(t testing.TB) map[string][]event.Event {
	t.Helper()
	recorded, err := filepath.Glob("../../../shared/data/[ln]*/*")
	require.NoError(t, err)
	if len(recorded) == 0 {
		t.Log("the recorded logs beside the project are missing: only its own are read")
	}
	own, err := filepath.Glob("../../testdata/datasets/*/*.log")
	require.NoError(t, err)
	require.NotEmpty(t, own)
	out := map[string][]event.Event{}
	for _, path := range append(recorded, own...) {
		file := ingest.File{Path: path, Name: path}
		ingest.Read(context.Background(), file, ingest.Options{Now: eventTime}, func(b ingest.Block) error {
			out[path] = append(out[path], b.Events...)
			return nil
		})
		require.NotEmpty(t, out[path], path)
	}
	return out
}

// The oracle: what the times of these logs look like, read and written by the
// time package.
var slowForms = []struct {
	find   *regexp.Regexp
	layout func(string) string
}{
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?`), func(s string) string {
		frac := ""
		if i := strings.IndexByte(s, '.'); i > 0 {
			frac = "." + strings.Repeat("0", len(s)-i-1)
		}
		return "2006-01-02" + s[10:11] + "15:04:05" + frac
	}},
	{regexp.MustCompile(`\b\d\d/\d\d/\d{4} \d\d:\d\d:\d\d [AP]M`), func(string) string { return "01/02/2006 03:04:05 PM" }},
	{regexp.MustCompile(`\b\d/\d\d?/\d{4} \d\d?:\d\d:\d\d [AP]M`), func(string) string { return "1/2/2006 3:04:05 PM" }},
}

var slowNumber = regexp.MustCompile(`("(?:timestamp|ContextTimeStamp|ProcessStartTime|ProcessEndTime|Time)":")(\d{10})`)

func slowly(t *testing.T, raw []byte, delta event.Time) []byte {
	for _, form := range slowForms {
		raw = form.find.ReplaceAllFunc(raw, func(b []byte) []byte {
			at, err := time.Parse(form.layout(string(b)), string(b))
			require.NoError(t, err)
			return at.Add(time.Duration(delta)).AppendFormat(nil, form.layout(string(b)))
		})
	}
	return slowNumber.ReplaceAllFunc(raw, func(b []byte) []byte {
		head := len(b) - 10
		sec, ok := event.ParseTime(string(b[head:]))
		require.True(t, ok)
		return (sec + delta).Append(b[:head:head])
	})
}

func requireSame(t *testing.T, want, got []byte, path string) {
	t.Helper()
	if !bytes.Equal(want, got) {
		require.Equal(t, string(want), string(got), path)
	}
}

func TestLogsLikeTheSlowWay(t *testing.T) {
	for path, events := range logs(t) {
		for i, delta := range []event.Time{dayHour, -400*day - 1e9, 2_000*day + 43_201e9} {
			o := Options{Shift: Shift{Delta: delta}}
			there, back := rewriter(t, o), rewriter(t, o.Inverse())
			for _, e := range events {
				before := e
				there.Event(&e)
				if i == 0 { // it is slow
					requireSame(t, slowly(t, before.Raw, delta), e.Raw, path)
				}
				back.Event(&e)
				requireSame(t, before.Raw, e.Raw, path)
				require.Equal(t, before.Time, e.Time)
			}
			require.Zero(t, there.Counts().Inexact, path)
			require.GreaterOrEqual(t, there.Counts().Moved, len(events), path)
			t.Log(filepath.Base(path), there.Counts())
		}
	}
}

func TestLogsRekeyed(t *testing.T) {
	for path, events := range logs(t) {
		o := Options{Shift: Shift{Delta: dayHour}, Rekey: &Rekey{Suffix: "-b"}}
		there, back := rewriter(t, o), rewriter(t, o.Inverse())
		names := map[string]string{}
		for _, e := range events {
			before := e
			there.Event(&e)
			if old, ok := names[before.Host]; ok {
				require.Equal(t, old, e.Host)
			}
			names[before.Host] = e.Host
			back.Event(&e)
			requireSame(t, before.Raw, e.Raw, path)
			require.Equal(t, before.Host, e.Host)
		}
		require.Zero(t, there.Counts().Inexact, path)
		t.Log(filepath.Base(path), there.Counts())
	}
}

// layouts are the forms that Go's time package writes too.
var layouts = []string{
	"2006-01-02T15:04:05Z", "2006-01-02 15:04:05.000", "2006-01-02T15:04:05.0000000+00:00", "2006/01/02 15:04:05",
	"01/02/2006 03:04:05 PM", "01/02/2006 15:04:05.000 +0000", "02/Jan/2006:15:04:05 +0000", "Mon, 02 Jan 2006 15:04:05 GMT",
	"Mon Jan _2 15:04:05 2006", "Jan _2 15:04:05", "Jan 02 2006 15:04:05", "20060102150405.000000+000", "20060102T150405Z", "date=2006-01-02 time=15:04:05",
}

// A text of many times, moved, is the text of the moved times; and back.
func TestRandomTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year := int64(365 * 86400)
		at := event.Time(rapid.Int64Range(2*year, 80*year).Draw(t, "at") * 1e9)
		delta := event.Time(rapid.Int64Range(-year, 200*year).Draw(t, "delta") * 1e9)
		if delta < rangeStart-at+100*day { // no time leaves the range
			delta = 0
		}
		var before, after strings.Builder
		for _, layout := range rapid.SliceOfN(rapid.SampledFrom(layouts), 1, 8).Draw(t, "layouts") {
			when := at + event.Time(rapid.Int64Range(-90*86400e9, 90*86400e9).Draw(t, "far"))
			before.WriteString("; " + when.Std().Format(layout))
			after.WriteString("; " + (when + delta).Std().Format(layout))
		}
		e := event.Event{Raw: []byte(before.String()), Time: at}
		o := Options{Shift: Shift{Delta: delta}}
		there, err := New(o)
		require.NoError(t, err)
		require.Zero(t, there.Event(&e))
		require.Equal(t, after.String(), string(e.Raw))
		back, err := New(o.Inverse())
		require.NoError(t, err)
		back.Event(&e)
		require.Equal(t, before.String(), string(e.Raw))
	})
}

func BenchmarkEvent(b *testing.B) {
	path := "../../testdata/datasets/T1574.011/windows-sysmon.log"
	text, err := os.ReadFile(path)
	require.NoError(b, err)
	var events []event.Event
	problems := ingest.Read(b.Context(), ingest.File{Path: path, Name: path}, ingest.Options{Now: eventTime}, func(block ingest.Block) error {
		events = append(events, block.Events...)
		return nil
	})
	require.Empty(b, problems)
	for name, o := range map[string]Options{
		"keep":  {},
		"shift": {Shift: Shift{Delta: dayHour}},
		"scale": {Shift: Shift{Base: eventTime, Num: 1, Den: 7}},
		"rekey": {Shift: Shift{Delta: dayHour}, Rekey: &Rekey{Suffix: "-r2"}},
	} {
		b.Run(name, func(b *testing.B) {
			r := rewriter(b, o)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				for _, e := range events {
					r.Event(&e)
				}
			}
			b.ReportMetric(float64(len(events)), "events/op")
		})
	}
}
