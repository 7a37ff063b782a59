package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/replay"
)

type replayOptions struct {
	streams
	sinkFlags
	settings  replay.Settings
	now       string
	plan      bool
	resume    bool
	state     string
	progress  string
	unsettled int
	format    string
	args      []string
}

func newReplay(s streams) *cobra.Command {
	o := &replayOptions{streams: s}
	c := &cobra.Command{
		Use:   "replay --to SINK DATASET...",
		Short: "Send datasets to a Splunk, an index or a file: at the right time, once, completely",
		Long: `Reads datasets, moves their times, and sends their events to a sink:

  hec:https://HOST:8088         the HTTP Event Collector; its token is in SPLUNK_HEC_TOKEN
  splunk:https://HOST:8089      splunkd itself, with SPLUNK_TOKEN or SPLUNK_USER and SPLUNK_PASSWORD
  attack-range:attack_range.yml the Splunk of an attack range
  index:DIR                     an index on disk, which search --data DIR reads
  file:PATH                     a folder that can be replayed again; PATH.log, PATH.jsonl one file
  stdout                        the events as they are; stdout,format=hec envelopes

A DATASET is an attack_data YAML, a folder with some, a detection's YAML with
tests, or a file, with options behind it as for search --data. A plan is made
first, and --plan prints it and sends nothing. What the sink has settled is written
down: --resume goes on with a run that was interrupted. What a sink refuses lies in
the run's dead.jsonl, with the reason.`,
		Example: `  riskreplay replay --to file:out --time window=-70m..-10m testdata/datasets/T1218.009
  SPLUNK_HEC_TOKEN=... riskreplay replay --to hec:https://splunk:8088 --index attack_data datasets/
  riskreplay replay --plan --to stdout testdata/datasets/T1574.011
  riskreplay replay verify 3f9a0c12b4de --splunk https://splunk:8089`,
		Args: func(c *cobra.Command, args []string) error {
			o.args = args
			if err := o.check(); err != nil {
				return err
			}
			return o.fit(c.Flags().Changed)
		},
		RunE: func(c *cobra.Command, _ []string) error {
			o.fieldsGiven = c.Flags().Changed("run-fields")
			return o.run(c.Context())
		},
	}
	f := c.Flags()
	o.sinkFlags.add(c)
	o.addSettings(c)
	f.StringVar(&o.now, "now", "", "the moment that is now, for --time (default: the clock)")
	f.BoolVar(&o.plan, "plan", false, "print what would be sent, and send nothing")
	f.BoolVar(&o.resume, "resume", false, "go on with the latest run of these datasets that did not finish")
	f.StringVar(&o.progress, "progress", "auto", "bar, json (an object a line on stderr), none, or auto: bars on a terminal")
	f.IntVar(&o.settings.BatchEvents, "batch-events", 0, "events in a batch at most (default 5000, and 1 MiB): batches that were on their way when a run is killed are sent again")
	f.IntVar(&o.unsettled, "max-unsettled", 20, "megabytes of events that may wait for the sink's word; more is faster where acknowledgements come late, and takes more memory")
	f.StringVar(&o.format, "format", "table", "of --plan and of the answer: table or json")
	c.PersistentFlags().StringVar(&o.state, "state", "", "folder of the runs' records (default: riskreplay in the user's state folder)")
	c.AddCommand(newReplayRuns(s, &o.state), newReplayVerify(s, &o.state), newReplayUndo(s, &o.state))
	return c
}

// addSettings adds the flags of what is sent, and when.
func (o *replayOptions) addSettings(c *cobra.Command) {
	f, s := c.Flags(), &o.settings
	f.StringVar(&s.Time, "time", "keep", "keep, now, at=TIME, window=-70m..-10m, days, or scale=F")
	f.StringVar(&s.Anchor, "anchor", "", "the event that --time goes by: last (default) or first")
	f.BoolVar(&s.Compress, "compress", false, "scale a dataset that is longer than the window, so that it fits")
	f.BoolVar(&s.Together, "together", false, "move all datasets by one amount; else each has its own")
	f.StringVar(&s.Zone, "tz", "", "time zone of --time, such as Europe/Berlin (default UTC)")
	f.StringVar(&s.Order, "order", "", "file: one behind the other; time: all merged (default: time when paced)")
	f.BoolVar(&s.Rekey, "rekey", false, "give processes, logons and hosts a new identity, so that replays do not mix")
	f.StringVar(&s.Index, "index", "", "index of all events (default: as the catalogue says, else the sink's own)")
	f.StringVar(&s.Speed, "speed", "max", "max, or how many times as fast as recorded: 1, 10x, 0.5")
	f.Float64Var(&s.EPS, "eps", 0, "events a second at most")
	f.Float64Var(&s.MBPS, "mbps", 0, "megabytes a second at most")
	f.DurationVar(&s.MaxGap, "max-gap", 0, "longest pause between two events, such as 5s")
	f.DurationVar(&s.Duration, "duration", 0, "how long the replay takes, such as 10m; gives the speed")
	f.StringVar(&s.Loop, "loop", "", "how often all is sent: a number, or forever")
}

// misspelled is an argument that is nearly a command's name, and no file's.
func misspelled(arg string) error {
	hint := diag.DidYouMean(arg, []string{"runs", "verify", "undo"})
	if hint == "" {
		return nil
	}
	if _, err := os.Stat(arg); err == nil {
		return nil
	}
	return usageError{diag.Message{Text: fmt.Sprintf("cannot find the dataset %q, and replay has no such command", arg), Hint: hint}}
}

