package cli

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/hec"
	"riskreplay/src/job"
	"riskreplay/src/splunkd"
	splscripts "riskreplay/testdata/spl"
)

// TestScriptsOverREST runs the SPL scripts on a Splunk: the one that
// RISKREPLAY_SPLUNK names (https://HOST:8089), else `riskreplay serve`. Events go there through the HTTP Event
// Collector, searches through the REST API.
//
// A Splunk wants SPLUNK_TOKEN, or SPLUNK_USER and SPLUNK_PASSWORD;
// RISKREPLAY_HEC (https://HOST:8088) with SPLUNK_HEC_TOKEN; and the index
// RISKREPLAY_INDEX (riskreplay_scripts), which comes with the app that
// RISKREPLAY_SCRIPTS_APP=DIR has this test write instead.
func TestScriptsOverREST(t *testing.T) {
	if dir := os.Getenv("RISKREPLAY_SCRIPTS_APP"); dir != "" {
		writeApp(t, dir)
		return
	}
	p := ownSplunk
	if url := os.Getenv("RISKREPLAY_SPLUNK"); url != "" {
		p = func(t *testing.T) *remote { return givenSplunk(t, url) }
	}
	r := p(t)
	skip, err := splscripts.NotRemote()
	require.NoError(t, err)
	splscripts.Run(t, splscripts.OnRunner(r.place), skip)
	require.Greater(t, r.places, 100)
}

// remote is a Splunk that holds the events of all scripts.
type remote struct {
	client *splunkd.Client
	feed   *hec.Client
	index  string
	run    string // parts the events of this run from those of others
	tries  int    // how often it asks for events that have been sent
	places int

	mu   sync.Mutex
	dead []hec.Dead
}

func (r *remote) settled(receipt hec.Receipt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dead = append(r.dead, receipt.Dead...)
}

// connect makes the clients; feed and api say where.
func (r *remote) connect(t *testing.T, feed hec.Options, api splunkd.Options) *remote {
	t.Helper()
	var err error
	feed.Settled = r.settled
	r.feed, err = hec.New(feed)
	require.NoError(t, err)
	r.client, err = splunkd.New(api)
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.feed.Close(); r.client.Close() })
	id := make([]byte, 6)
	_, _ = rand.Read(id)
	r.run = "r" + hex.EncodeToString(id)
	return r
}

func (r *remote) place(t *testing.T, s splscripts.Setup) splscripts.Place {
	t.Helper()
	r.places++
	mark := r.run + "x" + strconv.Itoa(r.places)
	events := splscripts.Marked(s.Events, r.index, mark)
	if len(events) > 0 {
		require.NoError(t, r.feed.Send(t.Context(), hec.Batch{Seq: uint64(r.places), Events: events}))
		require.NoError(t, r.feed.Flush(t.Context()))
		require.Empty(t, r.dead)
		r.wait(t, mark, len(events))
	}
	return splscripts.Place{Runner: r.client, Index: r.index, Mark: mark, Foreign: true}
}

// wait asks until all events can be found: an indexer takes its time.
func (r *remote) wait(t *testing.T, mark string, n int) {
	t.Helper()
	text := fmt.Sprintf("| tstats count where index=%s %s::%s", r.index, splscripts.MarkField, mark)
	found := ""
	for range r.tries {
		result, err := r.client.Run(t.Context(), job.Request{Search: text})
		require.NoError(t, err)
		rows, err := result.Rows.Next(t.Context())
		require.NotErrorIs(t, err, io.EOF)
		require.NoError(t, err)
		got := rows.Columns[0].Text(0)
		require.NoError(t, result.Rows.Close())
		if got == strconv.Itoa(n) {
			return
		}
		found = got
		if r.tries > 1 {
			require.NoError(t, clock.Real{}.SleepUntil(t.Context(), time.Now().Add(time.Second/2)))
		}
	}
	t.Fatalf("the index %q has %s and not the %d events of %s", r.index, found, n, mark)
}

func givenSplunk(t *testing.T, url string) *remote {
	r := &remote{index: os.Getenv("RISKREPLAY_INDEX"), tries: 240}
	if r.index == "" {
		r.index = "riskreplay_scripts"
	}
	insecure := os.Getenv("RISKREPLAY_INSECURE") != ""
	access := splunkd.Credentials{
		Token: splunkd.Secret(os.Getenv("SPLUNK_TOKEN")), User: os.Getenv("SPLUNK_USER"), Password: splunkd.Secret(os.Getenv("SPLUNK_PASSWORD")),
	}
	if access.Token != "" {
		access.User, access.Password = "", ""
	}
	return r.connect(t,
		hec.Options{URL: os.Getenv("RISKREPLAY_HEC"), Token: hec.Secret(os.Getenv("SPLUNK_HEC_TOKEN")), Clock: clock.Real{}, Insecure: insecure},
		splunkd.Options{URL: url, Credentials: access, Clock: clock.Real{}, Insecure: insecure})
}

func writeApp(t *testing.T, dir string) {
	files, err := splscripts.SplunkApp()
	require.NoError(t, err)
	for path, text := range files {
		path = filepath.Join(dir, filepath.FromSlash(path))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
}

// ownSplunk is riskreplay serve as a process.
func ownSplunk(t *testing.T) *remote {
	home := t.TempDir()
	token := output(t, nil, "serve", "token", "add", "scripts", "--home", home)
	server := startServer(t, "--home", home, "--hec", "127.0.0.1:0", "--api", "127.0.0.1:0")
	password := strings.TrimPrefix(server.access(t, home)[1], "SPLUNK_PASSWORD=")
	r := &remote{index: "main", tries: 1}
	access := splunkd.Credentials{User: "admin", Password: splunkd.Secret(password)}
	return r.connect(t,
		hec.Options{URL: server.HEC, Token: hec.Secret(token), Clock: clock.Real{}, Connections: 1},
		splunkd.Options{URL: server.API, Credentials: access, Clock: clock.Real{}, Mode: splunkd.Blocking})
}
