package replay

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestShelves puts and takes in any order; what is taken is what was put.
func TestShelves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s shelves
		defer s.close()
		type kept struct {
			at  place
			raw []byte
		}
		var all []kept
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			if len(all) > 0 && rapid.IntRange(0, 2).Draw(t, "take") == 0 {
				i := rapid.IntRange(0, len(all)-1).Draw(t, "which")
				raw, err := s.take(all[i].at)
				require.NoError(t, err)
				require.True(t, bytes.Equal(all[i].raw, raw))
				all = append(all[:i], all[i+1:]...)
				continue
			}
			raw := bytes.Repeat([]byte{byte(len(all))}, rapid.SampledFrom([]int{0, 1, 1000, 100_000, tailBytes}).Draw(t, "size"))
			at, err := s.put(raw)
			require.NoError(t, err)
			all = append(all, kept{at, raw})
		}
		for _, k := range all {
			raw, err := s.take(k.at)
			require.NoError(t, err)
			require.True(t, bytes.Equal(k.raw, raw))
		}
	})
}

// TestShelvesAreUsedAgain: what goes through does not add up.
func TestShelvesAreUsedAgain(t *testing.T) {
	var s shelves
	defer s.close()
	raw := bytes.Repeat([]byte("x"), 1<<20)
	var waiting []place
	for range 10 * shelfBytes >> 20 {
		at, err := s.put(raw)
		require.NoError(t, err)
		if waiting = append(waiting, at); len(waiting) > 8 {
			_, err := s.take(waiting[0])
			require.NoError(t, err)
			waiting = waiting[1:]
		}
	}
	require.LessOrEqual(t, len(s.all), 3)
}

func TestShelvesWithoutAFolder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/nosuch")
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	var s shelves
	_, err := s.put([]byte("x"))
	require.ErrorContains(t, err, "cannot keep events to be sorted in")
}

// TestMuchDisorder: twelve thousand events of a kilobyte, the last first, are more
// than memory holds, and come out in order.
func TestMuchDisorder(t *testing.T) {
	const n = 12_000
	var b strings.Builder
	for i := n; i > 0; i-- {
		fmt.Fprintf(&b, `{"time":%d,"sourcetype":"t","event":"%d %s"}`+"\n", 1_700_000_000+i, i, strings.Repeat("x", 1000))
	}
	name := t.TempDir() + "/late.json"
	require.NoError(t, os.WriteFile(name, []byte(b.String()), 0o600))
	p := scan(t, resolve(t, name), Settings{Order: "time"})
	var sink memory
	m, err := Run(t.Context(), p, sink.open, Options{Clock: newAuto()})
	require.NoError(t, err)
	require.Zero(t, m.Disordered)
	i := 0
	for _, batch := range sink.batches {
		for _, e := range batch.Events {
			i++
			require.True(t, bytes.Contains(e.Raw, fmt.Appendf(nil, `"time":%d,`, 1_700_000_000+i)), "%.30s", e.Raw)
		}
	}
	require.Equal(t, n, i)
}
