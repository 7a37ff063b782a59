package replay

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/hec"
)

// slow is a splunkd that takes a text when it is told to.
type slow struct{ asked, proceed chan struct{} }

func (s *slow) Receive(ctx context.Context, _, _, _, _ string, _ io.Reader) error {
	s.asked <- struct{}{}
	select {
	case <-s.proceed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestBatchUnderWayEndsWell: a run that is told to end sends nothing more, and what
// it was sending then is settled: at the next start it is not sent again.
func TestBatchUnderWayEndsWell(t *testing.T) {
	const long = 100 * time.Hour
	asked, proceed := make(chan struct{}, 10), make(chan struct{})
	x := &indexer{}
	collector := hec.Handler(x, hec.TokenList{{Name: "t", Value: secret}}, hec.HandlerOptions{Clock: newAuto()})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 0 { // events, and no question
			asked <- struct{}{}
			<-proceed
		}
		collector.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	run := func(asked, proceed chan struct{}, open Open) (m Manifest, err error) {
		data := files(t, map[string]string{"a.log": lines("a", 0, 1, 2, 3, 4, 5)})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-asked
			cancel()
			close(proceed)
		}()
		return Run(ctx, scan(t, data, Settings{BatchEvents: 2}), open, Options{Dir: t.TempDir(), Clock: newAuto(), Drain: long})
	}
	m, err := run(asked, proceed, HEC(HECOptions{Linger: long, Options: hec.Options{URL: web.URL, Token: secret, Clock: hasty{newAuto()}, Connections: 1}}))
	require.ErrorIs(t, err, context.Canceled)
	require.GreaterOrEqual(t, m.Accepted, int64(2))
	require.Len(t, x.texts(), int(m.Accepted), "all that was sent")
	s := &slow{make(chan struct{}, 10), make(chan struct{})}
	m, err = run(s.asked, s.proceed, Splunk(SplunkOptions{Receiver: s, Clock: newAuto(), Linger: long}))
	require.ErrorIs(t, err, context.Canceled)
	require.EqualValues(t, 2, m.Accepted)
	require.Empty(t, m.Doubtful)
}
