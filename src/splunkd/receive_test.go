package splunkd

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func TestReceive(t *testing.T) {
	const to = "POST /services/receivers/stream host=h+1 source=C%3A%5Ca.log sourcetype=XmlWinEventLog index=main body=two%0Alines length=9 auth=Bearer+tok-en\n"
	for name, test := range map[string]struct {
		say, want string
		kind      Kind
	}{
		"taken":           {to + "204 ", "", Other},
		"busy, then not":  {to + "503 no\n" + to + "200 <response/>", "", Other},
		"no such index":   {to + `400 {"messages":[{"type":"ERROR","text":"supplied index 'main' missing"}]}`, `hint: is there an index "main"?`, Rejected},
		"not known":       {to + "drop", "closed without an answer", Broken},
		"not allowed":     {to + `403 {"messages":[{"type":"WARN","text":"insufficient permission"}]}`, "lack the capability", Forbidden},
		"another program": {to + "404 <html>", "management port", Foreign},
	} {
		s := newScript(t, test.say)
		err := s.client().Receive(t.Context(), "h 1", `C:\a.log`, "XmlWinEventLog", "main", iotest.OneByteReader(strings.NewReader("two\nlines")))
		if test.want == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, test.want, name)
			require.Equal(t, test.kind, KindOf(err), name)
		}
		s.finish()
	}
}

func TestSubmitAndASessionThatEnded(t *testing.T) {
	s := newScript(t, "POST /services/auth/login\n200 {\"sessionKey\":\"k1\"}\nPOST /services/receivers/simple auth=Splunk+k1 index=\n401 no\n"+
		"POST /services/auth/login\n200 {\"sessionKey\":\"k2\"}\nPOST /services/receivers/simple auth=Splunk+k2 body=event\n200 <response/>")
	require.NoError(t, s.client(password).Submit(t.Context(), "", "", "", "", strings.NewReader("event")))
	s.finish()
}

func TestLongBodiesAreStreamedOnce(t *testing.T) {
	const size = heldBody + 5<<20
	var got int64
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		got, _ = io.Copy(io.Discard, r.Body)
		if calls > 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	c, err := New(Options{URL: server.URL, Clock: &hurried{now: start}})
	require.NoError(t, err)
	body := func() io.Reader { return io.LimitReader(zeros{}, size) }
	require.NoError(t, c.Receive(t.Context(), "", "", "", "", body()))
	require.EqualValues(t, size, got)
	err = c.Receive(t.Context(), "", "", "", "", body())
	require.Equal(t, Busy, KindOf(err))
	require.Equal(t, 2, calls, "half of it is gone: whoever has the events sends them again")
	bad := errors.New("disk on fire")
	require.ErrorIs(t, c.Receive(t.Context(), "", "", "", "", iotest.ErrReader(bad)), bad)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }
