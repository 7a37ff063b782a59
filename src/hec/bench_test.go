package hec

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/event"
)

// nowhere is a Store that keeps nothing: what is measured is the way there.
type nowhere struct{}

func (nowhere) Append(context.Context, []event.Event) (Ticket, error) { return ticket{}, nil }

// sysmon is about a mebibyte of Sysmon's events: recorded ones, or where they are
// not at hand one that looks like them, repeated.
func sysmon(b *testing.B) (evs []event.Event, size int) {
	text, err := os.ReadFile("../../../shared/data/logs/attack_data-T1136.001.sysmon.log")
	if err != nil {
		b.Log("the logs recorded by others (shared/data beside the checkout) are missing: a made-up event is repeated")
		text = []byte(strings.Repeat("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/></System><EventData>"+strings.Repeat("<Data Name='Image'>C:\\Windows\\System32\\cmd.exe</Data>", 20)+"</EventData></Event>\n", 1000))
	}
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		if size += len(line); size > 1_000_000 {
			return evs, size - len(line)
		}
		evs = append(evs, event.Event{
			Raw: line, Time: 1595251445123456700, Host: "win-dc-128", Source: "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", Sourcetype: "XmlWinEventLog", Index: "main",
		})
	}
	return evs, size
}

// BenchmarkLoopback is client and handler together over a socket without TLS;
// the bytes are those of events.
func BenchmarkLoopback(b *testing.B) {
	for _, ack := range []bool{false, true} {
		for _, gzip := range []Gzip{GzipNever, GzipAlways} {
			b.Run(fmt.Sprintf("ack=%v/gzip=%v", ack, gzip == GzipAlways), func(b *testing.B) {
				evs, size := sysmon(b)
				tokens := plainToken()
				if ack {
					tokens = ackToken()
				}
				_, web := collector(b, nowhere{}, tokens, HandlerOptions{Clock: clock.Real{}})
				c, err := New(Options{URL: web.URL, Token: aToken, Clock: clock.Real{}, Ack: ack, Gzip: gzip})
				require.NoError(b, err)
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					require.NoError(b, c.Send(b.Context(), Batch{Events: evs}))
				}
				require.NoError(b, c.Flush(context.Background()))
				require.NoError(b, c.Close())
			})
		}
	}
}

// BenchmarkSmallRequests is one event a request.
func BenchmarkSmallRequests(b *testing.B) {
	evs, _ := sysmon(b)
	_, web := collector(b, nowhere{}, plainToken(), HandlerOptions{})
	c, err := New(Options{URL: web.URL, Token: aToken, Clock: clock.Real{}, Connections: 64, Gzip: GzipNever})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, c.Send(b.Context(), Batch{Events: evs[:1]}))
	}
	require.NoError(b, c.Flush(context.Background()))
	require.NoError(b, c.Close())
}

func BenchmarkAppendEnvelope(b *testing.B) {
	evs, size := sysmon(b)
	var text []byte
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		text = text[:0]
		for _, e := range evs {
			text = AppendEnvelope(text, e)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	evs, size := sysmon(b)
	var text []byte
	for _, e := range evs {
		text = AppendEnvelope(text, e)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		d := newDecoder(bytes.NewReader(text), event.Event{Index: "main"}, limits{event: 5 << 20, fields: 1000}, func(string) bool { return true })
		for {
			if _, err := d.next(); err != nil {
				require.Equal(b, io.EOF, err)
				break
			}
		}
	}
}
