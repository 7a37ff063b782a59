package cli

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"riskreplay/src/detection"
)

func newBuild(s streams) *cobra.Command {
	var check bool
	c := &cobra.Command{
		Use:   "build [DIR]",
		Short: "Write default/*.conf of an app from its detections, stories and macros",
		Long: `Reads app/detections, app/stories and app/macros below DIR (the current folder
when none is given) and writes default/savedsearches.conf, default/macros.conf and
default/analyticstories.conf. The same sources give the same bytes. --check writes
nothing and fails when a file is stale.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{errors.New("build takes one folder")}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			return s.build(dir, check)
		},
	}
	c.Flags().BoolVar(&check, "check", false, "write nothing, fail when a file is stale")
	return c
}

func (s streams) build(dir string, check bool) error {
	if info, err := os.Stat(filepath.Join(dir, "app")); err != nil || !info.IsDir() {
		return environmentError{fmt.Errorf("cannot build %q: it has no app folder with detections", dir)}
	}
	content, problems := detection.ReadFS(os.DirFS(dir), "app")
	s.say(problems)
	if problems.HasErrors() {
		return answerNo{errors.New("nothing was written: mend the sources first")}
	}
	files, problems := content.Build()
	s.say(problems)
	if problems.HasErrors() {
		return answerNo{errors.New("nothing was written: mend the sources first")}
	}
	stale := false
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		old, err := os.ReadFile(path)
		switch {
		case err == nil && bytes.Equal(old, files[name]):
			continue
		case check:
			stale = true
			_, _ = fmt.Fprintf(s.out, "%s is stale\n", name)
			continue
		}
		if err := replaceFile(path, files[name]); err != nil {
			return environmentError{err}
		}
		_, _ = fmt.Fprintf(s.out, "wrote %s\n", name)
	}
	if stale {
		return answerNo{errors.New("run riskreplay build")}
	}
	return nil
}

// replaceFile writes a file aside and renames it, so that nobody reads half of
// it.
func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	if _, err := f.Write(data); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
