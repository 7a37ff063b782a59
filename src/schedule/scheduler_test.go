package schedule

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
)

// worked notes what was run.
type worked struct {
	mu   sync.Mutex
	list []string
	done chan string
}

func (w *worked) work(_ context.Context, s Start) Record {
	word := s.Task.Name + "@" + s.Run.At.Format("15:04")
	w.mu.Lock()
	w.list = append(w.list, word)
	w.mu.Unlock()
	if w.done != nil {
		w.done <- word
	}
	return Record{At: s.Run.At, Status: Success}
}

func (w *worked) sorted() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := slices.Clone(w.list)
	slices.Sort(out)
	return out
}

func TestSchedulerFollowsItsClock(t *testing.T) {
	c := clock.NewManual(noon.Add(-time.Minute))
	w := &worked{done: make(chan string)}
	s := NewScheduler(Options{Clock: c, Slots: 2, Work: w.work})
	require.NoError(t, s.SetTasks([]Task{task(t, "a", "0 * * * *", nil)}))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	require.NoError(t, c.WaitForSleepers(ctx, 1))
	c.Set(noon)
	require.Equal(t, "a@12:00", <-w.done)
	require.NoError(t, c.WaitForSleepers(ctx, 1))
	require.NoError(t, s.SetTasks([]Task{task(t, "b", "0 * * * *", nil)}), "it is noticed at once")
	require.Equal(t, "b@12:00", <-w.done)
	stop()
	require.NoError(t, <-ended)
}

func TestSweep(t *testing.T) {
	c := clock.NewManual(noon)
	w := &worked{}
	var said []Said
	s := NewScheduler(Options{Clock: c, Slots: 1, Work: w.work, Say: func(r Said) { said = append(said, r) }})
	require.NoError(t, s.SetTasks([]Task{task(t, "a", "*/30 * * * *", nil), task(t, "b", "0 * * * *", realtime)}))
	require.NoError(t, s.Sweep(t.Context()))
	require.Equal(t, []string{"a@12:00", "b@12:00"}, w.sorted())
	c.Advance(2 * time.Hour)
	require.NoError(t, s.Sweep(t.Context()))
	require.Equal(t, []string{"a@12:00", "a@12:30", "a@13:00", "a@13:30", "a@14:00", "b@12:00", "b@14:00"}, w.sorted())
	require.NotEmpty(t, said)
	require.Equal(t, Skipped, s.Store().History(Key{"app", "b"})[0].Status, "13:00 is gone")
	require.Equal(t, noon.Add(3*time.Hour), s.Next(Key{"app", "b"}))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, s.Sweep(ctx), context.Canceled)
}

func TestSchedulerIsToldWhatItsStoreCannot(t *testing.T) {
	store := openStore(t, t.TempDir())
	require.NoError(t, store.Close())
	store.journal, store.dir = nil, "gone"
	s := NewScheduler(Options{Clock: clock.NewManual(noon), Store: store, Work: (&worked{}).work})
	err := s.SetTasks([]Task{task(t, "a", "0 * * * *", nil)})
	require.ErrorContains(t, err, "cannot write the scheduler's state")
	require.False(t, errors.Is(err, context.Canceled))
}
