package detection

import (
	"github.com/goccy/go-yaml/ast"

	"riskreplay/src/diag"
)

// ReadYAML reads one detection file, in contentctl's v4 or v5 form; name is what
// messages call it. When there are errors the detection holds what could be
// read; it is nil only when the file is no YAML mapping at all.
func ReadYAML(name string, data []byte) (*Detection, diag.List) {
	r, root := open(name, data)
	if root == nil {
		return nil, r.msgs
	}
	d := draft{Detection: &Detection{File: name, places: map[string]diag.Place{}}}
	if !readMap(r, root, "a detection", detectionKeys, &d, d.saw("")) {
		return nil, r.msgs
	}
	d.finish(r)
	return d.Detection, r.msgs
}

// draft is a detection while it is read: with what is needed only until all of
// the file has been seen.
type draft struct {
	*Detection
	observables []observable
	score       *float64 // risk_score, when the file gives it
	deployment  *Deployment
	rba         bool
}

// saw notes the places of values under a prefix such as "tags.".
func (d *draft) saw(prefix string) func(string, diag.Place) {
	return func(name string, at diag.Place) { d.places[prefix+name] = at }
}

var (
	statuses = []string{"production", "experimental", "deprecated"}
	domains  = []string{"endpoint", "network", "threat", "identity", "access", "audit"}
)

var detectionKeys = []key[draft]{
	{name: "name", must: true, read: text(func(d *draft) *string { return &d.Name })},
	{name: "id", must: true, read: text(func(d *draft) *string { return &d.ID })},
	{name: "version", must: true, read: integer(func(d *draft) *int { return &d.Version })},
	{name: "date", must: true, read: text(func(d *draft) *string { return &d.Date })},
	{name: "author", must: true, read: text(func(d *draft) *string { return &d.Author })},
	{name: "status", read: oneOf(func(d *draft) *string { return &d.Status }, statuses...)},
	{name: "type", must: true, read: oneOf(func(d *draft) *string { return &d.Type }, Types()...)},
	{name: "description", must: true, read: text(func(d *draft) *string { return &d.Description })},
	{name: "explanation", read: text(func(d *draft) *string { return &d.ELI5 })},
	{name: "data_source", read: texts(func(d *draft) *[]string { return &d.DataSources })},
	{name: "search", must: true, read: readSearch},
	{name: "how_to_implement", must: true, read: text(func(d *draft) *string { return &d.HowToImplement })},
	{name: "known_false_positives", must: true, read: text(func(d *draft) *string { return &d.KnownFalsePositives })},
	{name: "references", read: texts(func(d *draft) *[]string { return &d.References })},
	{name: "drilldown_searches", read: each(readDrilldown)},
	{name: "tags", must: true, read: readTags},
	{name: "rba", read: readRBA},
	{name: "tests", read: each(readTest)},
	{name: "deployment", read: readDeployment},
	{name: "enabled_by_default", read: boolean(func(d *draft) *bool { return &d.EnabledByDefault })},
	{name: "datamodel", read: skipped[draft]},
	{name: "data_sources", read: skipped[draft]},
	{name: "cve", read: skipped[draft]},
}

var tagKeys = []key[draft]{
	{name: "analytic_story", must: true, read: texts(func(d *draft) *[]string { return &d.AnalyticStories })},
	{name: "asset_type", must: true, read: text(func(d *draft) *string { return &d.AssetType })},
	{name: "confidence", read: percent(func(d *draft) *float64 { return &d.Confidence })},
	{name: "impact", read: percent(func(d *draft) *float64 { return &d.Impact })},
	{name: "message", read: text(func(d *draft) *string { return &d.Message })},
	{name: "mitre_attack_id", read: texts(func(d *draft) *[]string { return &d.MitreAttackIDs })},
	{name: "observable", read: each(readObservable)},
	{name: "product", must: true, read: texts(func(d *draft) *[]string { return &d.Products })},
	{name: "required_fields", read: texts(func(d *draft) *[]string { return &d.RequiredFields })},
	{name: "risk_score", read: readRiskScore},
	{name: "security_domain", must: true, read: oneOf(func(d *draft) *string { return &d.SecurityDomain }, domains...)},
	{name: "cve", read: texts(func(d *draft) *[]string { return &d.CVE })},
	{name: "nist", read: texts(func(d *draft) *[]string { return &d.NIST })},
	{name: "cis20", read: texts(func(d *draft) *[]string { return &d.CIS20 })},
	{name: "kill_chain_phases", read: texts(func(d *draft) *[]string { return &d.KillChainPhases })},
	{name: "atomic_guid", read: texts(func(d *draft) *[]string { return &d.AtomicGUIDs })},
	{name: "manual_test", read: text(func(d *draft) *string { return &d.ManualTest })},
	{name: "throttling", read: readThrottle},
	{name: "CVE", read: skipped[draft]},
	{name: "automated_detection_testing", read: skipped[draft]},
	{name: "context", read: skipped[draft]},
	{name: "dataset", read: skipped[draft]},
	{name: "drilldown_search", read: skipped[draft]},
	{name: "event_schema", read: skipped[draft]},
	{name: "group", read: skipped[draft]},
	{name: "mappings", read: skipped[draft]},
	{name: "research_site_url", read: skipped[draft]},
	{name: "supported_tas", read: skipped[draft]},
}

