package modinput

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/event"
)

var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// sink is where a test's stream goes.
type sink struct {
	mu  sync.Mutex
	buf bytes.Buffer
	err error
	got chan struct{}
}

func newSink() *sink { return &sink{got: make(chan struct{}, 1000)} }

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	s.got <- struct{}{}
	return s.buf.Write(p)
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

func raw(s string) *Event { return &Event{Event: event.Event{Raw: []byte(s)}} }

func TestWriterEscapesEverything(t *testing.T) {
	out := newSink()
	w := NewWriter(out, clock.Fixed(noon), WriterOptions{})
	require.NoError(t, w.Write(&Event{
		Event: event.Event{
			Raw: []byte("a<b>&\"'\r\n\tz\x00\x1b\xff\xed\xa0\x80\uFFFFé😀"), Time: 1372274622_493_999_999,
			Host: "h<&", Source: `C:\a&b`, Sourcetype: "s>t", Index: "i\"",
		},
		Stanza: "tick://\"a\n<&", Unbroken: true, Done: true,
	}))
	require.NoError(t, w.Write(raw("plain")))
	require.NoError(t, w.Close(t.Context()))
	require.NoError(t, w.Close(t.Context()))
	require.ErrorIs(t, w.Write(raw("x")), ErrClosed)
	require.Equal(t, "<stream>\n"+
		`<event stanza="tick://&#34;a&#xA;&lt;&amp;" unbroken="1"><time>1372274622.493</time><source>C:\a&amp;b</source><sourcetype>s&gt;t</sourcetype>`+
		`<index>i"</index><host>h&lt;&amp;</host><data>a&lt;b&gt;&amp;"'&#xD;`+"\n\tz\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDé😀</data><done/></event>\n"+
		"<event><data>plain</data></event>\n</stream>\n", out.String())
	require.Equal(t, Stats{Events: 2, Bytes: int64(len(out.String())), Replaced: 7}, w.Stats())
}

func TestWriterTimes(t *testing.T) {
	print := func(want string, at event.Time, decimals int) {
		t.Helper()
		require.Equal(t, want, string(appendTime(nil, at, decimals)))
	}
	print("1372274622.493", 1372274622_493_999_999, 3)
	print("1372274622.493999999", 1372274622_493_999_999, 9)
	print("1372274622", 1372274622_000_999_999, 3)
	print("1372274622.5", 1372274622_500_000_000, 3)
	print("-1.5", -1_499_999_999, 1)
}

func TestWriterWithoutEvents(t *testing.T) {
	out := newSink()
	w := NewWriter(out, clock.Fixed(noon), WriterOptions{})
	require.NoError(t, w.Flush())
	require.Empty(t, out.String())
	require.NoError(t, w.Close(t.Context()))
	require.Equal(t, "<stream>\n</stream>\n", out.String())
}

func TestWriterFlushesByCountAndTime(t *testing.T) {
	out, c := newSink(), clock.NewManual(noon)
	w := NewWriter(out, c, WriterOptions{Count: 3})
	for range 3 {
		require.Empty(t, out.String())
		require.NoError(t, w.Write(raw("x")))
	}
	require.Equal(t, 3, strings.Count(out.String(), "<event>"))
	<-out.got
	require.NoError(t, w.Write(raw("y")))
	require.NotContains(t, out.String(), "y")
	require.NoError(t, c.WaitForSleepers(t.Context(), 1))
	c.Advance(200 * time.Millisecond)
	<-out.got
	require.Contains(t, out.String(), "y")
	require.NoError(t, w.Close(t.Context()))
}

func TestWriterKeepsItsError(t *testing.T) {
	out, c := newSink(), clock.Fixed(noon)
	broken := make(chan error, 2)
	w := NewWriter(out, c, WriterOptions{Count: 1})
	w.broken = func(err error) { broken <- err }
	out.err = errors.New("full")
	require.EqualError(t, w.Write(raw("x")), "full")
	require.EqualError(t, w.Write(raw("x")), "full")
	require.EqualError(t, w.Flush(), "full")
	require.EqualError(t, w.Close(t.Context()), "full")
	require.EqualError(t, <-broken, "full")
	require.Empty(t, broken)
}

