package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"riskreplay/src/job"
	"riskreplay/src/replay"
)

type verifyOptions struct {
	streams
	splunk splunkFlags
	data   []string
	format string
}

func newReplayVerify(s streams, state *string) *cobra.Command {
	o := &verifyOptions{streams: s}
	c := &cobra.Command{
		Use:   "verify RUN",
		Short: "Count a run's events by search, and compare with its record",
		Long: `Counts by host, source and sourcetype what a search finds of a run, and compares
it with what the sink accepted. A run into an index (index:DIR) is counted there, one
into a file in the file; one into a Splunk is counted over its REST API (--splunk).`,
		Args: oneRun,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.splunk.check(c); err != nil {
				return err
			}
			run, _, err := findRun(*state, args[0])
			if err != nil {
				return err
			}
			return o.verify(c.Context(), run)
		},
	}
	o.splunk.add(c)
	c.Flags().StringArrayVar(&o.data, "data", nil, "where the events are, when the record does not say (repeatable)")
	addFormat(c, &o.format)
	return c
}

func (o *verifyOptions) verify(ctx context.Context, run *replay.Stored) error {
	runner, err := o.runner(ctx, run.Manifest.Target)
	if err != nil {
		return err
	}
	v, err := replay.Verify(ctx, run.Manifest, runner, o.clock.Now())
	if err != nil {
		return o.failed(err)
	}
	if err := o.tell(v); err != nil {
		return written(err)
	}
	if !v.OK() {
		return answerNo{fmt.Errorf("run %s is not there as it was sent: %d events are missing, %d too many", run.ID, v.Missing, v.Extra)}
	}
	return nil
}

// runner is what searches where a run went to.
func (o *verifyOptions) runner(ctx context.Context, target string) (job.Runner, error) {
	if o.splunk.url != "" {
		return o.splunk.client(o.streams)
	}
	data := o.data
	if to, err := replay.ParseTo(target); err == nil && len(data) == 0 && to.Path != "" && to.Kind != replay.ToAttackRange {
		data = []string{to.Path}
		if to.Form == replay.FormHEC {
			data[0] += ",format=hec"
		}
	}
	if len(data) == 0 {
		return nil, usageError{errors.New("say where the events are: --splunk URL for a Splunk, --data PATH for a file")}
	}
	t, err := (&targetFlags{zone: "UTC"}).open(o.streams)
	if err != nil {
		return nil, err
	}
	data, _, err = o.attach(t, data)
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return t.engine, nil
	}
	datasets, _, err := o.resolve(data)
	if err != nil {
		return nil, err
	}
	_, _, err = o.load(ctx, t, datasets, nil)
	return t.engine, err
}

func (o *verifyOptions) tell(v replay.Verification) error {
	rows := make([][]string, 0, len(v.Rows))
	for _, r := range v.Rows {
		rows = append(rows, []string{r.Index, r.Host, r.Source, r.Sourcetype, fmt.Sprint(r.Want), fmt.Sprint(r.Got)})
	}
	return o.rows([]string{"index", "host", "source", "sourcetype", "accepted", "found"}, rows, o.format)
}
