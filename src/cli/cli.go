// Package cli is the command line of riskreplay: one file a command.
//
// Each command is a constructor that only reads flags into an options struct,
// and a run method that does the work on it. Results go to stdout; progress
// (only on a terminal), warnings and errors to stderr. What a command returns
// decides the exit code, in one place:
//
//	0 done
//	1 it ran, and the answer is no: a search is wrong or failed, a test failed
//	2 it was called wrongly
//	3 the environment: no such file, no connection, not writable
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
)

// The exit codes.
const (
	ExitDone        = 0
	ExitNo          = 1
	ExitUsage       = 2
	ExitEnvironment = 3
)

// streams are what a command reads and writes, and the clock it goes by.
type streams struct {
	in       io.Reader
	out, err io.Writer
	clock    clock.Clock
	// dataDir is --data-dir: where a checkout of attack_data lies.
	dataDir *string
}

// Main runs the command line and gives the exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second one ends the program at once: it may wait for a pipe that nobody
	// writes into.
	context.AfterFunc(ctx, stop)
	return execute(ctx, args, streams{in: in, out: out, err: errOut, clock: clock.Real{}})
}

func execute(ctx context.Context, args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return ExitDone
	}
	code := exitCode(err)
	var silent silentError
	if !errors.As(err, &silent) {
		_, _ = fmt.Fprintln(s.err, "riskreplay: "+err.Error())
	}
	if code == ExitUsage {
		_, _ = fmt.Fprintln(s.err, "see `riskreplay help`, or --help after a command")
	}
	return code
}

func newRoot(s streams) *cobra.Command {
	s.dataDir = new(string)
	root := &cobra.Command{
		Use:   "riskreplay",
		Short: "Replay attack data, run Splunk detections over it, score the risk: without a Splunk",
		Long: `riskreplay replays recorded attack data into an index of its own, runs Splunk
detections (SPL with data models) over it as Splunk's scheduler would, and scores
the risk they raise by host and user, as Enterprise Security does.`,
		Example: `  # replay two datasets, run the app's detections, print findings and risk
  riskreplay run --now 2026-01-15T12:20:00Z testdata/datasets/T1574.011 testdata/datasets/T1218.009

  # any search over any files
  riskreplay search --data sysmon.log 'index=* EventCode=1 | stats count by Image'`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentFlags().StringVar(s.dataDir, "data-dir", "", "where a checkout of attack_data lies, for what YAML names")
	root.AddCommand(newCatalog(s), newRun(s), newSearch(s), newReplay(s), newSPL(s), newIndex(s), newBuild(s), newPackage(s), newVet(s), newTest(s), newDoctor(s), newModinput(s), newServe(s))
	return root
}

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// answerNo is a run whose answer is no; the text was printed already when it is
// silent.
type answerNo struct{ error }

func (e answerNo) Unwrap() error { return e.error }

// silentError has told the user everything already.
type silentError struct{}

func (silentError) Error() string { return "" }

// environmentError is something outside that is not as it must be.
type environmentError struct{ error }

func (e environmentError) Unwrap() error { return e.error }

func exitCode(err error) int {
	var usage usageError
	var no answerNo
	var environment environmentError
	var path *fs.PathError
	switch {
	case errors.As(err, &usage):
		return ExitUsage
	case errors.As(err, &no):
		return ExitNo
	case errors.As(err, &environment), errors.As(err, &path), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return ExitEnvironment
	}
	return cobraUsage(err)
}

// cobraUsage tells cobra's own complaints (unknown command, wrong number of
// arguments), which have no type, from a failed run.
func cobraUsage(err error) int {
	var m diag.Message
	var l diag.List
	if errors.As(err, &m) || errors.As(err, &l) || errors.Is(err, context.Canceled) {
		return ExitNo
	}
	return ExitUsage
}

// say prints messages to stderr, each once.
func (s streams) say(messages diag.List) {
	seen := map[string]bool{}
	for _, m := range messages {
		text := m.Error()
		if !seen[text] {
			seen[text] = true
			_, _ = fmt.Fprintln(s.err, m.Severity.String()+": "+text)
		}
	}
}

// moment reads --now, or the machine's time in whole seconds, as Splunk's now()
// has it, when it was not given.
func (s streams) moment(arg string, zone *time.Location) (time.Time, error) {
	if arg == "" {
		return s.clock.Now().Truncate(time.Second), nil
	}
	return parseMoment(arg, s.clock.Now(), zone)
}
