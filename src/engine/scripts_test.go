package engine

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	splscripts "riskreplay/testdata/spl"
)

// TestScripts runs the SPL scripts through the whole engine: index, knowledge,
// and the plan with everything that was moved into the scan.
func TestScripts(t *testing.T) { splscripts.Run(t, splscripts.OnRunner(scriptPlace), nil) }

func scriptPlace(t *testing.T, s splscripts.Setup) splscripts.Place {
	app := fstest.MapFS{}
	for path, text := range s.Files() {
		app[path] = &fstest.MapFile{Data: []byte(text)}
	}
	e, problems := New(Options{Apps: []conf.App{{ID: "scripts", FS: app}}, App: "scripts", Zone: s.Zone})
	require.NoError(t, problems.Err())
	require.NoError(t, e.Append(t.Context(), s.Events))
	return splscripts.Place{Runner: e}
}
