package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"riskreplay/src/check"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/report"
	"riskreplay/src/vet"
)

type testOptions struct {
	streams
	target     targetFlags
	detections []string
	parallel   int
	verbose    bool
	reports    []reportFlag
}

// reportFlag is a report that is written to a file; "-" is the output.
type reportFlag struct {
	name, help, file string
	write            func(*report.Tests, io.Writer) error
}

func newTest(s streams) *cobra.Command {
	o := &testOptions{streams: s, reports: []reportFlag{
		{name: "junit", help: "JUnit XML, for CI", write: (*report.Tests).JUnit},
		{name: "json", help: "JSON", write: (*report.Tests).JSON},
		{name: "markdown", help: "Markdown, for a pull request", write: (*report.Tests).Markdown},
		{name: "html", help: "one HTML page", write: (*report.Tests).HTML},
		{name: "navigator", help: "a layer of the ATT&CK Navigator", write: (*report.Tests).Navigator},
	}}
	c := &cobra.Command{
		Use:   "test [PATH]...",
		Short: "Test detections: validation, unit, integration",
		Long: `Tests the detections of a content repository (a folder with detections, or app/detections; by
default the current one), of a folder in it, or of single files. Each test replays its data into an
index of its own:

  Validation   the files are in order, the search parses and plans
  Unit         the search finds something, and every risk object has a name
  Integration  the saved search fires at its schedule, and writes the risk events and notables that
               Enterprise Security would write

A detection's YAML has contentctl's tests; <detection>.test.yml beside it says more: expected results,
that nothing must be found, other times, throttling, what runs before. Data that YAML names by URLs of
attack_data is looked for in --data-dir.`,
		Example: `  riskreplay test
  riskreplay test app/detections/detect_regsvcs_spawning_a_process.yml
  riskreplay test ~/security_content --data-dir ~/attack_data --junit report.xml`,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), args) },
	}
	flags := c.Flags()
	flags.StringArrayVar(&o.target.apps, "app", nil, "folder of an app whose knowledge counts too (repeatable)")
	flags.StringVar(&o.target.now, "now", "", "the moment of tests that say none (default: the clock)")
	flags.StringVar(&o.target.zone, "tz", "UTC", "time zone of searches and schedules")
	flags.StringArrayVar(&o.detections, "detection", nil, "test this detection only (repeatable)")
	flags.IntVar(&o.parallel, "parallel", 0, "tests at once (default: one for each processor)")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "warnings, and why tests were skipped")
	for i := range o.reports {
		r := &o.reports[i]
		flags.StringVar(&r.file, r.name, "", "write a report as "+r.help+" to this file; - is the output")
	}
	return c
}

