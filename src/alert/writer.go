package alert

import (
	"fmt"
	"slices"
	"strings"

	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/risk"
)

// writer makes the records of one run.
type writer struct {
	saved *detection.SavedSearch
	to    *risk.Writer
	rule  risk.Rule
	title risk.Template
	text  risk.Template
	count counted
}

func newWriter(s *detection.SavedSearch, run Run, known Techniques) (*writer, diag.List) {
	w := &writer{saved: s, to: risk.NewWriter(action(s, run, known))}
	var problems diag.List
	template := func(what, text string) risk.Template {
		t, err := risk.ParseTemplate(text)
		if err != nil {
			problems = append(problems, diag.Message{
				Text: fmt.Sprintf("cannot read the %s of %q: %v", what, s.Name, err), Hint: "close the $field$ token, or write $$ for a dollar", Cause: err,
			})
		}
		return t
	}
	if s.Risk != nil {
		w.rule.Message = template("risk message", s.Risk.Message)
		for _, o := range s.Risk.Objects {
			w.rule.Objects = append(w.rule.Objects, risk.Object(o))
		}
		for _, t := range s.Risk.ThreatObjects {
			w.rule.Threats = append(w.rule.Threats, risk.Threat(t))
		}
	}
	if s.Notable != nil {
		w.title = template("rule title", s.Notable.RuleTitle)
		w.text = template("rule description", s.Notable.RuleDescription)
	}
	return w, problems
}

// action is the run as its records name it.
func action(s *detection.SavedSearch, run Run, known Techniques) risk.Action {
	a := risk.Action{
		SearchName: s.Name, Description: s.Description, SID: run.SID, At: run.At, Earliest: run.Earliest, Latest: run.Latest,
		Annotations: risk.Annotations{Raw: s.Annotations.Raw}, Known: risk.Techniques{},
	}
	for _, f := range s.Annotations.Frameworks {
		a.Annotations.Frameworks = append(a.Annotations.Frameworks, risk.Framework(f))
	}
	for _, id := range s.Annotations.Values("mitre_attack") {
		if t, ok := known[id]; ok {
			a.Known[id] = risk.Technique(t)
		}
	}
	return a
}

func (w *writer) problems() diag.List { return w.count.messages(w.saved) }

// risk is one record for each risk object of the row.
func (w *writer) risk(r row) []*risk.Record {
	if w.saved.Risk == nil {
		return nil
	}
	scored, problems := w.rule.Apply(r)
	w.count.add(problems)
	out := make([]*risk.Record, len(scored))
	for i, s := range scored {
		out[i] = w.to.Risk(r, s)
	}
	return out
}

// notable is the row's record for index=notable.
func (w *writer) notable(r row) *risk.Record {
	n := w.saved.Notable
	rec := w.to.Begin(r, "notable")
	title, absent := w.title.Render(r)
	text, more := w.text.Render(r)
	for _, field := range append(absent, more...) {
		w.count.add([]risk.Problem{{Field: field}})
	}
	rec.Add("rule_name", w.saved.Label)
	rec.Add("rule_name", w.saved.Name) // for a search without a label
	rec.Add("rule_title", title)
	rec.Add("rule_description", text)
	rec.Add("security_domain", n.SecurityDomain)
	severity := n.Severity
	if own := r.Values("severity"); len(own) == 1 && slices.Contains(severities, own[0]) {
		severity = own[0]
	}
	rec.Add("severity", severity)
	rec.Add("nes_fields", strings.Join(n.Fields, ","))
	rec.Add("detection_id", w.saved.DetectionID)
	rec.Add("detection_type", w.saved.DetectionType)
	for _, p := range n.Params {
		if strings.HasPrefix(p.Key, "drilldown_") {
			rec.Add(p.Key, p.Value)
		}
	}
	rec.Add("contributing_events_search", `| savedsearch "`+w.saved.Name+`"`)
	w.to.Finish(rec, r)
	return rec
}

// severities are those a row may set for its own notable.
var severities = []string{"informational", "low", "medium", "high", "critical"}
