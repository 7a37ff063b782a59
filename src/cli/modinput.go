package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"riskreplay/src/bundle"
	"riskreplay/src/diag"
	"riskreplay/src/modinput"
)

func newModinput(s streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "modinput",
		Short: "Run modular inputs as splunkd does",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q: use modinput run", args[0])}
			}
			return usageError{errors.New("use modinput run")}
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	c.AddCommand(newModinputRun(s))
	return c
}

type modinputOptions struct {
	streams
	app, stanza string
	set         []string
	format      string
	checkpoints string
	host        string
	once        bool
	printConfig bool
	debug       bool
	to          sinkFlags
	work        string // a folder for a sink's own files, for this run
}

// eventFormats are those of --format for events that an input gives.
var eventFormats = append(slices.Clone(formats), "hec")

func newModinputRun(s streams) *cobra.Command {
	o := &modinputOptions{streams: s}
	c := &cobra.Command{
		Use:   "run --app DIR --stanza NAME",
		Short: "Run a stanza of an app's inputs.conf, and print its events or send them on",
		Long: `Does what splunkd does with a modular input, ours or anybody's: reads inputs.conf
(default, then local) and README/inputs.conf.spec of an app, asks the program for its
scheme, checks the stanza, lets the program check it, and starts it as its interval
says, until it is not to be started again or the command is interrupted.

The stanza runs also when it is disabled: you named it. --set changes a setting for
this run, as local/inputs.conf would. What the input remembers is kept in --checkpoints.
Lines of the input's log go to stderr.

Where the app is this project, not packed, its testdata/datasets are the samples/ of
its package; and bin/replay of this program's folder is started for an app that has none.`,
		Example: `  riskreplay modinput run --app . --stanza t1574_011 --format json
  riskreplay modinput run --app etc/apps/their_app --stanza their://input --once --to index:DIR
  riskreplay modinput run --app . --stanza t1218_009 --print-config | bin/replay`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return usageError{fmt.Errorf("modinput run takes no argument, found %q: the stanza is named with --stanza", args[0])}
			case o.app == "":
				return usageError{errors.New("no app was given: name its folder with --app")}
			case o.stanza == "":
				return usageError{errors.New("no stanza was given: name it with --stanza")}
			case !slices.Contains(eventFormats, o.format):
				return usageError{fmt.Errorf("unknown --format %q: use %s", o.format, strings.Join(eventFormats, ", "))}
			case o.to.to != "":
				return o.to.parse()
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	f := c.Flags()
	f.StringVar(&o.app, "app", "", "folder of the app")
	f.StringVar(&o.stanza, "stanza", "", "the stanza: scheme://name, or the name alone when one has it")
	f.StringArrayVar(&o.set, "set", nil, "a setting of the stanza for this run: key=value (repeatable)")
	f.StringVar(&o.format, "format", "table", "table, json (one object a line), csv, or hec (one envelope a line, for --data FILE,format=hec)")
	f.StringVar(&o.checkpoints, "checkpoints", "", "folder for what inputs remember (default: modinputs in riskreplay's config folder)")
	f.StringVar(&o.host, "server-host", "", "what the instance is called (default: this machine's name)")
	o.to.add(c)
	for _, name := range []string{"run-fields", "splunk"} {
		_ = f.MarkHidden(name) // they are about runs of a plan
	}
	f.BoolVar(&o.once, "once", false, "run once, now, whatever the interval is")
	f.BoolVar(&o.printConfig, "print-config", false, "print the XML that the input would be given, and run nothing")
	f.BoolVar(&o.debug, "debug", false, "show the input's DEBUG lines too")
	return c
}

func (o *modinputOptions) run(ctx context.Context) error {
	in, err := o.find()
	if err != nil {
		return err
	}
	if o.printConfig {
		c := in.config
		c.CheckpointDir = filepath.Join(c.CheckpointDir, in.scheme)
		_, err := o.out.Write(c.AppendXML(nil))
		return written(err)
	}
	x, err := o.program(in)
	if err != nil {
		return environmentError{err}
	}
	if o.work, err = os.MkdirTemp("", "riskreplay"); err != nil {
		return environmentError{err}
	}
	defer func() { _ = os.RemoveAll(o.work) }() // what is left is the system's to remove
	// What came before an interrupt is still delivered.
	give, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	out, err := newEventPrinter(give, o)
	if err != nil {
		return err
	}
	started, err := modinput.Start(ctx, x, in.scheme, &in.config, modinput.HostOptions{
		Clock: o.clock, Once: o.once, Event: out.take, Log: o.log,
		Exit: func(e modinput.Exit) { out.exited(e) },
	})
	if err != nil {
		return o.notStarted(ctx, err)
	}
	stop := out.flushNowAndThen(o.clock)
	err = started.Wait()
	stop()
	if bad := out.close(); err == nil {
		err = bad
	}
	if err == nil {
		return nil
	}
	if exitCode(err) == ExitEnvironment {
		return err
	}
	return answerNo{err}
}

// notStarted is an input that cannot be asked, or that refuses the stanza.
func (o *modinputOptions) notStarted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return answerNo{errors.New("interrupted")}
	}
	return answerNo{err}
}

// log shows a line of the input, or the host, as splunkd keeps it.
func (o *modinputOptions) log(l modinput.LogLine) {
	if l.Level == modinput.LevelDebug && !o.debug {
		return
	}
	_, _ = fmt.Fprintf(o.err, "%s [%s] %s\n", l.Level, l.Stanza, l.Text)
}

// program finds the input's program: in the app, else beside this program for our
// own, whose paths would then count from another folder than the app's.
func (o *modinputOptions) program(in *configured) (modinput.Executable, error) {
	x, err := modinput.Locate(o.app, in.scheme, os.Getenv)
	if err == nil || in.scheme != replayScheme {
		return x, err
	}
	path, _, ok := findProgram(in.scheme)
	if !ok {
		return x, err
	}
	return modinput.Executable{Path: path}, o.writeOut(&in.config.Stanzas[0], bundle.Samples)
}

// replayScheme is the input that comes with this program.
const replayScheme = "replay"

// warn says something that splunkd would stumble over.
func (o *modinputOptions) warn(format string, args ...any) {
	o.say(diag.List{{Severity: diag.Warning, Text: fmt.Sprintf(format, args...)}})
}
