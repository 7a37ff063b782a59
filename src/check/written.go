package check

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/detection"
)

// written looks at what a saved search wrote, as contentctl's integration test
// does: what is in the indexes counts, not what somebody says to have written.
type written struct {
	*trial
	step *Step
	sids []string
}

func (w *written) look(ctx context.Context) {
	if len(w.sids) == 0 {
		return
	}
	if w.step.Rows.Len == 0 {
		if !w.Test.None && (w.Test.Expect.Count == nil || !w.Test.Expect.Count.Holds(0)) {
			w.step.fail(w.Test.At, "", "it does not fire at its schedule")
		}
		return
	}
	if w.saved.Risk != nil && w.step.Suppressed < w.step.Rows.Len {
		w.riskEvents(ctx)
	}
	if w.saved.Notable != nil && w.step.Suppressed < w.step.Rows.Len {
		w.notables(ctx)
	}
}

// find gives the events of an index that the runs wrote.
func (w *written) find(ctx context.Context, index string) *batch.Batch {
	var sids []string
	for _, sid := range w.sids {
		sids = append(sids, quoted(sid))
	}
	rows, err := w.search(ctx, fmt.Sprintf("search index=%s search_name=%s orig_sid IN (%s) | table *", index, quoted(w.saved.Name), strings.Join(sids, ", ")))
	if err != nil {
		w.step.Problems = append(w.step.Problems, messages(err)...)
		return batch.New(0)
	}
	return rows
}

func (w *written) fail(text, hint string) { w.step.fail(w.Test.At, hint, text) }

// riskEvents checks the events one by one, and that each risk object has some.
func (w *written) riskEvents(ctx context.Context) {
	events := w.find(ctx, "risk")
	seen := map[string]bool{}
	for r := range events.Len {
		e := riskEvent{written: w, rows: events, at: r}
		seen[e.check()] = true
		if len(w.step.Problems) > 20 {
			return // one thing that is wrong is wrong in all of them
		}
	}
	for _, o := range w.saved.Risk.Objects {
		if !seen[o.Field] {
			w.fail(fmt.Sprintf("no risk event has the risk object %s", o.Field), "Enterprise Security writes none for a result without the field")
		}
	}
	double, err := w.search(ctx, "| datamodel Risk All_Risk flat | search index=notable | stats count")
	if err == nil && double.Len > 0 && double.Column("count").Text(0) != "0" {
		w.fail(fmt.Sprintf("%s of index=notable count as risk: the data model Risk sees them", double.Column("count").Text(0)), "")
	}
}

func (w *written) notables(ctx context.Context) {
	events := w.find(ctx, "notable")
	if events.Len == 0 {
		w.fail("no notable is in index=notable", "")
	}
	for r := range events.Len {
		e := riskEvent{written: w, rows: events, at: r}
		for _, field := range []string{"rule_title", "rule_description"} {
			if token := leftToken.FindString(e.value(field)); token != "" {
				w.fail(fmt.Sprintf("%s of a notable still has the token %s", field, token), "the search must give the field")
			}
		}
	}
}

// leftToken is a $field$ that nothing was put in for.
var leftToken = regexp.MustCompile(`\$[\w.:{}-]+\$`)

// riskEvent is one event of index=risk, or of index=notable.
type riskEvent struct {
	*written
	rows *batch.Batch
	at   int
}

func (e *riskEvent) values(field string) []string {
	if c := e.rows.Column(field); c != nil && !c.IsNull(e.at) {
		return c.Values(e.at)
	}
	return nil
}

func (e *riskEvent) value(field string) string { return strings.Join(e.values(field), "\n") }

// check looks at one event and gives the field of its risk object.
func (e *riskEvent) check() string {
	object, ok := e.object()
	if !ok {
		return ""
	}
	if got := e.value("risk_object_type"); got != object.Type {
		e.fail(fmt.Sprintf("the risk object %s has the type %q, not %q", object.Field, got, object.Type), "")
	}
	if got := e.value("risk_score"); got != number(object.Score) && !e.ownScore() {
		e.fail(fmt.Sprintf("the risk object %s has the score %s, not %s", object.Field, got, number(object.Score)), "")
	}
	e.same("analyticstories", e.Detection.AnalyticStories)
	e.same("annotations.mitre_attack", e.Detection.MitreAttackIDs)
	e.message()
	return object.Field
}

// object is the risk object that the event is for. Enterprise Security says its
// field in contributing_events_search: | savedsearch "NAME" | search FIELD=VALUE
func (e *riskEvent) object() (detection.RiskObject, bool) {
	text := e.value("contributing_events_search")
	rest, ok := strings.CutPrefix(text, `| savedsearch "`+e.saved.Name+`" | search `)
	field, _, named := strings.Cut(rest, "=")
	field = strings.Trim(field, `"`)
	if !ok || !named {
		e.fail(fmt.Sprintf("contributing_events_search of a risk event is %q", text), "")
		return detection.RiskObject{}, false
	}
	i := slices.IndexFunc(e.saved.Risk.Objects, func(o detection.RiskObject) bool { return o.Field == field })
	if i < 0 {
		e.fail(fmt.Sprintf("a risk event is for the field %q, which is no risk object of the detection", field), "")
		return detection.RiskObject{}, false
	}
	return e.saved.Risk.Objects[i], true
}

// ownScore tells whether the search gives results a risk_score of their own.
func (e *riskEvent) ownScore() bool { return e.step.Rows.Column("risk_score") != nil }

func (e *riskEvent) same(field string, want []string) {
	got := e.values(field)
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		e.fail(fmt.Sprintf("%s of a risk event is %s, not %s", field, list(got), list(want)), "")
	}
}

// message compares the risk message with its template: a text for each token, and
// none left.
func (e *riskEvent) message() {
	got, template := e.value("risk_message"), e.saved.Risk.Message
	if token := leftToken.FindString(got); token != "" {
		e.fail(fmt.Sprintf("the risk message still has the token %s: %q", token, got), "the search must give the field")
		return
	}
	if !messagePattern(template).MatchString(got) {
		e.fail(fmt.Sprintf("the risk message %q is not %q with a value for each token", got, template), "")
	}
}

func messagePattern(template string) *regexp.Regexp {
	pattern := "(?s)^"
	for rest := template; ; {
		at := leftToken.FindStringIndex(rest)
		if at == nil {
			return regexp.MustCompile(pattern + regexp.QuoteMeta(rest) + "$")
		}
		pattern += regexp.QuoteMeta(rest[:at[0]]) + `.*\S.*`
		rest = rest[at[1]:]
	}
}
