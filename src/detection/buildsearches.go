package detection

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/conf"
)

func (b *builder) savedSearches() []*conf.Stanza {
	var out []*conf.Stanza
	for _, d := range b.detections {
		if d.Type == Baseline {
			out = append(out, b.baseline(d))
			continue
		}
		out = append(out, b.rule(d))
		if d.Deployment.Risk {
			out = append(out, b.withoutES(d))
		}
	}
	slices.SortStableFunc(out, func(x, y *conf.Stanza) int { return strings.Compare(x.Name, y.Name) })
	return out
}

// rule is the stanza of a detection, key by key in the order of contentctl's
// template (rule 1.3), with confidence and impact in the annotations (rule 1.6)
// and alert.track on, so that the alert also shows where ES is not.
func (b *builder) rule(d *Detection) *conf.Stanza {
	l := stanza(d.Stanza(b.AppLabel()))
	b.escu(l, d)
	if d.Deployment.Risk {
		l.add(
			"action.risk", "1",
			"action.risk.param._risk_message", d.Message,
			"action.risk.param._risk", toJSON(d.riskParam()),
			"action.risk.param._risk_score", "0",
			"action.risk.param.verbose", "0",
		)
	}
	addSchedule(l, d.Deployment.Schedule)
	l.add(
		"action.correlationsearch.enabled", "1",
		"action.correlationsearch.detection_type", "ebd",
		"action.correlationsearch.label", l.stanza.Name,
		"action.correlationsearch.annotations", toJSON(b.annotations(d)),
		"action.correlationsearch.metadata", toJSON(d.metadata()),
		"schedule_window", d.Deployment.Schedule.Window,
	)
	if d.Deployment.Notable {
		addNotable(l, d)
	}
	for _, p := range d.Deployment.Params {
		value, _ := d.fill(p.Value)
		l.add(p.Key, value)
	}
	l.add(
		"alert.digest_mode", "1",
		"alert.track", "1",
		"disabled", strconv.FormatBool(!d.EnabledByDefault),
		"enableSched", "1",
		"allow_skew", "100%",
		"counttype", "number of events",
		"relation", "greater than",
		"quantity", "0",
		"realtime_schedule", "0",
		"is_visible", "false",
	)
	if d.Throttle != nil {
		l.add(
			"alert.suppress", "true",
			"alert.suppress.fields", strings.Join(d.Throttle.Fields, ","),
			"alert.suppress.period", d.Throttle.Period,
		)
	}
	l.add("search", d.Search)
	if len(d.Drilldowns) > 0 {
		l.add("action.notable.param.drilldown_searches", toJSON(d.drilldowns()))
	}
	return l.stanza
}

// escu is what ES's content library shows of a detection.
func (b *builder) escu(l lines, d *Detection) {
	l.add(
		"action.escu", "0",
		"action.escu.enabled", "1",
		"description", d.described(),
		"action.escu.mappings", toJSON(b.mappings(d)),
		"action.escu.data_models", toJSON(models(d.Search)),
		"action.escu.eli5", d.eli5(),
		"action.escu.how_to_implement", d.HowToImplement,
		"action.escu.known_false_positives", d.KnownFalsePositives,
		"action.escu.creation_date", d.Date,
		"action.escu.modification_date", d.Date,
		"action.escu.confidence", "high",
		"action.escu.search_type", "detection",
		"action.escu.product", toJSON(d.Products),
	)
	if len(d.AtomicGUIDs) > 0 {
		l.add("action.escu.atomic_red_team_guids", toJSON(d.AtomicGUIDs))
	}
	l.add(
		"action.escu.providing_technologies", listOrNull(providing(d.Search)),
		"action.escu.analytic_story", toJSON(d.AnalyticStories),
	)
}

func listOrNull(list []string) string {
	if len(list) == 0 {
		return "null"
	}
	return toJSON(list)
}

func addSchedule(l lines, s Schedule) {
	l.add("cron_schedule", s.Cron, "dispatch.earliest_time", s.Earliest, "dispatch.latest_time", s.Latest)
}

// noEntities is what ES 8 writes for a notable without entities of its own.
const noEntities = `[{"risk_object_field": "N/A", "risk_object_type": "N/A", "risk_score": 0}]`

// correlationTitle begins the title of every notable of a Correlation rule.
const correlationTitle = "RBA: "

func addNotable(l lines, d *Detection) {
	title, _ := d.fill(d.Deployment.RuleTitle)
	description, _ := d.fill(d.Deployment.RuleDescription)
	if d.Type == Correlation {
		title = correlationTitle + title
	}
	l.add(
		"action.notable", "1",
		"action.notable.param._entities", noEntities,
		"action.notable.param.nes_fields", strings.Join(d.Deployment.NotableFields, ","),
		"action.notable.param.rule_description", description,
		"action.notable.param.rule_title", title,
		"action.notable.param.security_domain", d.SecurityDomain,
		"action.notable.param.severity", d.severity(),
	)
}

