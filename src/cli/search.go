package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/job"
)

type searchOptions struct {
	streams
	target    targetFlags
	splunk    splunkFlags
	data      []string
	format    string
	detection string
	search    string
	explain   bool
}

func newSearch(s streams) *cobra.Command {
	o := &searchOptions{streams: s}
	c := &cobra.Command{
		Use:   "search [--data PATH]... 'SPL'",
		Short: "Run any search over any files",
		Long: `Reads files into a fresh index in memory and runs a search over them.

--data takes a file, a folder, or an attack_data YAML, with options behind it:
PATH[,sourcetype=S][,source=S][,host=H][,index=I][,format=F]; or the folder of an
index, which is searched where it is, without copying. A search without index=
sees every index but the internal ones, risk, notable and summary.

What outputlookup writes lasts as long as the search; with --lookups DIR it is kept
there, and found again.

With --splunk the search runs on a Splunk, over its data and with its knowledge;
--detection takes the search of a detection from the app here.`,
		Example: `  riskreplay search --data sysmon.log 'EventCode=13 | stats count by TargetObject'
  riskreplay search --data logs/ '| tstats count from datamodel=Endpoint.Processes by Processes.dest'
  riskreplay search --data logs/ --detection 'Detect Regsvcs Spawning a Process'
  riskreplay search --splunk https://splunk.example.com:8089 'index=main | stats count by host'`,
		Args: func(c *cobra.Command, args []string) error {
			switch {
			case o.detection != "" && len(args) > 0:
				return usageError{errors.New("give a search or --detection, not both")}
			case o.detection == "" && len(args) == 0:
				return usageError{errors.New("no search was given: put it in quotes as the last argument")}
			case len(args) > 1:
				return usageError{fmt.Errorf("expected one search, found %d arguments: put the search in quotes", len(args))}
			}
			if err := o.checkSplunk(c); err != nil {
				return err
			}
			if o.explain && o.splunk.url != "" {
				return usageError{errors.New("--explain looks into the search as it runs here; a Splunk does not tell")}
			}
			return checkFormat(o.format)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.search = args[0]
			}
			return o.run(c.Context())
		},
	}
	o.target.add(c)
	o.target.addLookups(c)
	o.target.addGeoip(c)
	o.target.limitFlags.add(c)
	o.splunk.add(c)
	addFormat(c, &o.format)
	c.Flags().StringArrayVar(&o.data, "data", nil, "data to search, with options behind it (repeatable)")
	c.Flags().BoolVar(&o.explain, "explain", false, "then tell how many rows each command left, and which conditions the nearest event failed")
	c.Flags().StringVar(&o.detection, "detection", "", "run the search of this detection or saved search")
	return c
}

func (o *searchOptions) run(ctx context.Context) error {
	t, err := o.target.open(o.streams)
	if err != nil {
		return err
	}
	defer t.close(o.streams, o.target.lookups != "")
	request := job.Request{Search: o.search, Earliest: o.target.earliest, Latest: o.target.latest, Now: t.now}
	if o.splunk.url != "" && o.target.now == "" {
		request.Now = time.Time{} // that Splunk's
	}
	written := &diag.Text{Name: "<search>", Body: o.search}
	if o.detection != "" {
		saved, err := t.saved(o.detection)
		if err != nil {
			return answerNo{err}
		}
		request.Search, request.SavedSearch, request.App = saved.Search.Value, saved.Name, saved.App
		written = saved.Search.Text
	}
	if o.splunk.url != "" {
		return o.onSplunk(ctx, request, t)
	}
	// A search that cannot run is refused before the data is read.
	if _, _, problems := t.engine.Plan(written, t.now); problems.HasErrors() {
		o.say(problems)
		return answerNo{silentError{}}
	}
	files, _, err := o.attach(t, o.data)
	if err != nil {
		return err
	}
	datasets, bad, err := o.resolve(files)
	if err != nil {
		return err
	}
	if _, badToo, err := o.load(ctx, t, datasets, nil); err != nil {
		return err
	} else if badToo {
		bad = true
	}
	if _, err := o.answer(ctx, t.engine, request, t); err != nil {
		return err
	}
	if o.explain {
		why, err := t.engine.Explain(ctx, request)
		if err != nil {
			return o.failed(err)
		}
		_, _ = fmt.Fprint(o.err, "\n", why)
	}
	if bad {
		return partly()
	}
	return nil
}

// answer runs the search, prints the rows, says the messages and gives them too.
func (o *searchOptions) answer(ctx context.Context, on job.Runner, request job.Request, t *target) (diag.List, error) {
	result, err := on.Run(ctx, request)
	if err != nil {
		return nil, o.failed(err)
	}
	err = o.show(ctx, result, o.format, t.zone)
	messages := result.Messages()
	o.say(messages)
	if err != nil {
		return messages, o.failed(err)
	}
	return messages, nil
}

// failed prints an error of a search in its own form.
func (s streams) failed(err error) error {
	var environment environmentError
	if err = environmental(err); errors.As(err, &environment) {
		return err
	}
	var list diag.List
	var one diag.Message
	switch {
	case errors.As(err, &list):
		s.say(list)
		return answerNo{silentError{}}
	case errors.As(err, &one):
		s.say(diag.List{one})
		return answerNo{silentError{}}
	}
	return answerNo{err}
}
