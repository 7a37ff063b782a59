package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"riskreplay/src/engine"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/ingest"
	"riskreplay/src/replay"
)

// TestMain lets scripts start the real program: the test binary under the name
// riskreplay.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"riskreplay": func() { os.Exit(Start(os.Args, os.Stdin, os.Stdout, os.Stderr)) },
		"fillindex":  fillIndex,
		"riskscore":  func() { os.Exit(Start(os.Args, os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// fillIndex is a program for scripts: fillindex DIR FILE... puts files into the
// index in a folder, in two batches each.
func fillIndex() {
	seq := uint64(0)
	sink, err := engine.IndexSink(os.Args[1], index.Options{})(func(r replay.Receipt) { seq = r.Seq })
	must(err)
	n := uint64(0)
	for _, name := range os.Args[2:] {
		for _, m := range ingest.Read(context.Background(), ingest.File{Path: name, Name: name}, ingest.Options{}, func(b ingest.Block) error {
			half := len(b.Events) / 2
			for _, part := range [][]event.Event{b.Events[:half], b.Events[half:]} {
				n++
				if err := sink.Send(context.Background(), replay.Batch{Seq: n, Events: part}); err != nil {
					return err
				}
			}
			return nil
		}) {
			must(m)
		}
	}
	must(sink.Flush(context.Background()))
	if seq != n {
		must(fmt.Errorf("%d of %d batches are settled", seq, n))
	}
	must(sink.Close())
}

func must(err error) {
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
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
