package check

import (
	"context"
	"fmt"
	"strings"

	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// unit runs the search over all of its data.
func (t *trial) unit(ctx context.Context) {
	began := t.Clock.Now()
	step := &t.Unit
	defer func() { step.finish(); step.Took = t.Clock.Now().Sub(began) }()
	result, err := t.bench.Run(ctx, job.Request{
		Search: t.saved.Search.Value, Name: t.saved.Name, Now: t.moments.last.At, App: t.saved.App, SavedSearch: t.saved.Name,
	})
	if err != nil {
		step.Problems = append(step.Problems, messages(err)...)
		return
	}
	if step.Rows, err = results.ReadAll(ctx, result.Rows); err != nil {
		step.Rows = nil
		step.Problems = append(step.Problems, messages(err)...)
		return
	}
	if !result.Ordered {
		step.Rows = step.Rows.Sorted()
	}
	step.Problems = append(step.Problems, result.Messages()...)
	t.expectRows(step)
}

// unitOf is the first step of a test that says where in time it is: what its runs
// found.
func (t *trial) unitOf(integration Step) {
	t.Unit = Step{Rows: integration.Rows, Took: integration.Took}
	if integration.Rows == nil {
		t.Unit.Problems, t.Unit.Status, t.Integration.Status = integration.Problems, Failed, Skipped
		t.Integration.Problems = nil
		return
	}
	t.expectRows(&t.Unit)
	t.Unit.finish()
}

// expectRows compares the results with what the test expects, and looks whether the
// risk objects have names.
func (t *trial) expectRows(step *Step) {
	rows, want := step.Rows, t.Test.Expect
	switch {
	case t.Test.None && rows.Len > 0:
		step.fail(t.Test.At, "", fmt.Sprintf("it finds %s, and must find none", count(rows.Len, "result")))
		return
	case t.Test.None:
		return
	case want.Count != nil && !want.Count.Holds(rows.Len):
		step.fail(t.Test.At, "", fmt.Sprintf("it finds %s, and %s expected", count(rows.Len, "result"), wereExpected(*want.Count)))
	case want.Count == nil && rows.Len == 0:
		step.fail(t.Test.At, "", "it finds nothing")
	}
	t.fields(step)
	t.rows(step)
	t.objects(step)
}

// fields looks for fields that each result must have.
func (t *trial) fields(step *Step) {
	for _, f := range t.Test.Expect.Fields {
		c := step.Rows.Column(f)
		without := 0
		for r := range step.Rows.Len {
			if c == nil || c.IsNull(r) {
				without++
			}
		}
		if without > 0 {
			step.fail(t.Test.At, diag.DidYouMean(f, step.Rows.Names), fmt.Sprintf("%d of %s have no %s", without, count(step.Rows.Len, "result"), f))
		}
	}
}

// rows finds a result of its own for each expected row.
func (t *trial) rows(step *Step) {
	taken := map[int]bool{}
	for _, want := range t.Test.Expect.Rows {
		found, best, missed := -1, -1, ""
		for r := range step.Rows.Len {
			if taken[r] {
				continue
			}
			same, miss := matches(want, step.Rows, r)
			if miss == "" {
				found = r
				break
			}
			if same > best {
				best, missed = same, miss
			}
		}
		if found >= 0 {
			taken[found] = true
			continue
		}
		hint := ""
		if missed != "" {
			hint = "the nearest result differs: " + missed
		}
		step.fail(t.Test.At, hint, "no result is "+describe(want))
	}
}

// objects looks whether the fields of risk objects have values, which ES needs to
// write risk, and which contentctl's unit test asks for.
func (t *trial) objects(step *Step) {
	if t.saved.Risk == nil {
		return
	}
	for _, o := range t.saved.Risk.Objects {
		c := step.Rows.Column(o.Field)
		for r := range step.Rows.Len {
			text := ""
			if c != nil && !c.IsNull(r) {
				text = strings.TrimSpace(c.Text(r))
			}
			if text == "" || text == "null" {
				step.fail(t.Detection.Place("tags.observable"), diag.DidYouMean(o.Field, step.Rows.Names),
					fmt.Sprintf("the risk object %s is %s in result %d: Enterprise Security writes no useful risk for it", o.Field, orNothing(text), r+1))
				break
			}
		}
	}
}

func orNothing(text string) string {
	if text == "" {
		return "empty"
	}
	return `"` + text + `"`
}

// messages are an error's, or the error as one.
func messages(err error) diag.List {
	r := Result{}
	r.broken(err)
	return r.Unit.Problems
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func wereExpected(c detection.Count) string {
	if c.Min == 1 && c.Max == 1 {
		return "1 was"
	}
	return c.String() + " were"
}
