package command

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/splunktime"
	splscripts "riskreplay/testdata/spl"
)

// onBatches runs scripts on the commands alone, over events in memory.
type onBatches struct{ size int }

func (e onBatches) Open(t *testing.T, s splscripts.Setup) splscripts.Session {
	w := newWorld(s)
	w.size = e.size
	read := func(text string) event.Time {
		if text == "" {
			return 0
		}
		at, err := splunktime.Parse(text, w.info.Now, s.Zone)
		require.NoError(t, err)
		return at
	}
	w.info.Earliest, w.info.Latest = read(s.Earliest), read(s.Latest)
	return w
}

func TestScripts(t *testing.T) { splscripts.Run(t, onBatches{2}, nil) }

// TestScriptsInOneBatch: what a command does does not depend on the batches that
// rows come in.
func TestScriptsInOneBatch(t *testing.T) { splscripts.Run(t, onBatches{1000}, nil) }