func TestWriterIsSafeForManyAndWhole(t *testing.T) {
	out := newSink()
	w := NewWriter(out, clock.Real{}, WriterOptions{Count: 7, Wait: time.Microsecond})
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 50 {
				if w.Write(raw(fmt.Sprintf("%d-%d", g, i))) != nil {
					panic("write")
				}
			}
		})
	}
	all.Wait()
	require.NoError(t, w.Close(t.Context()))
	require.Len(t, readAll(t, out.String()), 400)
}

// readAll reads a stream that has no problems.
func readAll(t testing.TB, in string) (all []Event) {
	t.Helper()
	r := NewReader(strings.NewReader(in))
	r.Problem = func(err *StreamError) { require.NoError(t, err) }
	for {
		e, err := r.Next()
		if err != nil {
			return all
		}
		all = append(all, e)
	}
}

func TestMarksSettleBehind(t *testing.T) {
	out := newSink()
	var settled []uint64
	w := NewWriter(out, clock.Fixed(noon), WriterOptions{Bytes: 10_000, Settled: func(m uint64) error {
		settled = append(settled, m)
		return nil
	}})
	for i := range 100 {
		require.NoError(t, w.Write(raw(strings.Repeat("x", 1000))))
		w.Mark(uint64(i + 1))
	}
	require.NotEmpty(t, settled)
	last := int64(settled[len(settled)-1])
	require.IsIncreasing(t, settled)
	require.GreaterOrEqual(t, w.Stats().Bytes-last*1000, int64(pipeSize), "a pipe's worth behind where the system does not tell")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, w.Close(ended))
	require.Less(t, settled[len(settled)-1], uint64(100), "what may not have been read is repeated")
}

func TestMarksSettleByTime(t *testing.T) {
	out, c := newSink(), clock.NewManual(noon)
	settled := make(chan uint64, 10)
	w := NewWriter(out, c, WriterOptions{Settled: func(m uint64) error {
		settled <- m
		return nil
	}})
	require.NoError(t, w.Write(raw("a")))
	w.Mark(1)
	w.Mark(2)
	require.NoError(t, w.Write(raw("b")))
	w.Mark(3)
	require.NoError(t, w.Flush())
	require.Empty(t, settled)
	for len(settled) == 0 {
		c.Advance(time.Second)
		runtime.Gosched()
	}
	require.Equal(t, uint64(3), <-settled)
	require.NoError(t, w.Close(t.Context()))
}

func TestSettledMayFail(t *testing.T) {
	w := NewWriter(newSink(), clock.Fixed(noon), WriterOptions{Count: 1, Settled: func(uint64) error { return errors.New("disk full") }})
	var err error
	for i := 0; i < 200 && err == nil; i++ {
		w.Mark(uint64(i))
		err = w.Write(raw(strings.Repeat("x", 1000)))
	}
	require.EqualError(t, err, "disk full")
	require.EqualError(t, w.Write(raw("x")), "disk full")
	require.EqualError(t, w.Close(t.Context()), "disk full")
}

// FuzzData: eight bytes at a time comes out as byte by byte does.
func FuzzData(f *testing.F) {
	f.Add([]byte(sysmon), 3)
	f.Add([]byte("aé\xffb\x00\t\n\r&<>\"'\uFFFE=;?\x7f\x80\xe2\x82"), 0)
	f.Fuzz(func(t *testing.T, in []byte, room int) {
		before := make([]byte, 5, 5+max(0, min(room, 100)))
		want, bad := appendText(bytes.Clone(before), in)
		got, found := appendData(before, in)
		require.Equal(t, string(want), string(got))
		require.Equal(t, bad, found)
	})
}
