package alert

import (
	"context"
	"fmt"
	"slices"

	"riskreplay/src/batch"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
)

// Outside does the actions that reach outside: webhooks, and programs of apps. Its
// methods are safe for concurrent use.
type Outside struct {
	// Declared are the actions that are programs.
	Declared map[string]Declared
	// Program finds an action's program: how it is started and the arguments before
	// its own, such as an interpreter's.
	Program func(d Declared) (path string, args []string, err error)
	// Webhooks sends them; nil sends none.
	Webhooks *Webhooks
	// SessionKey makes a key of the REST API at ServerURI, for programs; nil has
	// none.
	SessionKey func() string
	ServerURI  string
	// Link leads to the results of a search id; nil gives none.
	Link func(sid string) string
	// Log takes what a program writes on its standard error and output, line by
	// line, from several goroutines at once; nil drops it.
	Log func(action, stream, line string)
}

// Done is what became of the actions of a run.
type Done struct {
	// Actions are those that were done.
	Actions  []string
	Messages diag.List
}

// Do does the actions of a run that reach outside, one after the other: once for
// all results (alert.digest_mode), or once for each that fired. An action that fails
// is a message and keeps no other from being done.
func (o *Outside) Do(ctx context.Context, s *detection.SavedSearch, run Run, rows *batch.Batch, out Outcome) Done {
	var done Done
	if !out.Triggered || len(out.Fired) == 0 && out.Suppressed > 0 {
		return done
	}
	for _, name := range s.Actions {
		if slices.Contains(Inside, name) {
			if len(out.Fired) > 0 {
				done.Actions = append(done.Actions, name)
			}
			continue
		}
		if err := Refuses(name, o.Declared); err != nil {
			m, _ := err.(diag.Message)
			m.Text = s.Name + ": " + m.Text
			done.Messages = append(done.Messages, m)
			continue
		}
		if err := o.each(ctx, name, s, run, rows, out, &done); err != nil {
			done.Messages = append(done.Messages, diag.Message{Text: fmt.Sprintf("%s: cannot do the alert action %q: %v", s.Name, name, err), Cause: err})
			continue
		}
		done.Actions = append(done.Actions, name)
	}
	return done
}

// each does one action for all results, or for each.
func (o *Outside) each(ctx context.Context, name string, s *detection.SavedSearch, run Run, rows *batch.Batch, out Outcome, done *Done) error {
	fired := rows
	if len(out.Fired) < rows.Len {
		fired = rows.Gather(out.rows())
	}
	if s.Digest {
		return o.one(ctx, name, s, run, fired, done)
	}
	var failed error
	for i := range fired.Len {
		if err := o.one(ctx, name, s, run, fired.Slice(i, i+1), done); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

func (o *Outside) one(ctx context.Context, name string, s *detection.SavedSearch, run Run, rows *batch.Batch, done *Done) error {
	t := &Tokens{Saved: s, Run: run, Rows: rows, First: min(rows.Len, 1) - 1}
	if o.Link != nil {
		t.Link = o.Link(run.SID)
	}
	params := map[string]string{}
	for k, v := range o.Declared[name].Params {
		params[k] = v
	}
	for _, p := range s.Params(name) {
		if key, ok := cutParam(p.Key); ok {
			params[key] = p.Value
		}
	}
	for k, v := range params {
		text, unknown := t.Expand(v)
		params[k] = text
		for _, token := range unknown {
			done.Messages = append(done.Messages, diag.Message{
				Severity: diag.Warning, Text: fmt.Sprintf("%s: the token $%s$ in param.%s of the alert action %q has no value", s.Name, token, k, name),
				Hint: "fields of the first result are $result.FIELD$",
			})
		}
	}
	if name == "webhook" {
		return o.Webhooks.send(ctx, params["url"], t)
	}
	return o.run(ctx, o.Declared[name], t, params)
}

// rows are the places of the results that fired.
func (o *Outcome) rows() []int32 {
	out := make([]int32, len(o.Fired))
	for i, at := range o.Fired {
		out[i] = int32(at)
	}
	return out
}
