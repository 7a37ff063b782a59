package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/replay"
)

// earlier are the latest runs of a plan's datasets that are on record.
type earlier struct {
	// unfinished and finished went to the same target and were asked for what is
	// asked for now. elsewhere did not finish and went to another target, other did
	// not finish and was asked for something else of the same files.
	unfinished, finished, elsewhere, other *replay.Stored
	// problems are of runs that cannot be read: one of them may be the one.
	problems diag.List
}

func findEarlier(dir string, p *replay.Plan, target string) (e earlier) {
	var runs []*replay.Stored
	runs, e.problems = replay.Runs(dir)
	request := p.Request()
	for _, run := range runs {
		same := run.Plan.Request() == request
		switch m := run.Manifest; {
		case run.Sent() == 0 && !m.Finished: // it ended before anything was sent
		case !same && !m.Finished && m.Target == target && sharesFile(run.Plan, p):
			e.other = firstRun(e.other, run)
		case !same:
		case m.Target != target && !m.Finished:
			e.elsewhere = firstRun(e.elsewhere, run)
		case m.Target != target:
		case m.Finished:
			e.finished = firstRun(e.finished, run)
		default:
			e.unfinished = firstRun(e.unfinished, run)
		}
	}
	return e
}

func firstRun(a, b *replay.Stored) *replay.Stored {
	if a != nil {
		return a
	}
	return b
}

// runOrResume carries a plan out. With --resume it goes on with the run that did
// not finish, and sends nothing where all was sent: it can be called again and
// again until it says 0.
func (o *replayOptions) runOrResume(ctx context.Context, p *replay.Plan, options replay.Options) (replay.Manifest, error) {
	e := findEarlier(options.Dir, p, options.Target)
	if !o.resume {
		o.say(warnings(e.problems))
		if e.unfinished != nil && e.unfinished.Manifest.Accepted > 0 {
			o.say(diag.List{{Severity: diag.Warning, Text: "run " + e.unfinished.ID + " of these datasets did not finish", Hint: "--resume goes on with it; this is a new run"}})
		}
		return o.begin(ctx, p, options)
	}
	m, err := e.unfinishedRun(p)
	switch {
	case err != nil:
		return replay.Manifest{}, err
	case m != nil:
		_, _ = fmt.Fprintf(o.err, "going on with run %s: %d of its events were settled\n", m.ID, m.Manifest.Accepted+m.Manifest.Dead)
		return o.goOn(ctx, m, options)
	case e.finished != nil:
		done := e.finished.Manifest
		_, _ = fmt.Fprintf(o.err, "run %s of these datasets finished at %s: nothing is left to send; without --resume they are sent again\n", done.ID, event.Time(done.Ended).Std().Format(time.RFC3339))
		return done, nil
	}
	_, _ = fmt.Fprintln(o.err, "there is no run of these datasets to go on with: this is a new one")
	return o.begin(ctx, p, options)
}

// unfinishedRun is the run to go on with, nil when there is none. That of another
// sink is none, and no reason to send all anew.
func (e earlier) unfinishedRun(p *replay.Plan) (*replay.Stored, error) {
	switch {
	case e.unfinished != nil:
		return e.unfinished, nil
	case len(e.problems) > 0:
		return nil, e.problems.Err()
	case e.elsewhere != nil && e.finished == nil:
		m := e.elsewhere.Manifest
		return nil, diag.Message{
			Text: fmt.Sprintf("cannot go on with run %s here: it went to %s", m.ID, m.Target),
			Hint: "give that with --to, or leave --resume out for a new run",
		}
	case e.other != nil && e.finished == nil:
		return nil, diag.Message{
			Text: fmt.Sprintf("cannot go on with run %s: %s", e.other.ID, difference(e.other.Plan, p)),
			Hint: "give the files and the flags of that run, or leave --resume out for a new one",
		}
	}
	return nil, nil
}

// sharesFile tells whether two plans have a file in common.
func sharesFile(a, b *replay.Plan) bool {
	have := hashes(a)
	for path := range hashes(b) {
		if _, ok := have[path]; ok {
			return true
		}
	}
	return false
}

// hashes are the hashes of a plan's files by path.
func hashes(p *replay.Plan) map[string]string {
	out := map[string]string{}
	for _, d := range p.Datasets {
		for _, f := range d.Files {
			out[f.Path] = f.SHA256
		}
	}
	return out
}

// difference says in what the plan of a run is not that of now.
func difference(run, now *replay.Plan) string {
	before, after := hashes(run), hashes(now)
	for _, path := range slices.Sorted(maps.Keys(before)) {
		hash, ok := after[path]
		switch {
		case !ok:
			return fmt.Sprintf("it sends %q too", path)
		case hash != before[path]:
			return fmt.Sprintf("%q is not what it was", path)
		}
	}
	if len(after) > len(before) {
		return "it sends fewer files"
	}
	was, is := settings(run), settings(now)
	names := maps.Clone(was)
	maps.Copy(names, is)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if a, b := shown(was[name]), shown(is[name]); a != b {
			return fmt.Sprintf("its %s is %s, here it is %s", flagOf(name), a, b)
		}
	}
	return "its datasets are described otherwise"
}

// shown is a setting's value, which is absent where it is the default.
func shown(v any) string {
	if v == nil {
		return "the default"
	}
	return fmt.Sprint(v)
}

// flagOf is the flag of a setting.
func flagOf(name string) string {
	if flag, ok := map[string]string{"zone": "tz", "fields": "run-fields"}[name]; ok {
		name = flag
	}
	return "--" + strings.ReplaceAll(name, "_", "-")
}

// settings are those of a plan by their names.
func settings(p *replay.Plan) map[string]any {
	out := map[string]any{}
	if text, err := json.Marshal(p.Settings); err == nil {
		_ = json.Unmarshal(text, &out) // it was just written
	}
	return out
}

// warnings are messages that stop nothing.
func warnings(l diag.List) diag.List {
	out := make(diag.List, len(l))
	for i, m := range l {
		m.Severity = diag.Warning
		out[i] = m
	}
	return out
}
