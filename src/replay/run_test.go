package replay

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
)

func TestRunSendsAll(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 1, 2), "b.log": lines("b", 1, 2), "c.log": string(sysmon(10, time.Second))})
	p := scan(t, data, Settings{})
	require.EqualValues(t, 15, p.Events)
	var sink memory
	dir := t.TempDir()
	m, err := Run(t.Context(), p, sink.open, Options{Dir: dir, Clock: newAuto(), Target: "memory"})
	require.NoError(t, err)
	require.True(t, sink.closed)
	require.Len(t, sink.batches, 1, "small files share a batch")
	require.Equal(t, uint64(1), sink.batches[0].Seq)
	require.Equal(t, strings.Split(strings.TrimSpace(lines("a", 0, 1, 2)+lines("b", 1, 2)+string(sysmon(10, time.Second))), "\n"), sink.texts())
	require.Empty(t, sink.batches[0].Events[0].Index, "no index was given")

	require.True(t, m.Finished)
	require.EqualValues(t, 15, m.Accepted)
	require.Zero(t, m.Dead)
	require.Equal(t, p.Hash()[:12]+"-20260201T120000Z", m.ID)
	require.Len(t, m.Files, 3)
	stored, err := Find(dir, m.ID[:5])
	require.NoError(t, err)
	require.Equal(t, m, stored.Manifest)
	require.Equal(t, p.JSON(), stored.Plan.JSON())
	_, err = Resume(t.Context(), stored, sink.open, Options{Clock: newAuto()})
	require.ErrorContains(t, err, "it is finished")
	for _, name := range []string{planFile, manifestFile} {
		require.FileExists(t, filepath.Join(stored.Dir, name))
	}
	done, err := Done(dir, scan(t, data, Settings{}))
	require.NoError(t, err)
	require.Equal(t, m.ID, done.ID)
	none, err := Resumable(dir, p)
	require.NoError(t, err)
	require.Nil(t, none)
}

func TestTimesMoveTogether(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 1, 2), "c.log": string(sysmon(10, time.Second))})
	p := scan(t, data, Settings{Time: "window=-70m..-10m", Rekey: true, Index: "attack", Fields: true})
	var sink memory
	m, err := Run(t.Context(), p, sink.open, Options{Clock: newAuto()})
	require.NoError(t, err)
	events := sink.batches[0].Events
	last := events[len(events)-1]
	require.Equal(t, testNow.Add(-10*time.Minute-time.Second), last.Time.Std())
	require.Contains(t, string(last.Raw), "SystemTime='2026-02-01T11:49:59.000000000Z'")
	require.Contains(t, string(last.Raw), "UtcTime'>2026-02-01 11:49:59.000<")
	require.Equal(t, "2026-02-01T11:49:50.000Z a event 0", string(events[0].Raw))
	require.Equal(t, []event.Field{{Name: "replay_run", Value: m.ID}, {Name: "replay_seq", Value: "13"}}, last.Fields)
	require.Equal(t, "attack", last.Index)
	require.Equal(t, "ws-009"+m.Suffix+".corp.example", last.Host)
	require.Equal(t, 20+3, int(m.Moved))
	require.Contains(t, m.Contents, ContentCount{
		Index: "attack", Host: last.Host, Source: "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", Sourcetype: "XmlWinEventLog", EventID: "13", Accepted: 1,
	})
}

func TestRefusedEventsAreKept(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 1, 2, 3), "b.log": "2026-01-15T11:00:09.000Z b \xff\n"})
	p := scan(t, data, Settings{BatchEvents: 2})
	sink := memory{hook: func(m *memory, b Batch) error {
		r := Receipt{Seq: b.Seq, Accepted: len(b.Events)}
		if b.Seq != 1 {
			r.Accepted--
			r.Dead = []Dead{{Event: 0, Reason: "Incorrect index"}}
		}
		m.settled(r)
		return nil
	}}
	dir := t.TempDir()
	m, err := Run(t.Context(), p, sink.open, Options{Dir: dir, Clock: newAuto()})
	require.NoError(t, err)
	require.EqualValues(t, 3, m.Accepted)
	require.EqualValues(t, 2, m.Dead)
	require.EqualValues(t, 1, m.Files[1].Dead)
	stored, err := Find(dir, m.ID)
	require.NoError(t, err)
	text, err := os.ReadFile(stored.DeadLetters())
	require.NoError(t, err)
	got := strings.Split(string(text), "\n")
	require.Len(t, got, 3)
	require.Contains(t, got[0], `"event":"2026-01-15T11:00:02.000Z a event 2","replay":{"reason":"Incorrect index","file":`)
	require.Contains(t, got[0], `a.log","offset":70,"seq":3}}`)
	require.Contains(t, got[1], `"event_base64":"`)
	// It can be replayed itself.
	var again []string
	problems := ingest.Read(t.Context(), ingest.File{Path: stored.DeadLetters(), Metadata: ingest.Metadata{Format: "hec"}}, ingest.Options{}, func(b ingest.Block) error {
		for _, e := range b.Events {
			again = append(again, string(e.Raw))
		}
		return nil
	})
	require.NoError(t, problems.Errors().Err())
	require.Len(t, again, 2)
}