func readTags(r *reader, n ast.Node, d *draft) {
	readMap(r, n, "tags", tagKeys, d, d.saw("tags."))
}

func readSearch(r *reader, n ast.Node, d *draft) {
	s, ok := r.str(n)
	if !ok {
		return
	}
	d.Search = trim(s)
	d.SearchText = r.inner(n, d.Search)
}

// percent reads a number from 0 to 100 and notes that the detection is graded.
func percent(field func(*draft) *float64) func(*reader, ast.Node, *draft) {
	return func(r *reader, n ast.Node, d *draft) {
		f, ok := r.num(n)
		if ok && (f < 0 || f > 100) {
			r.error(r.place(n), "", "expected a number from 0 to 100, found %v", f)
			return
		}
		d.Graded = d.Graded || ok
		*field(d) = f
	}
}

func readRiskScore(r *reader, n ast.Node, d *draft) {
	if f, ok := r.num(n); ok {
		d.score = &f
	}
}

var drilldownKeys = []key[Drilldown]{
	{name: "name", must: true, read: text(func(d *Drilldown) *string { return &d.Name })},
	{name: "search", must: true, read: text(func(d *Drilldown) *string { return &d.Search })},
	{name: "earliest_offset", read: text(func(d *Drilldown) *string { return &d.Earliest })},
	{name: "latest_offset", read: text(func(d *Drilldown) *string { return &d.Latest })},
}

func readDrilldown(r *reader, n ast.Node, d *draft) {
	var one Drilldown
	if readMap(r, n, "a drilldown search", drilldownKeys, &one, nil) {
		d.Drilldowns = append(d.Drilldowns, one)
	}
}

var throttleKeys = []key[Throttle]{
	{name: "fields", must: true, read: texts(func(t *Throttle) *[]string { return &t.Fields })},
	{name: "period", must: true, read: text(func(t *Throttle) *string { return &t.Period })},
}

func readThrottle(r *reader, n ast.Node, d *draft) {
	var t Throttle
	if !readMap(r, n, "throttling", throttleKeys, &t, nil) {
		return
	}
	if _, ok := period(t.Period); t.Period != "" && !ok {
		r.error(r.place(n), "write 3600s, 60m or 24h", "cannot read the throttling period %q", t.Period)
	}
	d.Throttle = &t
}

var testKeys = []key[Test]{
	{name: "name", must: true, read: text(func(t *Test) *string { return &t.Name })},
	{name: "attack_data", read: each(readTestData)},
	{name: "earliest_time", read: text(func(t *Test) *string { return &t.Earliest })},
	{name: "latest_time", read: text(func(t *Test) *string { return &t.Latest })},
	{name: "test_type", read: skipped[Test]},
	{name: "pass_condition", read: skipped[Test]},
	{name: "file", read: skipped[Test]},
	{name: "baselines", read: skipped[Test]},
}

var testDataKeys = []key[TestData]{
	{name: "data", must: true, read: text(func(t *TestData) *string { return &t.Data })},
	{name: "source", must: true, read: text(func(t *TestData) *string { return &t.Source })},
	{name: "sourcetype", must: true, read: text(func(t *TestData) *string { return &t.Sourcetype })},
	{name: "custom_index", read: text(func(t *TestData) *string { return &t.Index })},
	{name: "host", read: text(func(t *TestData) *string { return &t.Host })},
	{name: "update_timestamp", read: skipped[TestData]},
	{name: "file_name", read: skipped[TestData]},
}

func readTest(r *reader, n ast.Node, d *draft) {
	t := Test{At: r.place(n)}
	if readMap(r, n, "a test", testKeys, &t, nil) {
		d.Tests = append(d.Tests, t)
	}
}

func readTestData(r *reader, n ast.Node, t *Test) {
	var one TestData
	if readMap(r, n, "attack data", testDataKeys, &one, nil) {
		t.Data = append(t.Data, one)
	}
}
