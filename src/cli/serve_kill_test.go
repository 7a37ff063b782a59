package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// load is senders of numbered events, and which of them were acknowledged.
type load struct {
	url, token, acked string // tokens: without and with useACK
	client            *http.Client

	mu           sync.Mutex
	next         int
	acknowledged map[int]bool
	batches      int
	enough       int
	reached      chan struct{} // closed when enough batches were acknowledged
}

// numbered is an event whose text tells whether it is whole.
func numbered(n int) string {
	return fmt.Sprintf("n=%d %s end=%d", n, strings.Repeat("x", n%1700), n)
}

// send sends batches until the server is gone.
func (l *load) send(kind int) {
	for size := 1; ; size = size%7 + 1 {
		l.mu.Lock()
		from := l.next
		l.next += size
		l.mu.Unlock()
		if !l.batch(kind, from, size) {
			return
		}
		l.mu.Lock()
		for n := from; n < from+size; n++ {
			l.acknowledged[n] = true
		}
		if l.batches++; l.batches == l.enough {
			close(l.reached)
		}
		l.mu.Unlock()
	}
}

// batch sends events to the event endpoint, the raw one, or with acknowledgement,
// and tells whether they were acknowledged.
func (l *load) batch(kind, from, size int) bool {
	var body strings.Builder
	for n := from; n < from+size; n++ {
		if kind == 1 {
			body.WriteString(numbered(n) + "\n")
		} else {
			fmt.Fprintf(&body, `{"event":%q}`, numbered(n))
		}
	}
	switch kind {
	case 0:
		_, ok := l.post("/event", l.token, body.String())
		return ok
	case 1:
		_, ok := l.post("/raw", l.token, body.String())
		return ok
	}
	answer, ok := l.post("/event", l.acked, body.String())
	if !ok {
		return false
	}
	var taken struct{ AckID *int64 }
	if json.Unmarshal([]byte(answer), &taken) != nil || taken.AckID == nil {
		return false
	}
	id := strconv.FormatInt(*taken.AckID, 10)
	for {
		answer, ok := l.post("/ack", l.acked, `{"acks":[`+id+`]}`)
		if !ok || strings.Contains(answer, "true") {
			return ok
		}
	}
}

// post tells whether the whole answer came, and was 200.
func (l *load) post(path, token, body string) (string, bool) {
	req, err := http.NewRequest(http.MethodPost, l.url+"/services/collector"+path, strings.NewReader(body))
	if err != nil {
		return "", false
	}
	req.Header.Set("Authorization", "Splunk "+token)
	req.Header.Set("X-Splunk-Request-Channel", "11111111-2222-3333-4444-555555555555")
	resp, err := l.client.Do(req)
	if err != nil {
		return "", false
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	data, err := io.ReadAll(resp.Body)
	return string(data), err == nil && resp.StatusCode == http.StatusOK
}

// TestKilledServerLosesNothing kills a server under load, again and again: every
// event that was acknowledged is there once, none is torn, and nothing is there that
// was not sent. RISKREPLAY_KILLS says how often.
func TestKilledServerLosesNothing(t *testing.T) {
	kills := 40
	if slowed {
		kills = 8
	}
	if text := os.Getenv(killsVariable); text != "" {
		var err error
		kills, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	home, rnd := t.TempDir(), rand.New(rand.NewPCG(3, 4))
	l := &load{acknowledged: map[int]bool{}}
	l.token = output(t, nil, "serve", "token", "add", "plain", "--home", home)
	l.acked = output(t, nil, "serve", "token", "add", "acked", "--ack", "--home", home)
	for range kills {
		s := startServer(t, append([]string{"--home", home}, anywhere...)...)
		l.url, l.client = s.HEC, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
		l.batches, l.enough, l.reached = 0, 1+rnd.IntN(80), make(chan struct{})
		var senders sync.WaitGroup
		for i := range 6 {
			senders.Go(func() { l.send(i % 3) })
		}
		ended := make(chan struct{})
		go func() { senders.Wait(); close(ended) }()
		select {
		case <-l.reached:
		case <-ended:
			require.Fail(t, "the server refused before it was killed", "%s", s.errors)
		}
		require.NoError(t, s.cmd.Process.Kill())
		require.Error(t, s.cmd.Wait())
		<-ended
		l.client.CloseIdleConnections()
		require.NotContains(t, s.errors.String(), "error")
	}
	s := startServer(t, append([]string{"--home", home}, anywhere...)...)
	s.stop(t)
	there := map[int]bool{}
	for line := range strings.Lines(output(t, nil, "search", "--format", "json", "--data", filepath.Join(home, "index"), "index=main | table _raw")) {
		var row struct {
			Raw string `json:"_raw"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &row))
		var n int
		_, err := fmt.Sscanf(row.Raw, "n=%d", &n)
		require.NoError(t, err, row.Raw)
		require.Equal(t, numbered(n), row.Raw)
		require.False(t, there[n], "event %d is there twice", n)
		there[n] = true
	}
	for n := range l.acknowledged {
		require.True(t, there[n], "event %d was acknowledged and is lost", n)
	}
	for n := range there {
		require.Less(t, n, l.next)
	}
	require.Greater(t, len(l.acknowledged), kills)
	t.Logf("%d kills, %d events acknowledged, %d there", kills, len(l.acknowledged), len(there))
}
