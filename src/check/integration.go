package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/detection"
	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/risk"
	"riskreplay/src/schedule"
)

// integration fires the saved search at its ticks and looks at what it wrote.
func (t *trial) integration(ctx context.Context, runs []schedule.Run) {
	began := t.Clock.Now()
	step := &t.Integration
	defer func() { step.finish(); step.Took = t.Clock.Now().Sub(began) }()
	var rows []*batch.Batch
	var sids []string
	for _, run := range runs {
		fired, err := t.bench.Fire(ctx, t.saved, run)
		if err != nil {
			step.Problems = append(step.Problems, messages(err)...)
			return
		}
		rows, sids = append(rows, fired.Rows), append(sids, fired.SID)
		step.Risk = append(step.Risk, fired.Outcome.Risk...)
		step.Notables = append(step.Notables, fired.Outcome.Notables...)
		step.Suppressed += fired.Outcome.Suppressed
		step.Problems = append(step.Problems, fired.Outcome.Messages...)
	}
	step.Rows = batch.New(0)
	if len(rows) > 0 {
		step.Rows = batch.Concat(rows)
	}
	t.expectWritten(step)
	w := written{trial: t, step: step, sids: sids}
	w.look(ctx)
}

// expectWritten compares what was written with what the test says of it.
func (t *trial) expectWritten(step *Step) {
	if t.Test.None {
		if n := len(step.Risk) + len(step.Notables); n > 0 {
			step.fail(t.Test.At, "", fmt.Sprintf("it writes %s and %s, and must not fire", count(len(step.Risk), "risk event"), count(len(step.Notables), "notable")))
		}
		return
	}
	for _, e := range []struct {
		what string
		want *detection.Count
		n    int
	}{
		{"risk event", t.Test.Expect.RiskEvents, len(step.Risk)},
		{"notable", t.Test.Expect.Notables, len(step.Notables)},
		{"suppressed result", t.Test.Expect.Suppressed, step.Suppressed},
	} {
		if e.want != nil && !e.want.Holds(e.n) {
			step.fail(t.Test.At, "", fmt.Sprintf("there are %s, and %s expected", count(e.n, e.what), wereExpected(*e.want)))
		}
	}
	t.expectRisk(step)
}

// expectRisk compares the risk events with those that the test lists.
func (t *trial) expectRisk(step *Step) {
	if len(t.Test.Risk) == 0 {
		return
	}
	left := slices.Clone(step.Risk)
	for _, want := range t.Test.Risk {
		n := len(left)
		left = slices.DeleteFunc(left, func(r *risk.Record) bool { return isRisk(want, r) })
		n -= len(left)
		many := detection.Count{Min: 1, Max: max(1, n)}
		if want.Count != nil {
			many = *want.Count
		}
		if !many.Holds(n) {
			step.fail(t.Test.At, nearestRisk(want, left), fmt.Sprintf("there are %s for %s, and %s expected", count(n, "risk event"), riskText(want), wereExpected(many)))
		}
	}
	if len(left) > 0 {
		step.fail(t.Test.At, "", fmt.Sprintf("there is risk for %s %q with score %s, which the test does not list", left[0].Value("risk_object_type"), left[0].Value("risk_object"), left[0].Value("risk_score")))
	}
}

func isRisk(want detection.ExpectedRisk, r *risk.Record) bool {
	return like(want.Object, r.Value("risk_object")) && (want.Type == "" || want.Type == r.Value("risk_object_type")) && (want.Score == nil || number(*want.Score) == r.Value("risk_score"))
}

// number is a score as risk events have it.
func number(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.6f", f), "0"), ".")
}

func riskText(want detection.ExpectedRisk) string {
	text := fmt.Sprintf("%q", want.Object)
	if want.Type != "" {
		text = want.Type + " " + text
	}
	if want.Score != nil {
		text += " with score " + number(*want.Score)
	}
	return text
}

func nearestRisk(want detection.ExpectedRisk, left []*risk.Record) string {
	for _, r := range left {
		if strings.EqualFold(want.Object, r.Value("risk_object")) {
			return fmt.Sprintf("there is one for %s %q with score %s", r.Value("risk_object_type"), r.Value("risk_object"), r.Value("risk_score"))
		}
	}
	return ""
}

// search runs a search of the check's own over all time.
func (t *trial) search(ctx context.Context, text string) (*batch.Batch, error) {
	r, err := t.bench.Run(ctx, job.Request{Search: text, Now: t.moments.last.At, App: t.saved.App})
	if err != nil {
		return nil, err
	}
	return results.ReadAll(ctx, r.Rows)
}
