package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"riskreplay/src/job"
)

// checkSplunk refuses what does not go together with --splunk.
func (o *searchOptions) checkSplunk(c *cobra.Command) error {
	switch {
	case o.splunk.url == "":
		return o.splunk.check(c)
	case len(o.data) > 0:
		return usageError{errors.New("give --data or --splunk, not both: a Splunk searches what it has indexed")}
	case len(o.target.apps) > 0 && o.detection == "":
		return usageError{errors.New("--app has no effect with --splunk: that Splunk's own apps count; --splunk-app says which it searches in")}
	case o.target.lookups != "":
		return usageError{errors.New("--lookups has no effect with --splunk: that Splunk keeps its own tables")}
	}
	return nil
}

// onSplunk runs the search on a Splunk. A detection's is searched in its own app,
// which is to be installed there, when no other is named. What Splunk calls an
// error beside the rows, such as an indexer that did not answer, makes the answer
// no.
func (o *searchOptions) onSplunk(ctx context.Context, request job.Request, t *target) error {
	client, err := o.splunk.client(o.streams)
	if err != nil {
		return err
	}
	defer client.Close()
	if o.splunk.app != "" {
		request.App = o.splunk.app
	}
	messages, err := o.answer(ctx, client, request, t)
	if err != nil {
		return err
	}
	if messages.HasErrors() {
		return answerNo{silentError{}}
	}
	return nil
}
