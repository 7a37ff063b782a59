package detection

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// dataModels are those that contentctl looks for in a search, in its order.
var dataModels = []string{
	"Endpoint", "Network_Traffic", "Authentication", "Change", "Change_Analysis", "Email", "Network_Resolution",
	"Network_Sessions", "UEBA", "Updates", "Vulnerabilities", "Web", "Risk", "Splunk_Audit",
}

// models are the data models whose names stand in a search.
func models(search string) []string {
	var out []string
	for _, m := range dataModels {
		if strings.Contains(search, m) {
			out = append(out, m)
		}
	}
	return out
}

// technologies say which products feed a search that holds a word.
var technologies = []struct {
	word     string
	products []string
}{
	{"`amazon_security_lake`", []string{"Amazon Security Lake"}},
	{"audit_searches", []string{"Splunk Internal Logs"}},
	{"`azure_monitor_aad`", []string{"Azure AD", "Entra ID"}},
	{"`cloudtrail`", []string{"Amazon Web Services - Cloudtrail"}},
	{"Endpoint", []string{
		"Carbon Black Response", "CrowdStrike Falcon", "Microsoft Sysmon", "Microsoft Windows", "Symantec Endpoint Protection",
	}},
	{"`google_", []string{"Google Workspace", "Google Cloud Platform"}},
	{"`gsuite", []string{"Google Workspace", "Google Cloud Platform"}},
	{"`gws_", []string{"Google Workspace", "Google Cloud Platform"}},
	{"`kube", []string{"Kubernetes"}},
	{"`ms_defender`", []string{"Microsoft Defender"}},
	{"`o365_", []string{"Microsoft Office 365"}},
	{"`okta", []string{"Okta"}},
	{"`pingid`", []string{"Ping ID"}},
	{"`powershell`", []string{"Microsoft Windows"}},
	{"`splunkd_", []string{"Splunk Internal Logs"}},
	{"`sysmon`", []string{"Microsoft Sysmon"}},
	{"`wineventlog_security`", []string{"Microsoft Windows"}},
	{"`zeek_", []string{"Zeek"}},
}

// providing are the technologies that provide a search's data, sorted.
func providing(search string) []string {
	found := map[string]bool{}
	for _, t := range technologies {
		if strings.Contains(search, t.word) {
			for _, p := range t.products {
				found[p] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// nist is the detection's NIST category: DE.CM for a TTP, DE.AE for the rest.
func (d *Detection) nist() []string {
	switch {
	case len(d.NIST) > 0:
		return d.NIST
	case d.Type == TTP:
		return []string{"DE.CM"}
	}
	return []string{"DE.AE"}
}

// cis is the CIS control: 13 for the network, 10 for the rest.
func (d *Detection) cis() []string {
	switch {
	case len(d.CIS20) > 0:
		return d.CIS20
	case d.SecurityDomain == "network":
		return []string{"CIS 13"}
	}
	return []string{"CIS 10"}
}

// killChain are the phases that the detection's techniques belong to by their
// tactics, sorted; unknown techniques have none.
func (c *Content) killChain(d *Detection) []string {
	if len(d.KillChainPhases) > 0 {
		return d.KillChainPhases
	}
	phases := map[string]bool{}
	for _, id := range d.MitreAttackIDs {
		t, _ := c.Technique(id)
		for _, name := range t.Tactics {
			if tactic, ok := findTactic(name); ok {
				phases[tactic.phase] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(phases))
}

// severity follows from the highest score of the risk objects; high where there
// is none.
func (d *Detection) severity() string {
	if len(d.RiskObjects) == 0 {
		return "high"
	}
	var highest float64
	for _, o := range d.RiskObjects {
		highest = max(highest, o.Score)
	}
	for _, s := range severities {
		if highest <= s.upTo {
			return s.name
		}
	}
	return "critical"
}

var severities = []struct {
	upTo float64
	name string
}{{20, "informational"}, {40, "low"}, {60, "medium"}, {80, "high"}}

// described is the description as it ships: with a warning in front for what is
// not in production.
func (d *Detection) described() string {
	switch d.Status {
	case "experimental", "deprecated":
		return "**WARNING**, this detection is marked **" + strings.ToUpper(d.Status) + "**. " + d.Description
	}
	return d.Description
}

func (d *Detection) eli5() string {
	if d.ELI5 != "" {
		return d.ELI5
	}
	return d.described()
}

// buildTokens are what %name% and its like stand for (rule 1.1).
var buildTokens = map[string]func(*Detection) string{
	"name":                  func(d *Detection) string { return d.Name },
	"id":                    func(d *Detection) string { return d.ID },
	"date":                  func(d *Detection) string { return d.Date },
	"author":                func(d *Detection) string { return d.Author },
	"status":                func(d *Detection) string { return d.Status },
	"type":                  func(d *Detection) string { return d.Type },
	"description":           (*Detection).described,
	"how_to_implement":      func(d *Detection) string { return d.HowToImplement },
	"known_false_positives": func(d *Detection) string { return d.KnownFalsePositives },
	"asset_type":            func(d *Detection) string { return d.AssetType },
	"security_domain":       func(d *Detection) string { return d.SecurityDomain },
	"message":               func(d *Detection) string { return d.Message },
	"risk_score":            func(d *Detection) string { return decimal(d.RiskScore) },
	"impact":                func(d *Detection) string { return decimal(d.Impact) },
	"confidence":            func(d *Detection) string { return decimal(d.Confidence) },
}

var buildToken = regexp.MustCompile(`%[^%]*%`)

// fill replaces a template's %tokens%; unknown gets the first that has no value,
// or "".
func (d *Detection) fill(template string) (filled, unknown string) {
	filled = buildToken.ReplaceAllStringFunc(template, func(token string) string {
		if value := buildTokens[strings.Trim(token, "%")]; value != nil {
			return value(d)
		}
		if unknown == "" {
			unknown = token
		}
		return token
	})
	return filled, unknown
}
