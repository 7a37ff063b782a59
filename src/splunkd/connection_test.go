package splunkd

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

const infoReply = `{"entry":[{"name":"server-info","content":{"serverName":"sh1","version":"10.0.1","build":"abc","guid":"G","os_name":"Linux","product_type":"enterprise","server_roles":["search_head","kv_store"]}}]}`

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, infoReply) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would tell of refused certificates
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	plain := httptest.NewServer(server.Config.Handler)
	t.Cleanup(plain.Close)
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, test := range map[string]struct {
		url  string
		o    Options
		kind Kind
		want string
	}{
		"trusted":      {server.URL, Options{Roots: roots}, Other, ""},
		"any trusted":  {server.URL, Options{Insecure: true}, Other, ""},
		"not trusted":  {server.URL, Options{}, Distrusted, "--insecure"},
		"other name":   {strings.Replace(server.URL, "127.0.0.1", "localhost", 1), Options{Roots: roots}, Distrusted, "--ca FILE"},
		"http, really": {strings.Replace(plain.URL, "http:", "https:", 1), Options{}, Foreign, "write http:// in the address"},
		"https really": {strings.Replace(server.URL, "https:", "http:", 1), Options{}, Foreign, "not splunkd's"},
		"nobody there": {gone.URL, Options{}, Unreachable, "connection refused\n    hint: is Splunk running there?"},
	} {
		test.o.URL, test.o.Clock, test.o.Credentials.Token = test.url, &hurried{now: start}, "tok-en"
		c, err := New(test.o)
		require.NoError(t, err)
		info, err := c.Info(t.Context())
		c.Close()
		if test.want == "" {
			require.NoError(t, err, name)
			require.Equal(t, Info{Name: "sh1", Version: "10.0.1", Build: "abc", GUID: "G", OS: "Linux", Product: "enterprise", Roles: []string{"search_head", "kv_store"}}, info)
			continue
		}
		require.ErrorContains(t, err, test.want, name)
		require.Equal(t, test.kind, KindOf(err), "%s: %v", name, err)
		require.NotContains(t, err.Error(), "tok-en", name)
	}
}

func TestSplunkThatGoesAwayIsWaitedFor(t *testing.T) {
	s := newScript(t, "GET /services/server/info\n200 "+infoReply+"\n")
	c := s.client()
	_, err := c.Info(t.Context())
	require.NoError(t, err)
	s.server.Close()
	before := c.o.Clock.Now()
	_, err = c.Info(t.Context())
	require.Equal(t, Unreachable, KindOf(err))
	require.GreaterOrEqual(t, c.o.Clock.Now().Sub(before), 2*time.Minute)
}

// stalled is a server that answers up to a place and then nothing.
func stalled(t *testing.T, head string) (c *Client, asked chan struct{}) {
	t.Helper()
	done, asked := make(chan struct{}), make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		if head != "" {
			_, _ = io.WriteString(w, head)
			_ = http.NewResponseController(w).Flush()
		}
		select {
		case <-done:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(done) })
	c, err := New(Options{URL: server.URL, Clock: clock.NewManual(start)})
	require.NoError(t, err)
	return c, asked
}

func TestSilenceHasAnEnd(t *testing.T) {
	for _, head := range []string{"", `{"entry":[`} {
		c, asked := stalled(t, head)
		failed := make(chan error, 1)
		go func() {
			_, err := c.Info(t.Context())
			failed <- err
		}()
		manual := c.o.Clock.(*clock.Manual)
		// The clock goes on for as long as it takes: a part of the answer is new time.
		<-asked
		go func() {
			for manual.WaitForSleepers(t.Context(), 1) == nil {
				manual.Advance(time.Minute)
			}
		}()
		err := <-failed
		require.Equal(t, Broken, KindOf(err), "%v", err)
		require.ErrorContains(t, err, "nothing came in time")
		require.ErrorIs(t, err, errTimeout)
	}
}

func TestContextEndsAnything(t *testing.T) {
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	c, asked := stalled(t, "")
	failed := make(chan error, 1)
	go func() {
		_, err := c.Info(ctx)
		failed <- err
	}()
	<-asked
	cancel(enough)
	require.ErrorIs(t, <-failed, enough)
}

// lasting is a Splunk with one job, which stays as it is until it is cancelled.
type lasting struct {
	state    string
	looks    atomic.Int32
	looked   chan struct{} // after each look
	canceled chan struct{}
	rows     func(w io.Writer, r *http.Request)
}

