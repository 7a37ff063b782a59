package detection

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/risk"
)

// FromStanza makes a detection of a saved search stanza, the other way of Build:
// what the stanza says is in the detection, what it does not say is empty. The
// name is the stanza's without the label before it and " - Rule" behind it.
//
// A stanza does not hold the author, required fields, references and tests. Its
// risk and threat objects come back as such, whichever YAML form they had.
func FromStanza(s *conf.Stanza) (*Detection, diag.List) {
	search, msgs := ReadSavedSearch(s)
	r := &stanzaReader{stanza: s}
	d := &Detection{
		Name: nameOf(s.Name), ID: search.DetectionID, Version: search.Version,
		Type: search.Type, Description: s.Get("description"), ELI5: s.Get("action.escu.eli5"),
		Search: search.Search.Value, SearchText: search.Search.Text,
		Date: s.Get("action.escu.modification_date"), HowToImplement: s.Get("action.escu.how_to_implement"),
		KnownFalsePositives: s.Get("action.escu.known_false_positives"),
		EnabledByDefault:    !search.Disabled,
		Products:            r.strings("action.escu.product"),
		AtomicGUIDs:         r.strings("action.escu.atomic_red_team_guids"),
		AnalyticStories:     search.Annotations.Values("analytic_story"),
		DataSources:         search.Annotations.Values("data_source"),
		MitreAttackIDs:      search.Annotations.Values("mitre_attack"),
		KillChainPhases:     search.Annotations.Values("kill_chain_phases"),
		NIST:                search.Annotations.Values("nist"),
		CIS20:               search.Annotations.Values("cis20"),
		CVE:                 search.Annotations.Values("cve"),
		Deployment: Deployment{Schedule: Schedule{
			Cron: search.Cron, Earliest: search.Earliest, Latest: search.Latest, Window: search.ScheduleWindow,
		}},
	}
	if len(d.AnalyticStories) == 0 {
		d.AnalyticStories = r.strings("action.escu.analytic_story")
	}
	d.takeMetadata(s)
	d.takeGrade(search.Annotations)
	d.takeActions(search)
	if t := search.Suppress; t != nil {
		d.Throttle = &Throttle{Fields: t.Fields, Period: s.Get("alert.suppress.period")}
	}
	return d, append(msgs, r.msgs...)
}

// nameOf is a detection's name in its stanza's: what stands between the label
// and " - Rule".
func nameOf(stanza string) string {
	name := strings.TrimSuffix(stanza, " - Rule")
	if _, rest, ok := strings.Cut(name, " - "); ok && rest != "" {
		return rest
	}
	return name
}

// strings reads a JSON list of texts, and none where the list is empty.
func (r *stanzaReader) strings(key string) []string {
	var items []json.RawMessage
	r.json(key, &items)
	var out []string
	for _, item := range items {
		out = append(out, risk.Scalars(item)...)
	}
	return out
}

// takeMetadata finds the type and the status where the annotations do not say
// them.
func (d *Detection) takeMetadata(s *conf.Stanza) {
	if d.Type == "" && s.Get("action.escu.search_type") == "support" {
		d.Type = Baseline
	}
	d.Status = "production"
	if marked := warning.FindStringSubmatch(d.Description); marked != nil {
		d.Status = strings.ToLower(marked[1])
	}
	d.Description = warning.ReplaceAllString(d.Description, "")
	d.ELI5 = warning.ReplaceAllString(d.ELI5, "")
	if d.ELI5 == d.Description {
		d.ELI5 = ""
	}
}

// warning is what stands before the description of a detection that is not in
// production: our words, and contentctl's longer ones.
var warning = regexp.MustCompile(`(?s)^\*\*WARNING\*\*, this \w+ (?:is|has been) marked \*\*(EXPERIMENTAL|DEPRECATED)\*\*(?:\.| by .*?research@splunk\.com\.) `)

// takeGrade reads impact and confidence, which contentctl 4 and we write.
func (d *Detection) takeGrade(a Annotations) {
	impact, err1 := strconv.ParseFloat(first(a.Values("impact")), 64)
	confidence, err2 := strconv.ParseFloat(first(a.Values("confidence")), 64)
	if err1 == nil && err2 == nil {
		d.Graded, d.Impact, d.Confidence = true, impact, confidence
		d.RiskScore = score(impact, confidence)
	}
}

// takeActions reads what the actions say. In a notable, what only repeats the
// name and the description becomes %name% and %description% again.
func (d *Detection) takeActions(s SavedSearch) {
	if s.Risk != nil {
		d.Deployment.Risk = true
		d.Message, d.RiskObjects, d.ThreatObjects = s.Risk.Message, s.Risk.Objects, s.Risk.ThreatObjects
		for _, o := range d.RiskObjects {
			d.RiskScore = max(d.RiskScore, o.Score)
		}
	}
	for _, setting := range s.Stanza.Settings {
		for _, action := range []string{"email", "slack", "sendtophantom"} {
			if strings.HasPrefix(setting.Key+".", "action."+action+".") && slices.Contains(s.Actions, action) {
				d.Deployment.Params = append(d.Deployment.Params, Param{setting.Key, setting.Value})
			}
		}
	}
	n := s.Notable
	if n == nil {
		return
	}
	d.SecurityDomain = n.SecurityDomain
	title := n.RuleTitle
	if d.Type == Correlation {
		title = strings.TrimPrefix(title, correlationTitle)
	}
	d.Deployment.Notable, d.Deployment.NotableFields = true, n.Fields
	d.Deployment.RuleTitle = orToken(title, d.Name, "%name%")
	d.Deployment.RuleDescription = orToken(n.RuleDescription, s.Description, "%description%")
	for _, one := range n.Drilldowns {
		if d.Search != "" {
			one.Search = strings.ReplaceAll(one.Search, d.Search, originalSearch)
		}
		d.Drilldowns = append(d.Drilldowns, one)
	}
}

func orToken(value, same, token string) string {
	if value == same && value != "" {
		return token
	}
	return value
}
