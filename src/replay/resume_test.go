package replay

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/clock"
)

// target is what lies behind a sink, and outlives the runs: how often each event
// arrived, by its text.
type target struct {
	arrived map[string]int
	order   []string
	seqs    map[string]string // replay_seq by text
}

func (x *target) deliver(b Batch) {
	for _, e := range b.Events {
		text := string(e.Raw)
		x.arrived[text]++
		x.order = append(x.order, text)
		for _, f := range e.Fields {
			if f.Name == "replay_seq" {
				if have := x.seqs[text]; have != "" && have != f.Value {
					panic("an event has two numbers")
				}
				x.seqs[text] = f.Value
			}
		}
	}
}

var errKilled = errors.New("killed")

// killed is a sink that dies at some point. What the state folder holds then is
// copied: the run's own clean end does not count.
type killed struct {
	t       *rapid.T
	target  *target
	state   string // copied
	to      string // here
	settled func(Receipt)
	flying  []Batch
	dead    bool
}

func (k *killed) open(settled func(Receipt)) (Sink, error) {
	k.settled = settled
	return k, nil
}

// die kills with a chance of one in n.
func (k *killed) die(n int) bool {
	if k.to == "" || rapid.IntRange(1, n).Draw(k.t, "kill") != 1 {
		return false
	}
	k.dead = true
	require.NoError(k.t, os.CopyFS(k.to, os.DirFS(k.state)))
	return true
}

func (k *killed) settleSome(all bool) bool {
	for len(k.flying) > 0 && (all || rapid.Bool().Draw(k.t, "settle")) {
		i := rapid.IntRange(0, len(k.flying)-1).Draw(k.t, "which")
		b := k.flying[i]
		k.flying = slices.Delete(k.flying, i, i+1)
		k.target.deliver(b)
		if k.die(30) {
			return true
		}
		k.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
		if k.die(30) {
			return true
		}
	}
	return false
}

func (k *killed) Send(_ context.Context, b Batch) error {
	if k.dead {
		return errKilled
	}
	k.flying = append(k.flying, b)
	if k.die(30) || k.settleSome(false) {
		return errKilled
	}
	return nil
}

func (k *killed) Flush(context.Context) error {
	if k.dead || k.settleSome(true) {
		return errKilled
	}
	return nil
}

func (k *killed) Close() error { return nil }

// Whatever happens, all events arrive; those that arrive twice are named; without a
// kill nothing arrives twice; and each event has one number.
func TestResumedRunsLoseNothing(t *testing.T) {
	content := map[string]string{"c.log": string(sysmon(20, 700*time.Millisecond)), "a.log": "", "b.log": ""}
	for i := range 15 {
		content["a.log"] += lines("a"+strconv.Itoa(i), i, i/2)
		content["b.log"] += lines("b"+strconv.Itoa(i), 2*i)
	}
	data := files(t, content)
	root := memoryFolder(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		s := Settings{
			BatchEvents: rapid.IntRange(1, 9).Draw(t, "batch"), Fields: true, Time: "window",
			Order: rapid.SampledFrom([]string{"file", "time"}).Draw(t, "order"),
			Speed: rapid.SampledFrom([]string{"max", "1", "10x"}).Draw(t, "speed"),
		}
		if rapid.Bool().Draw(t, "loop") {
			s.Loop = "2"
			s.Time = "keep"
		}
		p, problems := Scan(context.Background(), data, s, 1770000000e9)
		require.NoError(t, problems.Errors().Err())
		turns := 1
		if s.Loop != "" {
			turns, s.Fields = 2, false
			p.Settings.Fields = false // an event has two numbers then
		}
		x := &target{arrived: map[string]int{}, seqs: map[string]string{}}
		folder := func() string {
			n++
			dir := filepath.Join(root, strconv.Itoa(n))
			require.NoError(t, os.MkdirAll(dir, 0o700))
			return dir
		}
		state, next := folder(), folder()
		sink := &killed{t: t, target: x, state: state, to: next}
		m, err := Run(context.Background(), p, sink.open, Options{Dir: state, Clock: clock.Fixed(testNow), Window: 4000})
		kills := 0
		for ; sink.dead; kills++ {
			require.ErrorIs(t, err, errKilled)
			require.Less(t, kills, 1000)
			state, next = next, folder()
			stored, problems := Runs(state)
			require.Empty(t, problems)
			require.Len(t, stored, 1)
			require.False(t, stored[0].Manifest.Finished)
			sink = &killed{t: t, target: x, state: state, to: next}
			if kills > 20 {
				sink.to = ""
			}
			m, err = Resume(context.Background(), stored[0], sink.open, Options{Clock: clock.Fixed(testNow), Window: 4000})
		}
		require.NoError(t, err)
		require.True(t, m.Finished)
		require.EqualValues(t, int64(turns)*p.Events, m.Accepted)
		require.Equal(t, kills, m.Resumed)
		var twice int64
		for text, n := range x.arrived {
			require.GreaterOrEqual(t, n, turns, text)
			twice += int64(n - turns)
		}
		require.EqualValues(t, p.Events, len(x.arrived))
		require.LessOrEqual(t, twice, m.mayRepeat())
		if kills == 0 {
			require.Zero(t, m.mayRepeat())
		}
		for _, f := range m.Files {
			require.EqualValues(t, int64(turns)*f.Planned, f.Accepted)
		}
	})
}

