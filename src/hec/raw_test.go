package hec

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
)

// mixed are events of several kinds, told by letters: A and B differ in their
// source, S is of an index that may not be written, - is blank.
func mixed(kinds string) []event.Event {
	out := events(len(kinds))
	for i := range out {
		e := &out[i]
		e.Host, e.Source, e.Sourcetype = "h x", "s:"+kinds[i:i+1], "t"
		switch kinds[i] {
		case 'S':
			e.Index = "secret"
		case '-':
			e.Raw = []byte(" \r\n")
		}
	}
	return out
}

func TestRawIsOnePostAKind(t *testing.T) {
	for _, ack := range []bool{false, true} {
		store := &memory{}
		var paths []string
		tokens := TokenList{{Name: "t", Value: aToken, UseACK: ack}}
		_, web := collector(t, store, tokens, HandlerOptions{Fault: func(r *http.Request) Fault {
			if strings.HasSuffix(r.URL.Path, "/raw") {
				require.True(t, isGUID(r.Header.Get("X-Splunk-Request-Channel")))
				paths = append(paths, r.URL.RawQuery)
			}
			return Fault{}
		}})
		cl, l := client(t, web.URL, Options{Raw: true, Ack: ack, AckTimeout: time.Hour})
		require.NoError(t, cl.Send(t.Context(), Batch{Events: mixed("ABBAA-B")}))
		require.NoError(t, cl.Flush(t.Context()))
		require.Equal(t, []string{"event 0", "event 3", "event 4", "event 1", "event 2", "event 6"}, store.raws())
		require.Equal(t, []string{"host=h+x&index=main&source=s%3AA&sourcetype=t", "host=h+x&index=main&source=s%3AB&sourcetype=t"}, paths)
		require.Equal(t, "s:B", store.events[5].Source)
		r, _ := l.get(0)
		require.Equal(t, Receipt{Accepted: 6, Dead: []Dead{{Event: 5, Code: CodeEventBlank, Reason: "the event is empty"}}}, r)
	}
}

func TestRawFaults(t *testing.T) {
	for _, c := range []struct {
		name, kinds string
		o           Options
		faults      []Fault
		accepted    int
		dead        string // places
		unsure      bool
	}{
		{"bounded", "AAAA", Options{MaxEvents: 2}, nil, 4, "[]", false},
		{"an index that may not be written", "ASAS", Options{}, nil, 2, "[1 3]", false},
		{"busy", "AA", Options{}, []Fault{{Code: CodeBusy}, {Code: CodeAtCapacity}}, 2, "[]", false},
		{"too large", "AAAA", Options{}, []Fault{{Status: 413}}, 4, "[]", false},
		{"a body that Splunk Cloud finds too large", "AAAA", Options{}, []Fault{{Code: CodeInvalidFormat}, {Code: CodeInvalidFormat}}, 4, "[]", false},
		{"one event too large", "A", Options{}, []Fault{{Code: CodeInvalidFormat}}, 0, "[0]", false},
		{"reset", "AA", Options{}, []Fault{{Reset: ResetBody, ResetAfter: 3}}, 2, "[]", true},
	} {
		store := &memory{}
		tokens := TokenList{{Name: "t", Value: aToken, Indexes: []string{"main"}}}
		_, web := collector(t, store, tokens, HandlerOptions{Fault: firsts("/raw", c.faults...)})
		c.o.Raw, c.o.Gzip = true, GzipNever
		c.o.Reconcile = func(context.Context, []event.Event) ([]bool, error) { panic("raw events have no number") }
		cl, l := client(t, web.URL, c.o)
		require.NoError(t, cl.Send(t.Context(), Batch{Events: mixed(c.kinds)}))
		require.NoError(t, cl.Flush(t.Context()), c.name)
		r, _ := l.get(0)
		require.Equal(t, c.accepted, r.Accepted, c.name)
		require.Len(t, store.raws(), c.accepted, c.name)
		require.Equal(t, c.unsure, r.Unsure, c.name)
		places := []int{}
		for _, d := range r.Dead {
			places = append(places, d.Event)
		}
		require.Equal(t, c.dead, fmt.Sprint(places), c.name)
	}
}

func TestGzipIsNotForThisMachine(t *testing.T) {
	for host, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true, "127.9.9.9": true, "splunk": false, "10.0.0.1": false} {
		require.Equal(t, want, GzipRemote.plain(host), host)
		require.True(t, GzipNever.plain(host))
		require.False(t, GzipAlways.plain(host))
	}
}
