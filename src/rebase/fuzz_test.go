package rebase

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
)

// FuzzInverse checks that no text makes a Rewriter panic, that it never writes
// to the old bytes, that what it changes are digits, letters and blanks, and that
// the way back gives the same bytes unless it was said that it may not.
func FuzzInverse(f *testing.F) {
	f.Add([]byte("<Event><TimeCreated SystemTime='2026-01-15T23:41:40.145335200Z'/><Data Name='UtcTime'>2026-01-15 23:41:39.938</Data>"), int64(90000e9), int64(eventTime), false)
	f.Add([]byte("Microsoft-Windows-Sysmon ProcessGuid'>{A837DB8D-01B5-5F25-0000-00104F440100}<Computer>ws-1.corp"), int64(-9e18), int64(eventTime), true)
	f.Add([]byte("01/15/2026 11:41:39 PM\nLogName=x >9/30/2026 9:05:07 PM\t12/11/2026 10:00:00 am"), int64(1234567890123), int64(0), false)
	f.Add([]byte("Thu, 15 Jan 2026 23:41:39 GMT [15/Jan/2026:23:41:39 +0100] Thu Jan 15 23:41:39 UTC 2026 Feb 29 00:00:00"), int64(-86400e9), int64(eventTime), true)
	f.Add([]byte(`audit(1768520499.123:99) "timestamp":"1768520499123" "lastLogon":134129940991234567 20260115234139.000000+060`), int64(1), int64(-5), false)
	f.Fuzz(func(t *testing.T, raw []byte, delta, at int64, rekey bool) {
		o := Options{Shift: Shift{Delta: event.Time(delta)}}
		if rekey {
			o.Rekey = &Rekey{Suffix: "-r2"}
		}
		there, err := New(o)
		require.NoError(t, err)
		e := event.Event{Raw: bytes.Clone(raw), Time: event.Time(at)}
		given := e.Raw
		there.Event(&e)
		require.Equal(t, string(raw), string(given), "the old bytes were written to")
		c := there.Counts()
		if c.Moved+c.Keys == 0 {
			require.Equal(t, string(raw), string(e.Raw))
		}
		back, err := New(o.Inverse())
		require.NoError(t, err)
		text := string(e.Raw)
		back.Event(&e)
		if c.Inexact+back.Counts().Inexact == 0 && e.Time == event.Time(at) && !beginsWithNumber(raw) {
			require.Equal(t, string(raw), string(e.Raw), "the way back from %q", text)
			require.Equal(t, c.Moved, back.Counts().Moved)
		}
	})
}

// FuzzScale checks that with a scale nothing panics and no width changes but of
// times without leading zeros.
func FuzzScale(f *testing.F) {
	f.Add([]byte("2026-01-15T23:41:40.145335200+01:00 audit(1768520499.123:99) [15/Jan/2026:23:41:39 -0730]"), int64(eventTime), int64(1), int64(7))
	f.Add([]byte("Jan  5 01:02:03 20260115234139.000000+060"), int64(-5), int64(1<<62), int64(3))
	f.Fuzz(func(t *testing.T, raw []byte, base, num, den int64) {
		r, err := New(Options{Shift: Shift{Base: event.Time(base), Num: num, Den: den}})
		if err != nil {
			return
		}
		e := event.Event{Raw: bytes.Clone(raw), Time: eventTime}
		r.Event(&e)
		if r.Counts().Moved == 0 {
			require.Equal(t, string(raw), string(e.Raw))
		}
		if r.Counts().Inexact == 0 && !bytes.ContainsAny(raw, "/ ") {
			require.Len(t, e.Raw, len(raw))
		}
	})
}

// beginsWithNumber excludes texts whose first number is a time when it lies
// within a day of the event: cut to different units, their distance may change.
func beginsWithNumber(raw []byte) bool {
	n := 0
	for n < len(raw) && isDigit(raw[n]) {
		n++
	}
	return n >= 10
}