// memoryFolder is a folder in memory where the system has one: thousands of runs
// wait for the disk long.
func memoryFolder(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "replay-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// A second process cannot go on with a run that one is at.
func TestOneProcessAtATime(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 1)})
	dir := t.TempDir()
	var second error
	sink := memory{hook: func(m *memory, b Batch) error {
		stored, problems := Runs(dir)
		require.Empty(t, problems)
		require.Len(t, stored, 1)
		_, second = Resume(t.Context(), stored[0], (&memory{}).open, Options{Clock: newAuto()})
		m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
		return nil
	}}
	_, err := Run(t.Context(), scan(t, data, Settings{}), sink.open, Options{Dir: dir, Clock: newAuto()})
	require.NoError(t, err)
	require.ErrorContains(t, second, "another process is at it")
}

func TestResumeRefusesDamage(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 1, 2)})
	p := scan(t, data, Settings{BatchEvents: 1})
	begin := func(t *testing.T) *Stored {
		dir := t.TempDir()
		sink := memory{hook: func(m *memory, b Batch) error {
			if b.Seq == 2 {
				return errKilled
			}
			m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
			return nil
		}}
		_, err := Run(t.Context(), p, sink.open, Options{Dir: dir, Clock: newAuto()})
		require.ErrorIs(t, err, errKilled)
		s, err := Resumable(dir, p)
		require.NoError(t, err)
		require.NotNil(t, s)
		return s
	}
	checkpoint := func(s *Stored) string {
		all, err := filepath.Glob(filepath.Join(s.Dir, "*.checkpoint"))
		require.NoError(t, err)
		require.Len(t, all, 1)
		return all[0]
	}
	for name, c := range map[string]struct {
		damage func(s *Stored) error
		want   string
	}{
		"checkpoint gone": {func(s *Stored) error { return os.Remove(checkpoint(s)) }, "has no checkpoint"},
		"checkpoint cut":  {func(s *Stored) error { return os.Truncate(checkpoint(s), 100) }, "cannot trust the checkpoint"},
		"plan gone":       {func(s *Stored) error { return os.Remove(filepath.Join(s.Dir, planFile)) }, "cannot read"},
		"plan changed": {func(s *Stored) error {
			return os.WriteFile(filepath.Join(s.Dir, planFile), scan(t, data, Settings{}).JSON(), 0o600)
		}, "it belongs to another plan"},
		"plan cut": {func(s *Stored) error { return os.Truncate(filepath.Join(s.Dir, planFile), 50) }, "cannot read the plan"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t)
			require.NoError(t, c.damage(s))
			_, err := Find(s.root, s.ID)
			require.ErrorContains(t, err, c.want)
			_, err = Resumable(s.root, p)
			require.ErrorContains(t, err, c.want)
		})
	}
	s := begin(t)
	require.NoError(t, os.Remove(filepath.Join(s.Dir, manifestFile)))
	_, err := Find(s.root, s.ID)
	require.ErrorContains(t, err, "it ended before it began")
	none, err := Resumable(s.root, p)
	require.NoError(t, err)
	require.Nil(t, none)

	s = begin(t)
	_, err = Find(s.root, "zzz")
	require.ErrorContains(t, err, "no run's id begins with")
	_, err = Find(t.TempDir(), "zzz")
	require.ErrorContains(t, err, "there is no run")
	same := Options{Dir: s.root, Clock: newAuto()}
	second, err := Run(t.Context(), p, (&memory{}).open, same)
	require.NoError(t, err)
	require.Equal(t, s.ID+"-2", second.ID, "a second run in one second")
	_, err = Find(s.root, s.ID[:8])
	require.ErrorContains(t, err, "2 runs have an id that begins with")
	same.ID = "../x"
	_, err = Run(t.Context(), p, (&memory{}).open, same)
	require.ErrorContains(t, err, "as the id of a run")
}

// A checkpoint that cannot be written, as on a full disk, stops the run; it goes on
// when it can.
func TestCheckpointCannotBeWritten(t *testing.T) {
	data := files(t, map[string]string{"a.log": lines("a", 0, 1, 2)})
	p := scan(t, data, Settings{BatchEvents: 1})
	dir := t.TempDir()
	var blocked string
	sink := memory{hook: func(m *memory, b Batch) error {
		if b.Seq == 2 {
			all, err := filepath.Glob(filepath.Join(dir, runsFolder, "*", "*.checkpoint"))
			require.NoError(t, err)
			blocked = all[0] + ".new" // where it is written aside
			require.NoError(t, os.MkdirAll(filepath.Join(blocked, "x"), 0o700))
		}
		m.settled(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
		return nil
	}}
	_, err := Run(t.Context(), p, sink.open, Options{Dir: dir, Clock: newAuto()})
	require.ErrorContains(t, err, "cannot write the checkpoint")
	require.ErrorContains(t, err, "make room, then resume the run")
	require.Len(t, sink.batches, 2)
	require.NoError(t, os.RemoveAll(blocked))
	s, err := Resumable(dir, p)
	require.NoError(t, err)
	var rest memory
	m, err := Resume(t.Context(), s, rest.open, Options{Clock: newAuto()})
	require.NoError(t, err)
	require.EqualValues(t, 3, m.Accepted)
	require.Len(t, rest.batches, 2, "the second, of which nothing was written down, and the third")
	require.Equal(t, []DoubtfulBatch{{Batch: 2, From: 2, To: 2}}, m.Doubtful)
}
