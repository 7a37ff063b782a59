package engine

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/aggregate"
	"riskreplay/src/conf"
	"riskreplay/src/eval"
	"riskreplay/src/spl"
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

// TestEveryFunctionHasAScript: a script that gives rows uses each function of eval
// and of stats, by each of its names.
func TestEveryFunctionHasAScript(t *testing.T) {
	suite, err := splscripts.Suite()
	require.NoError(t, err)
	for _, f := range eval.Functions() {
		for _, name := range append(f.Aliases, f.Name) {
			require.True(t, suite.EvalFunctions[name], "no script uses the eval function %s", name)
		}
	}
	for _, name := range append(aggregate.Names(), spl.Aggregates()...) {
		if _, refused := aggregate.Refused(name); !refused {
			require.True(t, suite.StatsFunctions[name], "no script uses the stats function %s", name)
		}
	}
}