func (o *testOptions) run(ctx context.Context, paths []string) error {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	files, err := o.create()
	if err != nil {
		return err
	}
	defer files.close()
	known, _ := readTechniques() // without them the matrix has no names
	out := report.Tests{Techniques: map[string]detection.Technique{}}
	for _, t := range known {
		out.Techniques[t.ID] = t
	}
	began := o.clock.Now()
	for _, path := range paths {
		if err := o.content(ctx, path, &out); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	out.Took = o.clock.Now().Sub(began)
	o.say(out.Others)
	if !slices.ContainsFunc(o.reports, func(r reportFlag) bool { return r.file == "-" }) {
		if err := out.Text(o.out, o.verbose); err != nil {
			return written(err)
		}
	}
	if err := files.write(&out); err != nil {
		return err
	}
	switch failed := out.Count(check.Failed); {
	case failed > 0:
		return answerNo{fmt.Errorf("%d of %d detections failed", failed, len(out.Detections))}
	case out.Others.HasErrors():
		return answerNo{errors.New("not all of the content could be read (see above)")}
	case len(out.Detections) == 0:
		return answerNo{errors.New("there is no detection to test")}
	}
	return nil
}

// content tests the detections at a path.
func (o *testOptions) content(ctx context.Context, path string, out *report.Tests) error {
	c, err := o.openContent(path)
	if err != nil {
		return err
	}
	t, err := o.target.openWith(o.streams, c.app)
	if err != nil {
		return err
	}
	out.Root, out.Now, out.Zone = c.root, t.now, t.zone
	chosen, err := o.choose(c.detections())
	if err != nil {
		return err
	}
	tested := map[string]int{}
	for _, d := range chosen {
		tested[d.File] = len(out.Detections)
		out.Detections = append(out.Detections, report.Tested{Detection: d, Stanza: d.Stanza(c.AppLabel())})
	}
	o.validate(t, c, chosen, tested, out)
	results := check.Run(ctx, check.Cases(c.root, chosen), check.Options{
		Target: check.Embedded(t.engine), Label: c.AppLabel(), Now: t.now, Zone: t.zone, Clock: o.clock, Parallel: o.parallel,
		Data: &check.Library{Engine: t.engine, DataDir: *o.dataDir, Sources: c.DataSources, Now: event.At(t.now)},
	})
	for r := range results {
		one := &out.Detections[tested[r.Detection.File]]
		one.Cases = append(one.Cases, r)
	}
	return nil
}

// validate runs the rules of vet over the detections. What is of none of them stands
// beside.
func (o *testOptions) validate(t *target, c *contentFolder, chosen []*detection.Detection, tested map[string]int, out *report.Tests) {
	began := o.clock.Now()
	for _, f := range vet.Content(c.Content, chosen, c.read, c.built, t.engine, t.now) {
		i, mine := tested[f.File]
		switch {
		case mine:
			v := &out.Detections[i].Validation
			v.Problems = append(v.Problems, f.Message)
		case c.about(f.Message):
			out.Others = append(out.Others, f.Message)
		}
	}
	took := o.clock.Now().Sub(began) / time.Duration(max(1, len(chosen)))
	for _, i := range tested {
		v := &out.Detections[i].Validation
		v.Status, v.Took = check.Passed, took
		if v.Problems.HasErrors() {
			v.Status = check.Failed
		}
	}
}

// choose keeps the detections that were named.
func (o *testOptions) choose(list []*detection.Detection) ([]*detection.Detection, error) {
	if len(o.detections) == 0 {
		return list, nil
	}
	var names []string
	for _, d := range list {
		names = append(names, d.Name)
	}
	var out []*detection.Detection
	for _, name := range o.detections {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, answerNo{diag.Message{Text: fmt.Sprintf("no detection is called %q", name), Hint: diag.DidYouMean(name, names)}}
		}
		out = append(out, list[i])
	}
	return out, nil
}

// reportFiles are the files of reports, made before anything runs: one that cannot
// be written is told at once.
type reportFiles struct {
	options *testOptions
	open    map[string]*os.File
}

func (o *testOptions) create() (*reportFiles, error) {
	f := &reportFiles{options: o, open: map[string]*os.File{}}
	for _, r := range o.reports {
		if r.file == "" || r.file == "-" {
			continue
		}
		file, err := os.Create(r.file)
		if err != nil {
			f.close()
			return nil, environmentError{fmt.Errorf("cannot write the report %q: %w", r.file, err)}
		}
		f.open[r.name] = file
	}
	return f, nil
}

func (f *reportFiles) close() {
	for _, file := range f.open {
		_ = file.Close() // written and closed already when all went well
	}
}

func (f *reportFiles) write(t *report.Tests) error {
	for _, r := range f.options.reports {
		if r.file == "" {
			continue
		}
		if r.file == "-" {
			if err := r.write(t, f.options.out); err != nil {
				return written(err)
			}
			continue
		}
		file := f.open[r.name]
		if err := errors.Join(r.write(t, file), file.Close()); err != nil {
			return environmentError{fmt.Errorf("cannot write the report %q: %w", r.file, err)}
		}
	}
	return nil
}