// withoutES is the search that writes a detection's risk where Enterprise
// Security is not there to run the rule's risk action: the rule's own search and
// schedule, scored by riskscore. It is no correlation search, and like the rule
// it ships switched off: both on would count every finding twice. It repeats the
// rule's search and does not name it: Splunk runs no saved search that is switched
// off, by the savedsearch command neither.
func (b *builder) withoutES(d *Detection) *conf.Stanza {
	rule := d.Stanza(b.AppLabel())
	l := stanza(d.RiskStanza(b.AppLabel()))
	l.add("description", "For Splunk without Enterprise Security: runs the search of \""+rule+"\" and writes its risk events to index=risk, "+
		"as the rule's risk action does where Enterprise Security is installed. Enable this search or that rule, never both.")
	addSchedule(l, d.Deployment.Schedule)
	l.add(
		"schedule_window", d.Deployment.Schedule.Window,
		"disabled", "true",
		"enableSched", "1",
		"allow_skew", "100%",
		"realtime_schedule", "0",
		"is_visible", "true",
		"search", d.Search+` | riskscore rule="`+rule+`" output=risk | collect index=risk addtime=false`,
	)
	return l.stanza
}

// baseline is a search that prepares what detections compare with: scheduled,
// but no correlation search.
func (b *builder) baseline(d *Detection) *conf.Stanza {
	l := stanza(d.Stanza(b.AppLabel()))
	l.add(
		"action.escu", "0",
		"action.escu.enabled", "1",
		"action.escu.search_type", "support",
		"description", d.described(),
		"action.escu.creation_date", d.Date,
		"action.escu.modification_date", d.Date,
		"action.escu.analytic_story", toJSON(d.AnalyticStories),
		"action.escu.data_models", toJSON(models(d.Search)),
	)
	l.add("cron_schedule", d.Deployment.Schedule.Cron, "enableSched", "1")
	l.add(
		"dispatch.earliest_time", d.Deployment.Schedule.Earliest,
		"dispatch.latest_time", d.Deployment.Schedule.Latest,
		"schedule_window", d.Deployment.Schedule.Window,
		"action.escu.providing_technologies", toJSON(providing(d.Search)),
		"action.escu.eli5", d.eli5(),
		"action.escu.how_to_implement", d.HowToImplement,
		"disabled", strconv.FormatBool(!d.EnabledByDefault),
		"is_visible", "false",
		"search", d.Search,
	)
	return l.stanza
}

// riskParam is action.risk.param._risk: risk objects, then threat objects.
func (d *Detection) riskParam() []any {
	var out []any
	for _, o := range d.RiskObjects {
		out = append(out, object{"risk_object_field": o.Field, "risk_object_type": o.Type, "risk_score": o.Score})
	}
	for _, o := range d.ThreatObjects {
		out = append(out, object{"threat_object_field": o.Field, "threat_object_type": o.Type})
	}
	return out
}

// mappings are the frameworks that a detection maps to; empty ones are left out.
func (b *builder) mappings(d *Detection) object {
	out := object{}
	for name, list := range map[string][]string{
		"cis20": d.cis(), "kill_chain_phases": b.killChain(d), "mitre_attack": d.MitreAttackIDs, "nist": d.nist(),
	} {
		if len(list) > 0 {
			out[name] = list
		}
	}
	return out
}

// annotations are the mappings and what else ES shows beside a finding.
func (b *builder) annotations(d *Detection) object {
	out := b.mappings(d)
	out["analytic_story"] = d.AnalyticStories
	out["data_source"] = d.DataSources
	out["type"] = d.Type
	out["type_list"] = []string{d.Type}
	if len(d.CVE) > 0 {
		out["cve"] = d.CVE
	}
	if d.Graded {
		out["confidence"], out["impact"] = d.Confidence, d.Impact
	}
	return out
}

// metadata tells ES which version of which detection this is. publish_time is
// the date's midnight in UTC, a float as Python writes it.
func (d *Detection) metadata() object {
	deprecated := "0"
	if d.Status == "deprecated" {
		deprecated = "1"
	}
	out := object{"deprecated": deprecated, "detection_id": d.ID, "detection_version": strconv.Itoa(d.Version)}
	if day, err := time.Parse(time.DateOnly, d.Date); err == nil {
		out["publish_time"] = verbatim(strconv.FormatInt(day.Unix(), 10) + ".0")
	}
	return out
}

// originalSearch stands in a drilldown for the detection's own search.
const originalSearch = "%original_detection_search%"

func (d *Detection) drilldowns() []any {
	var out []any
	for _, one := range d.Drilldowns {
		o := object{"name": one.Name, "search": strings.ReplaceAll(one.Search, originalSearch, d.Search)}
		if one.Earliest != "" {
			o["earliest_offset"] = one.Earliest
		}
		if one.Latest != "" {
			o["latest_offset"] = one.Latest
		}
		out = append(out, o)
	}
	return out
}
