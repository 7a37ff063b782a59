package detection

import "riskreplay/src/diag"

// Detection is one detection as its YAML file says it, before anything is
// derived: lists are in the file's order, texts as written.
type Detection struct {
	Name    string
	ID      string // a UUID
	Version int
	Date    string // YYYY-MM-DD
	Author  string
	Status  string // production, experimental or deprecated
	// Type is TTP, Anomaly, Hunting, Correlation or Baseline; it decides the
	// schedule and the actions (Defaults).
	Type        string
	Description string
	ELI5        string // `explanation`; "" means the description
	Search      string

	HowToImplement      string
	KnownFalsePositives string
	References          []string
	DataSources         []string

	AnalyticStories  []string
	MitreAttackIDs   []string
	Products         []string
	RequiredFields   []string
	CVE              []string
	NIST             []string // empty: from the type
	CIS20            []string // empty: from the security domain
	KillChainPhases  []string // empty: from the ATT&CK tactics
	AtomicGUIDs      []string
	AssetType        string
	SecurityDomain   string // endpoint, network, threat, identity, access or audit
	ManualTest       string // why it can only be tested by hand
	EnabledByDefault bool

	// Graded tells whether impact and confidence were given (v4); then
	// RiskScore is impact*confidence/100 unless the file gives another.
	Graded             bool
	Impact, Confidence float64 // 0-100
	RiskScore          float64 // v5: the highest score of its risk objects
	// Message is the risk message, with $field$ tokens.
	Message       string
	RiskObjects   []RiskObject
	ThreatObjects []ThreatObject

	Drilldowns []Drilldown
	Throttle   *Throttle // nil: never suppressed
	// Deployment is the schedule and the actions, from the type or the file.
	Deployment Deployment
	Tests      []Test
	// For are the detections that a baseline is run for.
	For []string

	// File is where it was read from: a path, or "" for a stanza.
	File string
	// SearchText is the search with its place in the file, for messages about it.
	SearchText *diag.Text

	places map[string]diag.Place
}

// RiskObject is who a finding puts risk on.
type RiskObject struct {
	Field string // the result field that names it: dest
	Type  string // system, user, other, or a type of the user's own
	Score float64
}

// ThreatObject rides along on every risk event of a finding.
type ThreatObject struct {
	Field string // parent_process_name
	Type  string // process, file_name, ip_address, url, ...
}

// Drilldown is a search offered to who looks at a notable. In the YAML the
// search may hold %original_detection_search%; in a stanza it is replaced.
type Drilldown struct {
	Name, Search     string
	Earliest, Latest string // often $info_min_time$ and $info_max_time$
}

// Throttle suppresses further alerts with the same values of Fields.
type Throttle struct {
	Fields []string
	Period string // 3600s, 60m, 24h
}

// Place is where a key's value stands in the YAML: "search", "tags.message",
// "rba.message"; nowhere for what the file does not give.
func (d *Detection) Place(key string) diag.Place { return d.places[key] }

// Stanza is the name of a detection's saved search: "<label> - <name> - Rule",
// and for a baseline "<label> - <name>" (rule 1.2).
func (d *Detection) Stanza(label string) string {
	if d.Type == Baseline {
		return label + " - " + d.Name
	}
	return label + " - " + d.Name + " - Rule"
}
