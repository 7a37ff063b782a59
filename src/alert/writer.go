package alert

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/risk"
)

// writer makes the records of one run.
type writer struct {
	saved *detection.SavedSearch
	run   Run
	known Techniques
	rule  risk.Rule
	title risk.Template
	text  risk.Template
	count counted
}

func newWriter(s *detection.SavedSearch, run Run, known Techniques) (*writer, diag.List) {
	w := &writer{saved: s, run: run, known: known}
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
		rec := w.begin(r, "risk")
		rec.Add("risk_object", s.Value)
		rec.Add("risk_object_type", s.Object.Type)
		rec.Add("risk_score", risk.FormatScore(s.Score))
		rec.Add("risk_message", s.Message)
		// While no asset and identity lookup is loaded, ES's normalisation is the
		// value in lower case.
		rec.Add("normalized_risk_object", strings.ToLower(s.Value))
		rec.Add("threat_object", s.ThreatValues...)
		rec.Add("threat_object_type", s.ThreatTypes...)
		rec.Add("contributing_events_search", fmt.Sprintf(`| savedsearch "%s" | search %s=%s`, w.saved.Name, s.Object.Field, quoted(s.Value)))
		rec.Add("savedsearch_description", w.saved.Description)
		w.annotate(rec)
		w.finish(rec, r)
		out[i] = rec
	}
	return out
}

// notable is the row's record for index=notable.
func (w *writer) notable(r row) *risk.Record {
	n := w.saved.Notable
	rec := w.begin(r, "notable")
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
	w.annotate(rec)
	w.finish(rec, r)
	return rec
}

// severities are those a row may set for its own notable.
var severities = []string{"informational", "low", "medium", "high", "critical"}

// begin is what risk events and notables have in common at their head.
func (w *writer) begin(r row, action string) *risk.Record {
	rec := risk.NewRecord(w.run.At)
	rec.Add("search_name", w.saved.Name)
	if c := r.Column("_time"); c != nil {
		rec.Add("orig_time", c.Text(r.at))
	}
	rec.Add("orig_sid", w.run.SID)
	rec.Add("orig_rid", strconv.Itoa(r.at))
	rec.Add("orig_action_name", action)
	rec.Add("info_min_time", seconds(w.run.Earliest, false))
	rec.Add("info_max_time", seconds(w.run.Latest, true))
	rec.Add("info_search_time", seconds(w.run.At, false))
	return rec
}

// context are annotations that map to no security framework; they are no part of
// annotations._all.
var context = []string{"analytic_story", "confidence", "context", "data_source", "impact", "observable", "type", "type_list"}

// annotate adds the annotations of the search: the raw JSON, each framework as a
// field, all values, and what ATT&CK says of the techniques.
func (w *writer) annotate(rec *risk.Record) {
	a := w.saved.Annotations
	rec.Add("annotations", a.Raw)
	var all, frameworks []string
	for _, f := range a.Frameworks {
		rec.Add("annotations."+f.Name, f.Values...)
		if !slices.Contains(context, f.Name) {
			all = append(all, f.Values...)
			frameworks = append(frameworks, f.Name)
		}
	}
	rec.Add("annotations._all", all...)
	rec.Add("annotations._frameworks", frameworks...)
	ids := a.Values("mitre_attack")
	var names, tactics, tacticIDs []string
	for _, id := range ids {
		t, ok := w.known[id]
		if !ok {
			continue
		}
		names = append(names, t.Name)
		for _, tactic := range t.Tactics {
			if name := strings.ReplaceAll(strings.ToLower(tactic), " ", "-"); !slices.Contains(tactics, name) {
				tactics = append(tactics, name)
				tacticIDs = append(tacticIDs, detection.TacticID(tactic))
			}
		}
	}
	rec.Add("annotations.mitre_attack.mitre_technique_id", ids...)
	rec.Add("annotations.mitre_attack.mitre_technique", names...)
	rec.Add("annotations.mitre_attack.mitre_tactic", tactics...)
	rec.Add("annotations.mitre_attack.mitre_tactic_id", tacticIDs...)
	rec.Add("analyticstories", a.Values("analytic_story")...)
}

// taken are fields that the record has of its own as an event; a row's are
// written with the prefix orig_, as ES does.
var taken = []string{"host", "source", "sourcetype", "index", "splunk_server", "eventtype", "tag"}

// finish adds the row's own fields; those that begin with an underscore are
// Splunk's, and what the action wrote already stays.
func (w *writer) finish(rec *risk.Record, r row) {
	for i, name := range r.Names {
		if strings.HasPrefix(name, "_") {
			continue
		}
		values := r.Columns[i].Values(r.at)
		if slices.Contains(taken, name) {
			name = "orig_" + name
		}
		rec.Add(name, values...)
	}
}

// quoted puts a value in quotes when a search needs them.
func quoted(v string) string {
	if v != "" && !strings.ContainsAny(v, " \t\n\"|[](),=*`\\<>") {
		return v
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}