func (l *lasting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/control"):
		close(l.canceled)
	case r.Method == http.MethodPost:
		_, _ = io.WriteString(w, `{"sid":"7.7"}`)
	case strings.HasSuffix(r.URL.Path, "/results"):
		l.rows(w, r)
	default:
		_, _ = io.WriteString(w, `{"entry":[{"content":{"dispatchState":"`+l.state+`"}}]}`)
		l.looks.Add(1)
		select {
		case l.looked <- struct{}{}:
		default:
		}
	}
}

func newLasting(t *testing.T, state string, rows func(io.Writer, *http.Request)) (*lasting, *Client) {
	t.Helper()
	l := &lasting{state: state, looked: make(chan struct{}, 1), canceled: make(chan struct{}), rows: rows}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	c, err := New(Options{URL: server.URL, Clock: &hurried{now: start}})
	require.NoError(t, err)
	return l, c
}

func TestEndOfContextCancelsARunningJob(t *testing.T) {
	l, c := newLasting(t, "RUNNING", nil)
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := c.Run(ctx, job.Request{Search: "x"})
		failed <- err
	}()
	<-l.looked
	<-l.looked
	cancel()
	require.ErrorIs(t, <-failed, context.Canceled)
	<-l.canceled
}

// endless writes rows for as long as anybody reads them.
func endless(w io.Writer, r *http.Request) {
	_, err := io.WriteString(w, `{"fields":[{"name":"n"}],"results":[{"n":"0"}`)
	for i := 1; err == nil && r.Context().Err() == nil; i++ {
		_, err = fmt.Fprintf(w, `,{"n":"%d"}`, i)
	}
}

func TestRowsEndWithTheirContextOrClose(t *testing.T) {
	for name, end := range map[string]func(cancel func(), rows results.Reader) error{
		"context of the search": func(cancel func(), rows results.Reader) error {
			cancel()
			for {
				if _, err := rows.Next(context.Background()); err != nil {
					return err
				}
			}
		},
		"context of the reader": func(_ func(), rows results.Reader) error {
			ctx, stop := context.WithCancel(context.Background())
			stop()
			for {
				if _, err := rows.Next(ctx); err != nil {
					return err
				}
			}
		},
		"close": func(_ func(), rows results.Reader) error {
			if err := rows.Close(); err != nil {
				return err
			}
			_, err := rows.Next(context.Background())
			if errors.Is(err, errClosed) {
				return context.Canceled
			}
			return err
		},
		"nobody reads": func(cancel func(), _ results.Reader) error { cancel(); return context.Canceled },
	} {
		l, c := newLasting(t, "DONE", endless)
		ctx, cancel := context.WithCancel(t.Context())
		result, err := c.Run(ctx, job.Request{Search: "x"})
		require.NoError(t, err)
		b, err := result.Rows.Next(t.Context())
		require.NoError(t, err)
		require.Equal(t, batchRows, b.Len, "a batch is no page")
		require.ErrorIs(t, end(cancel, result.Rows), context.Canceled, name)
		<-l.canceled
		require.NoError(t, result.Rows.Close())
		cancel()
	}
}

// TestManyCallers runs searches at once while sessions end at every turn.
func TestManyCallers(t *testing.T) {
	var key atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/services/auth/login" {
			_ = json.NewEncoder(w).Encode(map[string]string{"sessionKey": fmt.Sprint("key", key.Load())})
			return
		}
		now := key.Load()
		if r.Header.Get("Authorization") != fmt.Sprint("Splunk key", now) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"messages":[{"type":"WARN","text":"call not properly authenticated"}]}`)
			return
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/jobs"):
			_, _ = io.WriteString(w, `{"sid":"1"}`)
		case strings.HasSuffix(r.URL.Path, "/results"):
			_, _ = io.WriteString(w, `{"results":[{"a":"1"}]}`)
		default:
			_, _ = io.WriteString(w, `{"entry":[{"content":{"isDone":true,"resultCount":1}}]}`)
		}
	}))
	t.Cleanup(server.Close)
	c, err := New(Options{URL: server.URL, Clock: &hurried{now: start}, Credentials: Credentials{User: "a", Password: "b"}})
	require.NoError(t, err)
	for range 5 {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				result, err := c.Run(t.Context(), job.Request{Search: "x"})
				if err != nil {
					t.Error(err)
					return
				}
				b, err := results.ReadAll(t.Context(), result.Rows)
				if err != nil || b.Len != 1 {
					t.Error(b, err)
				}
			})
		}
		all.Wait()
		key.Add(1) // every session has ended
	}
}
