package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"riskreplay/src/event"
	"riskreplay/src/replay"
)

func newReplayRuns(s streams, state *string) *cobra.Command {
	format := "table"
	c := &cobra.Command{
		Use:   "runs",
		Short: "List the runs that were recorded, the latest first",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := stateFolder(*state)
			if err != nil {
				return environmentError{err}
			}
			runs, problems := replay.Runs(dir)
			s.say(problems)
			for _, run := range runs {
				if format == "json" {
					err = writeManifest(s.out, run.Manifest)
				} else {
					_, err = fmt.Fprintln(s.out, runLine(run.Manifest))
				}
				if err != nil {
					return written(err)
				}
			}
			if len(runs) == 0 {
				_, _ = fmt.Fprintln(s.err, "no run is recorded in "+dir)
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "table", "table, or json: the manifests, one a line")
	return c
}

func joinState(parts ...string) string { return filepath.Join(append(parts, "riskreplay")...) }

// findRun is a recorded run, by the beginning of its id.
func findRun(state, prefix string) (*replay.Stored, string, error) {
	dir, err := stateFolder(state)
	if err != nil {
		return nil, dir, environmentError{err}
	}
	run, err := replay.Find(dir, prefix)
	if err != nil {
		return nil, dir, environmentError{err}
	}
	return run, dir, nil
}

func oneRun(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{errors.New("name one run, by the beginning of its id: `riskreplay replay runs` lists them")}
	}
	return nil
}

func runLine(m replay.Manifest) string {
	state := "finished"
	if !m.Finished {
		state = "not finished"
	}
	return fmt.Sprintf("%s  %s  %d of %d events  %s", m.ID, state, m.Accepted, planned(m), m.Target)
}

// planned is how many events a run was to send in the turns that it began.
func planned(m replay.Manifest) (n int64) {
	for _, f := range m.Files {
		n += f.Planned
	}
	return n * int64(max(1, m.Turns))
}

// writeManifest writes a run's record as a line of JSON.
func writeManifest(w io.Writer, m replay.Manifest) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// tellRun writes what a run came to.
func tellRun(w io.Writer, m replay.Manifest) error {
	state := "finished"
	if !m.Finished {
		state = "not finished"
	}
	lines := []string{fmt.Sprintf("run %s: %s", m.ID, state)}
	add := func(is bool, format string, args ...any) {
		if is {
			lines = append(lines, "  "+fmt.Sprintf(format, args...))
		}
	}
	add(true, "%d of %d events accepted by %s", m.Accepted, planned(m), m.Target)
	add(m.Accepted > 0, "from %s to %s", moment(m.First), moment(m.Last))
	add(m.Turns > 1, "%d turns", m.Turns)
	add(m.Dead > 0, "%d refused", m.Dead)
	add(m.Unsure > 0, "%d may be there twice", m.Unsure)
	add(m.Moved > 0, "%d times inside of events moved", m.Moved)
	add(m.Moved > 0 && m.Left > 0, "%d texts that look like a date were left as they are", m.Left)
	add(m.Disordered > 0, "%d events came too late for the order by time", m.Disordered)
	for _, d := range m.Doubtful {
		add(true, "events %d to %d were with the sink when it was interrupted: they may be there twice", d.From, d.To)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

func moment(t replay.Instant) string {
	return event.Time(t).Std().Format(time.RFC3339Nano)
}
