package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// TestMain lets scripts start the real program: the test binary under the name
// riskreplay.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"riskreplay": func() { os.Exit(Start(os.Args, os.Stdin, os.Stdout, os.Stderr)) },
		"riskscore":  func() { os.Exit(Start(os.Args, os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs testdata/script/*.txtar at the repository's root; $DATA is
// testdata/datasets, $HOME is a fresh folder.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join(root, "testdata", "script"),
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("ROOT", root)
			e.Setenv("DATA", filepath.Join(root, "testdata", "datasets"))
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
			return nil
		},
	})
}
