package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"riskreplay/src/index"
	"riskreplay/src/replay"
)

func newReplayUndo(s streams, state *string) *cobra.Command {
	return &cobra.Command{
		Use:   "undo RUN",
		Short: "Take a run's events out of its index, or print the search that does",
		Long: `Removes the events of a run from the index it went into (index:DIR). For one that
went into a Splunk it prints the search that deletes them there, scoped to the run:
Splunk hides them then, for a role with can_delete.`,
		Args: oneRun,
		RunE: func(c *cobra.Command, args []string) error {
			run, _, err := findRun(*state, args[0])
			if err != nil {
				return err
			}
			kind, path, _ := strings.Cut(run.Manifest.Target, ":")
			switch kind {
			case "index":
				return s.undoIndex(c.Context(), run, path)
			case "stdout":
				return usageError{fmt.Errorf("cannot undo run %s: it went to stdout, and who read it has its events", run.ID)}
			case "file":
				return usageError{fmt.Errorf("run %s went to %s: there is no search to undo it; delete that", run.ID, run.Manifest.Target)}
			}
			_, err = fmt.Fprintln(s.out, replay.UndoSearch(run.Manifest))
			return written(err)
		},
	}
}

// undoIndex removes a run's events from the index in a folder.
func (s streams) undoIndex(ctx context.Context, run *replay.Stored, dir string) error {
	if !run.Manifest.Fields {
		return answerNo{fmt.Errorf("cannot undo run %s: its events do not say which run they are of (it was made with --run-fields=false)", run.ID)}
	}
	x, err := index.Open(dir, index.Options{})
	if err != nil {
		return environmentError{err}
	}
	n, err := x.Drop(ctx, "replay_run", run.ID)
	if err = errors.Join(err, x.Close()); err != nil {
		return environmentError{err}
	}
	_, err = fmt.Fprintf(s.out, "%d events of run %s were removed from %s\n", n, run.ID, dir)
	return written(err)
}
