package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/engine"
	"riskreplay/src/job"
)

type searchOptions struct {
	streams
	target    targetFlags
	data      []string
	format    string
	detection string
	search    string
}

func newSearch(s streams) *cobra.Command {
	o := &searchOptions{streams: s}
	c := &cobra.Command{
		Use:   "search [--data PATH]... 'SPL'",
		Short: "Run any search over any files",
		Long: `Reads files into a fresh index in memory and runs a search over them.

--data takes a file, a folder, or an attack_data YAML, with options behind it:
PATH[,sourcetype=S][,source=S][,host=H][,index=I][,format=F]. A search without
index= sees every index but the internal ones, risk, notable and summary.`,
		Example: `  riskreplay search --data sysmon.log 'EventCode=13 | stats count by TargetObject'
  riskreplay search --data logs/ '| tstats count from datamodel=Endpoint.Processes by Processes.dest'
  riskreplay search --data logs/ --detection 'Detect Regsvcs Spawning a Process'`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case o.detection != "" && len(args) > 0:
				return usageError{errors.New("give a search or --detection, not both")}
			case o.detection == "" && len(args) == 0:
				return usageError{errors.New("no search was given: put it in quotes as the last argument")}
			case len(args) > 1:
				return usageError{fmt.Errorf("expected one search, found %d arguments: put the search in quotes", len(args))}
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
	addFormat(c, &o.format)
	c.Flags().StringArrayVar(&o.data, "data", nil, "data to search, with options behind it (repeatable)")
	c.Flags().StringVar(&o.detection, "detection", "", "run the search of this detection or saved search")
	return c
}

func (o *searchOptions) run(ctx context.Context) error {
	t, err := o.target.open(o.streams)
	if err != nil {
		return err
	}
	request := job.Request{Search: o.search, Earliest: o.target.earliest, Latest: o.target.latest, Now: t.now}
	written := &diag.Text{Name: "<search>", Body: o.search}
	if o.detection != "" {
		saved, err := t.saved(o.detection)
		if err != nil {
			return answerNo{err}
		}
		request.Search, request.SavedSearch, request.App = saved.Search.Value, saved.Name, saved.App
		written = saved.Search.Text
	}
	// A search that cannot run is refused before the data is read.
	if _, _, problems := t.engine.Plan(written, t.now); problems.HasErrors() {
		o.say(problems)
		return answerNo{silentError{}}
	}
	datasets, bad, err := o.resolve(o.data)
	if err != nil {
		return err
	}
	if _, badToo, err := o.load(ctx, t, datasets, nil); err != nil {
		return err
	} else if badToo {
		bad = true
	}
	if err := o.answer(ctx, t.engine, request, t); err != nil {
		return err
	}
	if bad {
		return partly()
	}
	return nil
}

func (o *searchOptions) answer(ctx context.Context, e *engine.Engine, request job.Request, t *target) error {
	result, err := e.Run(ctx, request)
	if err != nil {
		return o.failed(err)
	}
	err = o.show(ctx, result, o.format, t.zone)
	o.say(result.Messages())
	if err != nil {
		return o.failed(err)
	}
	return nil
}

// failed prints an error of a search in its own form.
func (s streams) failed(err error) error {
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
	var environment environmentError
	if errors.As(err, &environment) {
		return err
	}
	return answerNo{err}
}
