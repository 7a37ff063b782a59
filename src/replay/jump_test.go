package replay

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// jumping is a clock that somebody sets while a run goes on.
type jumping struct {
	*auto
	asked, at int
	by        time.Duration
}

func (j *jumping) Now() time.Time {
	if j.asked++; j.asked == j.at {
		j.mu.Lock()
		j.now = j.now.Add(j.by)
		j.mu.Unlock()
	}
	return j.auto.Now()
}

// TestClockJumps sets the clock forward and back in the middle of runs: whatever it
// says, each event goes out once, in its order, and the run ends and is on record.
func TestClockJumps(t *testing.T) {
	var seconds []int
	for i := range 50 {
		seconds = append(seconds, i)
	}
	data := files(t, map[string]string{"a.log": lines("a", seconds...)})
	for _, s := range []Settings{{}, {Speed: "1"}, {EPS: 20}, {MBPS: 0.001}, {Speed: "10x", Time: "now", Anchor: "first", Loop: "2"}} {
		for _, by := range []time.Duration{time.Hour, -time.Hour, -1000 * time.Hour} {
			for _, at := range []int{3, 12} {
				s.BatchEvents, s.Fields = 5, true
				sink := &memory{}
				dir := t.TempDir()
				clock := &jumping{auto: newAuto(), at: at, by: by}
				m, err := Run(t.Context(), scan(t, data, s), sink.open, Options{Dir: dir, Clock: clock})
				require.NoError(t, err)
				require.True(t, m.Finished)
				turns := 1
				if s.Loop != "" {
					turns = 2
				}
				require.EqualValues(t, turns*50, m.Accepted)
				last := int64(0)
				for _, b := range sink.batches {
					for _, e := range b.Events {
						_, seq := numbered(e)
						last++
						require.Equal(t, strconv.FormatInt(last, 10), seq)
					}
				}
				stored, err := Find(dir, m.ID)
				require.NoError(t, err)
				require.True(t, stored.Manifest.Finished)
			}
		}
	}
}
