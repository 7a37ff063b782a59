package schedule

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	one   = Key{"app", "one"}
	noon  = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	fired = map[string]time.Time{"k": noon}
)

func openStore(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := OpenStore(dir)
	require.NoError(t, err)
	return s
}

func TestStoreRemembers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "scheduler")
	s := openStore(t, dir)
	require.NoError(t, s.See([]Key{one}, noon.Add(-time.Hour)))
	require.Equal(t, noon.Add(-time.Hour), s.Last(one))
	require.NoError(t, s.Intend(Intent{Key: one, At: noon, SID: "sid", Fired: fired}))
	require.Len(t, s.Open(), 1)
	// Nothing is closed: it is a stop.
	s = openStore(t, dir)
	require.Len(t, s.Open(), 1)
	require.Equal(t, "sid", s.Open()[0].SID)
	require.NoError(t, s.Done(Said{one, Record{At: noon, Status: Success, Count: 3}}, fired))
	for range 3 { // from the journal, and from the state
		require.Empty(t, s.Open())
		require.True(t, s.Last(one).Equal(noon))
		count, known := s.Count(one)
		require.True(t, known)
		require.Equal(t, 3, count)
		require.Len(t, s.History(one), 1)
		now, trial := s.Suppression(one, noon.Add(time.Minute), time.Hour)
		require.Len(t, now.fired, 1)
		require.Empty(t, now.Added(trial))
		s = openStore(t, dir)
	}
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	now, _ := openStore(t, dir).Suppression(one, noon.Add(time.Hour), time.Hour)
	require.Empty(t, now.fired, "what fired longer ago than the period is forgotten")
}

func TestStoreWithdraws(t *testing.T) {
	s := openStore(t, "")
	require.NoError(t, s.Intend(Intent{Key: one, At: noon, SID: "a"}))
	require.NoError(t, s.Intend(Intent{Key: one, At: noon, SID: "b"}))
	s.Withdraw(s.Open()[0])
	require.Equal(t, "b", s.Open()[0].SID)
	require.NoError(t, s.Close())
	_, known := s.Count(one)
	require.False(t, known)
	require.Zero(t, s.Last(Key{"app", "two"}))
	require.Empty(t, s.History(Key{"app", "two"}))
}

func TestStoreKeepsHistoryShort(t *testing.T) {
	s := openStore(t, t.TempDir())
	for i := range 3 * historySize {
		require.NoError(t, s.Done(Said{one, Record{At: noon.Add(time.Duration(i) * time.Hour), Status: Success}}, nil))
	}
	require.Len(t, s.History(one), historySize)
	require.NoError(t, s.Done(Said{one, Record{At: noon.Add(1000 * time.Hour), Status: Deferred}}, nil))
	require.Equal(t, noon.Add((3*historySize-1)*time.Hour), s.Last(one), "what waits is not done with")
}

// TestStoreCutAnywhere cuts the journal at each of its bytes: it opens, with the
// whole lines that are left.
func TestStoreCutAnywhere(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	var ends []int64
	for i := range 4 {
		require.NoError(t, s.Done(Said{one, Record{At: noon.Add(time.Duration(i) * time.Hour), Status: Success, Reason: `"a\nb"`}}, fired))
		ends = append(ends, s.size)
	}
	journal, err := os.ReadFile(filepath.Join(dir, "journal"))
	require.NoError(t, err)
	for n := range journal {
		cut := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(cut, "journal"), journal[:n], 0o600))
		whole := 0
		for _, end := range ends {
			if int64(n) >= end {
				whole++
			}
		}
		require.Len(t, openStore(t, cut).History(one), whole, n)
	}
}

func TestStoreFolds(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	s.size = foldSize
	require.NoError(t, s.Done(Said{one, Record{At: noon, Status: Success}}, nil))
	require.Zero(t, s.size)
	require.Len(t, openStore(t, dir).History(one), 1)
}

func TestStoreSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "state.json"), []byte("{"), 0o600))
	_, err := OpenStore(dir)
	require.ErrorContains(t, err, "cannot read the scheduler's state")
	require.ErrorContains(t, err, "set the folder aside")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = OpenStore(file)
	require.Error(t, err)
	if runtime.GOOS != "windows" && os.Getuid() != 0 {
		closed := t.TempDir()
		require.NoError(t, os.Chmod(closed, 0o500))
		_, err = OpenStore(closed)
		require.ErrorContains(t, err, "cannot write")
	}
}

func TestSuppressionTrial(t *testing.T) {
	var s Suppression
	row := func(dest string) func(string) []string { return func(string) []string { return []string{dest} } }
	trial := s.Trial()
	require.True(t, trial.Fires(noon, []string{"dest"}, time.Hour, row("a")))
	added := s.Added(trial)
	require.Len(t, added, 1)
	require.True(t, s.Trial().Fires(noon, []string{"dest"}, time.Hour, row("a")), "a trial tells nobody")
	s.Add(added)
	require.False(t, s.Fires(noon.Add(time.Minute), []string{"dest"}, time.Hour, row("a")))
}

// BenchmarkStoreDone writes down a run.
func BenchmarkStoreDone(b *testing.B) {
	s, err := OpenStore(b.TempDir())
	require.NoError(b, err)
	defer s.Close()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k := Key{"app", fmt.Sprint("search ", i%1000)}
		require.NoError(b, s.Done(Said{k, Record{At: noon.Add(time.Duration(i) * time.Second), Status: Success, SID: "scheduler__nobody_app__RMD5x_at_1768478400_1"}}, nil))
	}
}
