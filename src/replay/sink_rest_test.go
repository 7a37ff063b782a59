package replay

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/splunkd"
)

// receiver is a splunkd that takes streams; faults come first.
type receiver struct {
	mu     sync.Mutex
	faults []func(http.ResponseWriter)
	got    []string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, _ := io.ReadAll(q.Body)
	if len(r.faults) > 0 {
		fault := r.faults[0]
		r.faults = r.faults[1:]
		fault(w)
		return
	}
	r.got = append(r.got, q.URL.RawQuery+"|"+string(text))
	w.WriteHeader(http.StatusNoContent)
}

func status(code int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(code) }
}

func abort(http.ResponseWriter) { panic(http.ErrAbortHandler) }

func TestSplunkTakesATextAnOrigin(t *testing.T) {
	events := []event.Event{
		{Raw: []byte("a\r\nb"), Host: "h", Source: "s", Sourcetype: "t", Index: "main"},
		{Raw: []byte("c"), Source: "other"},
		{Raw: []byte(" \n")},
		{Raw: []byte("d"), Host: "h", Source: "s", Sourcetype: "t", Index: "main"},
	}
	for _, c := range []struct {
		name   string
		faults []func(http.ResponseWriter)
		unsure bool
		want   string
	}{
		{"nothing", nil, false, ""},
		{"busy", []func(http.ResponseWriter){status(503), status(503)}, false, ""},
		{"the connection broke", []func(http.ResponseWriter){abort, abort}, true, ""},
		{"not allowed", []func(http.ResponseWriter){status(403)}, false, "HTTP status 403"},
		{"no such index", []func(http.ResponseWriter){status(400)}, false, "HTTP status 400"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &receiver{faults: c.faults}
			web := httptest.NewServer(r)
			t.Cleanup(web.Close)
			hurry := hasty{newAuto()}
			client, err := splunkd.New(splunkd.Options{URL: web.URL, Credentials: splunkd.Credentials{Token: "x"}, Clock: hurry, Timeout: 1e5 * time.Hour, GiveUp: 1e4 * time.Hour})
			require.NoError(t, err)
			t.Cleanup(client.Close)
			kept := newReceipts()
			s, err := Splunk(SplunkOptions{Receiver: client, Clock: hurry, GiveUp: time.Hour})(kept.settled)
			require.NoError(t, err)
			err = s.Send(t.Context(), Batch{Seq: 1, Events: events})
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				require.Empty(t, kept.all())
				return
			}
			require.NoError(t, err)
			require.NoError(t, s.Flush(t.Context()))
			require.NoError(t, s.Close())
			require.Equal(t, Receipt{Seq: 1, Accepted: 3, Dead: []Dead{{Event: 2, Reason: "the event is empty"}}, Unsure: c.unsure}, kept.all()[1])
			require.Equal(t, []string{"host=h&index=main&source=s&sourcetype=t|a\r\nb\nd\n", "source=other|c\n"}, r.got)
		})
	}
}