func (o *replayOptions) check() error {
	if len(o.args) == 0 {
		return usageError{errors.New("no dataset was given: name a file, a folder or an attack_data YAML")}
	}
	if err := misspelled(o.args[0]); err != nil {
		return err
	}
	if !slices.Contains(progressForms, o.progress) {
		return usageError{fmt.Errorf("unknown --progress %q: use auto, bar, json or none", o.progress)}
	}
	if o.format != "table" && o.format != "json" {
		return usageError{fmt.Errorf("unknown --format %q: use table or json", o.format)}
	}
	if o.unsettled < 1 || o.unsettled > 4096 {
		return usageError{fmt.Errorf("cannot use --max-unsettled %d: expected 1 to 4096 megabytes", o.unsettled)}
	}
	if err := o.settings.Check(); err != nil {
		return usageError{err}
	}
	if o.plan && o.to == "" {
		return nil
	}
	return o.parse()
}

func (o *replayOptions) run(ctx context.Context) error {
	zone, err := time.LoadLocation(o.settings.Zone)
	if err != nil {
		return usageError{fmt.Errorf("cannot find the time zone %q: write it like Europe/Berlin or UTC", o.settings.Zone)}
	}
	now, err := o.moment(o.now, zone)
	if err != nil {
		return usageError{err}
	}
	datasets, bad, err := o.resolve(o.args)
	if err != nil {
		return err
	}
	o.settings.Fields = o.fields()
	plan, problems := replay.Scan(ctx, datasets, o.settings, event.At(now))
	o.say(problems)
	bad = bad || problems.HasErrors()
	switch {
	case ctx.Err() != nil:
		return environmentError{errors.New("interrupted while reading; nothing was sent")}
	case plan == nil:
		return environmentError{silentError{}}
	case o.plan:
		err = o.printPlan(plan)
	default:
		err = o.deliver(ctx, plan)
	}
	if err == nil && bad {
		return partly()
	}
	return err
}

func (o *replayOptions) printPlan(p *replay.Plan) error {
	if o.format == "table" {
		return written(p.Print(o.out))
	}
	_, err := o.out.Write(append(p.JSON(), '\n'))
	return written(err)
}

// deliver carries the plan out, or goes on with a run that did.
func (o *replayOptions) deliver(ctx context.Context, p *replay.Plan) error {
	dir, err := stateFolder(o.state)
	if err != nil {
		return environmentError{err}
	}
	report, done := o.streams.progress(o.progress)
	o.held = 2 * o.window() // as events, and as they are written
	options := replay.Options{Dir: dir, Clock: o.clock, Target: o.target(), Progress: report, ID: newRunID(dir, p, o.clock.Now()), Window: o.window(), Exact: o.exact()}
	m, err := o.runOrResume(ctx, p, options)
	done()
	return o.answer(m, dir, err)
}

// begin carries a plan out.
func (o *replayOptions) begin(ctx context.Context, p *replay.Plan, options replay.Options) (replay.Manifest, error) {
	open, err := o.open(o.streams, replay.RunFolder(options.Dir, options.ID), 0)
	if err != nil {
		return replay.Manifest{}, err
	}
	return replay.Run(ctx, p, open, options)
}

// goOn goes on with a run that did not finish.
func (o *replayOptions) goOn(ctx context.Context, run *replay.Stored, options replay.Options) (replay.Manifest, error) {
	open, err := o.open(o.streams, run.Dir, run.Sent())
	if err != nil {
		return replay.Manifest{}, err
	}
	return replay.Resume(ctx, run, open, options)
}

// answer tells what a run came to.
func (o *replayOptions) answer(m replay.Manifest, dir string, err error) error {
	if m.ID != "" && (err == nil || m.Accepted+m.Dead > 0) {
		if bad := o.printRun(m); bad != nil {
			return written(bad)
		}
	}
	switch {
	case err != nil && m.Accepted+m.Dead > 0:
		_ = o.refused(err) // that it ended early is said below
		return environmentError{fmt.Errorf("run %s is not finished: --resume goes on with it", m.ID)}
	case err != nil:
		return o.refused(err)
	case m.Dead > 0:
		return answerNo{fmt.Errorf("the sink refused %d events: see %s", m.Dead, filepath.Join(replay.RunFolder(dir, m.ID), "dead.jsonl"))}
	}
	return nil
}

// refused is an error of the surroundings, in its own form.
func (o *replayOptions) refused(err error) error {
	var m diag.Message
	if errors.As(err, &m) {
		o.say(diag.List{m})
		return environmentError{silentError{}}
	}
	return environmentError{err}
}

// printRun tells of a run: to stderr where stdout has the events.
func (o *replayOptions) printRun(m replay.Manifest) error {
	out := o.out
	if o.sink.Kind == replay.ToStdout {
		out = o.err
	}
	if o.format == "json" {
		return writeManifest(out, m)
	}
	return tellRun(out, m)
}

// window is how many bytes may be unsettled; an index settles at once, and what is
// on its way into one is there twice.
func (o *replayOptions) window() int64 {
	n := int64(o.unsettled)
	if o.sink.Kind == replay.ToIndex {
		n = min(n, 4)
	}
	return n << 20
}

// newRunID is the id of a run that begins; a second run of a plan in one second
// has a number behind it.
func newRunID(dir string, p *replay.Plan, now time.Time) string {
	id := replay.NewID(p, now)
	for n := 2; ; n++ {
		if _, err := os.Stat(replay.RunFolder(dir, id)); err != nil {
			return id
		}
		id = fmt.Sprintf("%s-%d", replay.NewID(p, now), n)
	}
}

// stateFolder is where runs are recorded: as given, else the user's state folder.
func stateFolder(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return joinState(dir), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("cannot find the user's state folder: %w: say where runs are recorded with --state DIR", err)
	}
	return joinState(home, ".local", "state"), nil
}
