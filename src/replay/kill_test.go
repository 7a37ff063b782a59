package replay_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/replay"
)

// childTask names, in the environment, the folder that a child process replays in.
const childTask = "REPLAY_TEST_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childTask); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child replays data into a file, or goes on with a run that was killed. It writes a
// line before and after each batch, so that its parent can kill it anywhere.
func child(dir string) error {
	datasets, problems := ingest.Resolve(ingest.Input{Path: filepath.Join(dir, "data")})
	if len(problems) > 0 {
		return problems
	}
	s := replay.Settings{Time: "window", BatchEvents: 7, Order: "time", Fields: true}
	p, problems := replay.Scan(context.Background(), datasets, s, event.At(now))
	if p == nil {
		return problems
	}
	out, err := os.OpenFile(filepath.Join(dir, "out"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	open := func(settled func(replay.Receipt)) (replay.Sink, error) { return &appending{out, settled, nil}, nil }
	o := replay.Options{Dir: filepath.Join(dir, "state"), Clock: clock.Real{}}
	old, err := replay.Resumable(o.Dir, p)
	if err != nil {
		return err
	}
	if old != nil {
		_, err = replay.Resume(context.Background(), old, open, o)
	} else {
		_, err = replay.Run(context.Background(), p, open, o)
	}
	return err
}

// appending settles a batch when two further ones were written.
type appending struct {
	out     *os.File
	settled func(replay.Receipt)
	behind  []replay.Batch
}

func (a *appending) Send(_ context.Context, b replay.Batch) error {
	fmt.Println("send")
	var text strings.Builder
	for _, e := range b.Events {
		line, _ := json.Marshal([]string{e.Fields[1].Value, string(e.Raw)})
		text.Write(append(line, '\n'))
	}
	if _, err := a.out.WriteString(text.String()); err != nil {
		return err
	}
	fmt.Println("written")
	a.behind = append(a.behind, b)
	return a.settle(2)
}

func (a *appending) settle(keep int) error {
	for len(a.behind) > keep {
		a.settled(replay.Receipt{Seq: a.behind[0].Seq, Accepted: len(a.behind[0].Events)})
		a.behind = a.behind[1:]
		fmt.Println("settled")
	}
	return nil
}

func (a *appending) Flush(context.Context) error { return a.settle(0) }
func (a *appending) Close() error                { return a.out.Close() }

// kill -9 at random points, and resumed: every event is there, under one number, and
// those that are there twice are in batches that the manifest names.
func TestKilledProcesses(t *testing.T) {
	exe, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "data"), 0o700))
	want := map[string]bool{}
	for f := range 6 {
		var text strings.Builder
		for i := range 500 {
			fmt.Fprintf(&text, "%s f%d e%d\n", now.Add(-time.Hour*100+time.Duration(i*(f+1))*time.Second).Format(time.RFC3339), f, i)
			want[fmt.Sprintf("f%d e%d", f, i)] = true
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "data", fmt.Sprint(f, ".log")), []byte(text.String()), 0o600))
	}
	random := rand.New(rand.NewPCG(7, 40))
	kills := 0
	for ended := false; !ended; {
		limit := 1 + random.IntN(100)
		if kills == 40 {
			limit = 1 << 30
		}
		ended = runChild(t, exe, dir, limit)
		if !ended {
			kills++
		}
	}
	require.Greater(t, kills, 20)
	runs, problems := replay.Runs(filepath.Join(dir, "state"))
	require.Empty(t, problems)
	var last *replay.Stored
	for _, r := range runs {
		if r.Manifest.Finished {
			require.Nil(t, last)
			last = r
		}
	}
	require.NotNil(t, last)
	require.EqualValues(t, len(want), last.Manifest.Accepted)
	text, err := os.ReadFile(filepath.Join(dir, "out"))
	require.NoError(t, err)
	seqs := map[string]string{}
	var twice int64
	for line := range strings.Lines(string(text)) {
		var got [2]string
		require.NoError(t, json.Unmarshal([]byte(line), &got))
		key := got[1][strings.LastIndex(got[1], "f"):]
		require.True(t, want[key], key)
		if have, again := seqs[key]; again {
			require.Equal(t, have, got[0])
			twice++
		}
		seqs[key] = got[0]
	}
	require.Len(t, seqs, len(want))
	var named int64
	for _, d := range last.Manifest.Doubtful {
		named += d.To - d.From + 1
	}
	require.LessOrEqual(t, twice, named)
	require.LessOrEqual(t, named, int64(kills)*4*7, "no more than was in flight")
	t.Logf("%d kills, %d of %d events twice, %d named", kills, twice, len(want), named)
}

// runChild kills a child after so many lines; false when it was killed before its
// end.
func runChild(t *testing.T, exe, dir string, lines int) (ended bool) {
	t.Helper()
	c := exec.Command(exe)
	c.Env = append(os.Environ(), childTask+"="+dir)
	var complaint strings.Builder
	c.Stderr = &complaint
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	scanner := bufio.NewScanner(out)
	for n := 0; n < lines && scanner.Scan(); n++ {
		if n == lines-1 {
			_ = c.Process.Kill() // it may have ended
		}
	}
	for scanner.Scan() {
	}
	err = c.Wait()
	require.Empty(t, complaint.String())
	return err == nil
}
