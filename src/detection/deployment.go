package detection

import (
	"github.com/goccy/go-yaml/ast"
)

// The types of a detection.
const (
	TTP         = "TTP"
	Anomaly     = "Anomaly"
	Hunting     = "Hunting"
	Correlation = "Correlation"
	Baseline    = "Baseline"
)

// Schedule is when a search runs and over which window.
type Schedule struct {
	Cron             string // "0 * * * *"
	Earliest, Latest string // relative times: -70m@m, -10m@m
	Window           string // schedule_window: auto, or minutes
}

// Deployment is the schedule of a detection and what it does when it finds
// something.
type Deployment struct {
	Schedule Schedule
	// Risk and Notable tell which of ES's two actions are on.
	Risk, Notable bool
	// NotableFields are nes_fields, the notable's identifying fields.
	NotableFields []string
	// RuleTitle and RuleDescription are the notable's; %name% and %description%
	// are replaced when the app is built, $field$ tokens when a notable is.
	RuleTitle, RuleDescription string
	// Params are the settings of further actions (email, slack, Phantom), as
	// they stand in savedsearches.conf: {"action.slack.param.channel", "#soc"}.
	Params []Param
}

// Param is one setting of an action.
type Param struct{ Key, Value string }

var (
	hourly  = Schedule{Cron: "0 * * * *", Earliest: "-70m@m", Latest: "-10m@m", Window: "auto"}
	nightly = Schedule{Cron: "10 0 * * *", Earliest: "-1450m@m", Latest: "-10m@m", Window: "auto"}
)

// defaults is what contentctl's default deployments say for each type (rule
// 1.1), in the order of Types.
var defaults = []struct {
	kind          string
	schedule      Schedule
	risk, notable bool
}{
	{TTP, hourly, true, true},
	{Anomaly, hourly, true, false},
	{Hunting, hourly, false, false},
	{Correlation, hourly, false, true},
	{Baseline, nightly, false, false},
}

// Types are the types a detection may have.
func Types() []string {
	out := make([]string, len(defaults))
	for i, d := range defaults {
		out[i] = d.kind
	}
	return out
}

// Defaults is the deployment of a type: hourly over the hour that ended ten
// minutes ago, risk for TTP and Anomaly, a notable for TTP and Correlation with
// the fields user and dest.
func Defaults(kind string) (Deployment, bool) {
	for _, d := range defaults {
		if d.kind != kind {
			continue
		}
		out := Deployment{Schedule: d.schedule, Risk: d.risk, Notable: d.notable}
		if d.notable {
			out.NotableFields = []string{"user", "dest"}
			out.RuleTitle, out.RuleDescription = "%name%", "%description%"
		}
		return out, true
	}
	return Deployment{}, false
}

// deploymentKeys are contentctl's inline deployment: it replaces the type's
// whole, so risk is off unless rba.enabled says otherwise.
var deploymentKeys = []key[Deployment]{
	{name: "scheduling", must: true, read: readScheduling},
	{name: "alert_action", read: readActions},
	{name: "tags", read: skipped[Deployment]},
}

var schedulingKeys = []key[Schedule]{
	{name: "cron_schedule", must: true, read: text(func(s *Schedule) *string { return &s.Cron })},
	{name: "earliest_time", must: true, read: text(func(s *Schedule) *string { return &s.Earliest })},
	{name: "latest_time", must: true, read: text(func(s *Schedule) *string { return &s.Latest })},
	{name: "schedule_window", must: true, read: text(func(s *Schedule) *string { return &s.Window })},
}

var actionKeys = []key[Deployment]{
	{name: "notable", read: readNotable},
	{name: "rba", read: readRisk},
	{name: "email", read: params("email", emailKeys)},
	{name: "slack", read: params("slack", slackKeys)},
	{name: "phantom", read: params("phantom", phantomKeys)},
}

var notableKeys = []key[Deployment]{
	{name: "rule_title", must: true, read: text(func(d *Deployment) *string { return &d.RuleTitle })},
	{name: "rule_description", must: true, read: text(func(d *Deployment) *string { return &d.RuleDescription })},
	{name: "nes_fields", must: true, read: texts(func(d *Deployment) *[]string { return &d.NotableFields })},
}

var riskKeys = []key[Deployment]{
	{name: "enabled", must: true, read: boolean(func(d *Deployment) *bool { return &d.Risk })},
}

var (
	emailKeys = []key[Deployment]{
		param("subject", "action.email.subject.alert"),
		param("to", "action.email.to"),
		param("message", "action.email.message.alert"),
	}
	slackKeys = []key[Deployment]{
		param("channel", "action.slack.param.channel"),
		param("message", "action.slack.param.message"),
	}
	phantomKeys = []key[Deployment]{
		param("cam_workers", "action.sendtophantom.param._cam_workers"),
		param("label", "action.sendtophantom.param.label"),
		param("phantom_server", "action.sendtophantom.param.phantom_server"),
		param("sensitivity", "action.sendtophantom.param.sensitivity"),
		param("severity", "action.sendtophantom.param.severity"),
	}
	// switches turn an action on.
	switches = map[string][]Param{
		"email":   {{"action.email", "1"}, {"action.email.useNSSubject", "1"}},
		"slack":   {{"action.slack", "1"}},
		"phantom": {{"action.sendtophantom", "1"}},
	}
)

// param is a key whose value becomes a setting of its own.
func param(name, setting string) key[Deployment] {
	return key[Deployment]{name: name, must: true, read: func(r *reader, n ast.Node, d *Deployment) {
		if s, ok := r.str(n); ok {
			d.Params = append(d.Params, Param{setting, trim(s)})
		}
	}}
}

// params reads an action that is nothing but settings, and switches it on.
func params(name string, keys []key[Deployment]) func(*reader, ast.Node, *Deployment) {
	return func(r *reader, n ast.Node, d *Deployment) {
		d.Params = append(d.Params, switches[name]...)
		readMap(r, n, "the "+name+" action", keys, d, nil)
	}
}

func readDeployment(r *reader, n ast.Node, d *draft) {
	var out Deployment
	if readMap(r, n, "deployment", deploymentKeys, &out, d.saw("deployment.")) {
		out.RuleTitle, out.RuleDescription = trim(out.RuleTitle), trim(out.RuleDescription)
		d.deployment = &out
	}
}

func readScheduling(r *reader, n ast.Node, d *Deployment) {
	readMap(r, n, "scheduling", schedulingKeys, &d.Schedule, nil)
}

func readActions(r *reader, n ast.Node, d *Deployment) {
	readMap(r, n, "alert_action", actionKeys, d, nil)
}

func readNotable(r *reader, n ast.Node, d *Deployment) {
	d.Notable = readMap(r, n, "the notable action", notableKeys, d, nil)
}

func readRisk(r *reader, n ast.Node, d *Deployment) {
	readMap(r, n, "the risk action", riskKeys, d, nil)
}
