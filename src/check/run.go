package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Options are what tests are run with.
type Options struct {
	Target Target
	Data   *Library
	// Label begins the names of the saved searches.
	Label string
	// Now is the moment of tests that say none.
	Now  time.Time
	Zone *time.Location
	// Clock takes the time of each step.
	Clock clock.Clock
	// Parallel is how many tests run at once; 0 is a test for each processor.
	Parallel int
}

// Run runs cases, several at once, and gives their results in the order of the
// cases as soon as they are there. Whoever stops early, or ends ctx, ends it.
func Run(ctx context.Context, cases []Case, o Options) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		slots := make(chan struct{}, parallel(o.Parallel))
		results := make([]chan Result, len(cases))
		for i := range results {
			results[i] = make(chan Result, 1)
		}
		go func() {
			for i, c := range cases {
				select {
				case slots <- struct{}{}:
				case <-ctx.Done():
					return
				}
				go func() {
					defer func() { <-slots }()
					results[i] <- o.one(ctx, c)
				}()
			}
		}()
		for _, r := range results {
			select {
			case one := <-r:
				if !yield(one) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

func parallel(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// one runs a case. A panic is that case's failure.
func (o Options) one(ctx context.Context, c Case) (r Result) {
	r = Result{Case: c}
	defer func() {
		if p := recover(); p != nil {
			r.Unit.fail(c.Test.At, "this is a fault of riskreplay: please report it", fmt.Sprintf("the test ended in a panic: %v", p))
			r.Unit.Status, r.Integration.Status = Failed, Skipped
		}
	}()
	switch {
	case c.Detection.ManualTest != "" && len(c.Test.Data) == 0:
		r.skip(diag.Message{Severity: diag.Warning, Text: "it can be tested by hand only: " + c.Detection.ManualTest})
	case len(c.Test.Data) == 0 && len(c.Test.Before) == 0:
		r.skip(diag.Message{Severity: diag.Warning, Text: "it has no test", Hint: "write " + detection.TestFile(c.Detection.File)})
	default:
		o.test(ctx, &r)
	}
	return r
}

func (r *Result) skip(m diag.Message) {
	r.Unit = Step{Status: Skipped, Problems: diag.List{m}}
	r.Integration = Step{Status: Skipped}
}

// broken is a case that could not be run.
func (r *Result) broken(err error) {
	var m diag.Message
	var list diag.List
	switch {
	case errors.As(err, &list):
	case errors.As(err, &m):
		list = diag.List{m}
	default:
		list = diag.List{{Text: err.Error(), Cause: err, Place: r.Test.At}}
	}
	r.Unit = Step{Status: Failed, Problems: list}
	r.Integration = Step{Status: Skipped}
}

// test runs a case with data.
func (o Options) test(ctx context.Context, r *Result) {
	s, err := o.Target.Saved(r.Detection.Stanza(o.Label))
	if err != nil {
		r.broken(err)
		return
	}
	m, err := momentsOf(r.Case, s, o.Now, o.Zone)
	if err != nil {
		r.broken(err)
		return
	}
	before, end, err := o.before(r.Case, m.end(r.Test))
	if err != nil {
		r.broken(err)
		return
	}
	var data *Data
	if len(r.Test.Data) > 0 {
		var problems diag.List
		data, problems, err = o.Data.open(ctx, r.Case, end, m.offset)
		var away absent
		switch {
		case errors.As(err, &away):
			r.skip(away.Message)
			return
		case err != nil:
			r.broken(err)
			return
		case problems.HasErrors():
			r.broken(problems)
			return
		}
		r.Data = data.Replayed
	}
	bench, err := o.Target.Open(ctx, r.Detection.Name+": "+r.Test.Name)
	if err != nil {
		r.broken(err)
		return
	}
	defer func() {
		if err := bench.Discard(context.WithoutCancel(ctx)); err != nil {
			r.Integration.Problems = append(r.Integration.Problems, diag.Message{Severity: diag.Warning, Text: "cannot discard what the test wrote: " + err.Error(), Cause: err})
		}
	}()
	t := &trial{Options: o, Result: r, bench: bench, saved: s, moments: m, data: data, before: before}
	if err := t.load(ctx); err != nil {
		r.broken(err)
		return
	}
	t.run(ctx)
}

// trial is a case at work on its bench.
type trial struct {
	Options
	*Result
	bench   Bench
	saved   *detection.SavedSearch
	moments moments
	data    *Data
	before  []earlier
}

// earlier is a saved search that runs before the one that is tested.
type earlier struct {
	saved   *detection.SavedSearch
	moments moments
}

// load puts the data onto the bench and runs what comes before.
func (t *trial) load(ctx context.Context) error {
	if t.data != nil {
		if err := t.bench.Load(ctx, t.data); err != nil {
			return err
		}
	}
	for _, b := range t.before {
		runs, err := b.moments.runs(detection.Test{Time: t.Test.Time, Now: t.Test.Now}, t.data)
		if err != nil {
			return err
		}
		for _, run := range runs {
			if _, err := t.bench.Fire(ctx, b.saved, run); err != nil {
				return fmt.Errorf("cannot run %q, which comes before: %w", b.saved.Name, err)
			}
		}
	}
	return nil
}

// before finds what runs before the case, and where data ends that is moved: in
// the window of the one that ends first.
func (o Options) before(c Case, end event.Time) (list []earlier, at event.Time, err error) {
	for i, name := range c.Test.Before {
		s, err := o.named(c, name)
		if err != nil {
			return nil, 0, err
		}
		m, err := momentsOf(Case{Test: detection.Test{Now: c.Test.Now, At: c.Test.At}}, s, o.Now, o.Zone)
		if err != nil {
			return nil, 0, err
		}
		m.given = false
		list = append(list, earlier{s, m})
		if own := m.end(c.Test); i == 0 || own < end {
			end = own
		}
	}
	return list, end, nil
}

// named finds a detection or baseline by its name or stanza.
func (o Options) named(c Case, name string) (*detection.SavedSearch, error) {
	rule, baseline := detection.Detection{Name: name}, detection.Detection{Name: name, Type: detection.Baseline}
	var first error
	for _, stanza := range []string{rule.Stanza(o.Label), baseline.Stanza(o.Label), name} {
		s, err := o.Target.Saved(stanza)
		if err == nil {
			return s, nil
		}
		first = cmp.Or(first, err)
	}
	m := diag.Message{Text: first.Error(), Cause: first}
	errors.As(first, &m)
	m.Text, m.Place = fmt.Sprintf("cannot find %q, which the test %q runs before", name, c.Test.Name), c.Test.At
	return nil, m
}

// run does both steps. A search that fails fails in the first.
func (t *trial) run(ctx context.Context) {
	runs, err := t.moments.runs(t.Test, t.data)
	if err != nil {
		t.broken(err)
		return
	}
	if t.moments.given {
		t.integration(ctx, runs)
		t.unitOf(t.Integration)
	} else {
		t.unit(ctx)
		if t.Unit.Status != Failed || t.Unit.Rows != nil {
			t.integration(ctx, runs)
		} else {
			t.Integration.Status = Skipped
		}
	}
	if t.Unit.Rows != nil && t.Unit.Rows.Len == 0 && !t.Test.None {
		t.Why = t.why(ctx)
	}
}

// quoted is a text inside quotes in SPL.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