func TestChangedFiles(t *testing.T) {
	first := lines("a", 0, 1, 2, 3)
	for name, change := range map[string]string{
		"shorter": first[:len(first)-10], "longer": first + first, "other": strings.ToUpper(first), "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			data := files(t, map[string]string{"a.log": first, "b.log": lines("b", 0)})
			p := scan(t, data, Settings{BatchEvents: 1})
			path := filepath.Join(data[0].Path, "a.log")
			require.NoError(t, os.WriteFile(path, []byte(change), 0o600))
			read, err := ReadPlan(p.JSON()) // without what only this process knows
			require.NoError(t, err)
			var sink memory
			_, err = Run(t.Context(), read, sink.open, Options{Clock: newAuto()})
			require.ErrorIs(t, err, ErrChanged)
			require.ErrorContains(t, err, "a.log")
			require.Empty(t, sink.batches)
			require.NoError(t, os.Remove(path))
			_, err = Run(t.Context(), p, sink.open, Options{Clock: newAuto()})
			require.ErrorIs(t, err, os.ErrNotExist)
		})
	}
}

// A file that is cut off while it is read, far behind what was read ahead: nothing
// of its cut end is sent.
func TestFileIsCutOffWhileRead(t *testing.T) {
	data := files(t, map[string]string{"a.log": string(sysmon(10_000, time.Second))})
	p := scan(t, data, Settings{})
	path := filepath.Join(data[0].Path, "a.log")
	whole := map[string]bool{}
	for _, line := range strings.Split(string(sysmon(10_000, time.Second)), "\n") {
		whole[line] = true
	}
	sink := memory{hook: func(m *memory, b Batch) error {
		if b.Seq == 1 {
			if err := os.Truncate(path, 11_000_000); err != nil {
				return err
			}
		}
		m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
		return nil
	}}
	dir := t.TempDir()
	m, err := Run(t.Context(), p, sink.open, Options{Dir: dir, Clock: newAuto()})
	require.ErrorIs(t, err, ErrChanged)
	require.ErrorContains(t, err, "a.log")
	require.False(t, m.Finished)
	require.NotZero(t, m.Accepted)
	for _, text := range sink.texts() {
		require.True(t, whole[text], "%s", text)
	}
	stored, err := Find(dir, m.ID)
	require.NoError(t, err)
	_, err = Resume(t.Context(), stored, sink.open, Options{Clock: newAuto()})
	require.ErrorIs(t, err, ErrChanged)
	require.NoError(t, os.WriteFile(path, sysmon(10_000, time.Second), 0o600))
	m, err = Resume(t.Context(), stored, (&memory{}).open, Options{Clock: newAuto()})
	require.NoError(t, err)
	require.EqualValues(t, 10_000, m.Accepted)
}

func TestSinkErrors(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 1, 2, 3)})
	p := scan(t, data, Settings{BatchEvents: 1})
	boom := errors.New("no connection")
	for name, c := range map[string]struct {
		hook func(m *memory, b Batch) error
		want string
	}{
		"send":       {func(*memory, Batch) error { return boom }, "no connection"},
		"never":      {func(*memory, Batch) error { return nil }, "the sink did not settle 4 batches"},
		"unknown":    {func(m *memory, _ Batch) error { m.settled(Receipt{Seq: 99, Accepted: 1}); return nil }, "cannot count batch 99"},
		"miscounted": {func(m *memory, b Batch) error { m.settled(Receipt{Seq: b.Seq}); return nil }, "accepted 0 and refused 0 of 1"},
		"twice dead": {func(m *memory, b Batch) error {
			m.settled(Receipt{Seq: b.Seq, Accepted: -1, Dead: []Dead{{}, {}}})
			return nil
		}, "or twice"},
	} {
		t.Run(name, func(t *testing.T) {
			sink := memory{hook: c.hook}
			m, err := Run(t.Context(), p, sink.open, Options{Dir: t.TempDir(), Clock: newAuto()})
			require.ErrorContains(t, err, c.want)
			require.Contains(t, m.Error, c.want)
			require.True(t, sink.closed)
		})
	}
	_, err := Run(t.Context(), p, func(func(Receipt)) (Sink, error) { return nil, boom }, Options{Clock: newAuto()})
	require.ErrorIs(t, err, boom)
	ctx, cancel := context.WithCancel(t.Context())
	sink := memory{hook: func(m *memory, b Batch) error {
		m.held = append(m.held, b)
		cancel()
		return nil
	}}
	m, err := Run(ctx, p, sink.open, Options{Clock: newAuto()})
	require.ErrorIs(t, err, context.Canceled)
	require.EqualValues(t, 1, m.Accepted, "what the sink had was settled at the end")
}
