package detection

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// SavedSearch is what running and firing a saved search needs of its stanza,
// whoever wrote it: Build, contentctl or a person.
type SavedSearch struct {
	Name, App string
	// Search is the search text with its place in the file.
	Search      conf.Setting
	Description string

	Cron                             string
	Earliest, Latest, ScheduleWindow string // dispatch times as written: -70m@m, now, epoch
	// Disabled is `disabled`; Scheduled is `enableSched`.
	Disabled, Scheduled bool

	Trigger Trigger
	// Suppress is nil when alerts are not suppressed.
	Suppress *Suppression
	// Digest tells that one alert stands for all results (alert.digest_mode).
	Digest bool

	// Correlation tells that ES takes it for a correlation search
	// (action.correlationsearch.enabled).
	Correlation bool
	Label       string
	Annotations Annotations

	// Actions are the names of all actions that are on, in the order of the
	// stanza: risk, notable, email, summary_index, webhook, an app's own. The
	// correlationsearch and escu entries are markers of ES, not actions, and are
	// left out.
	Actions []string
	// Risk and Notable are nil when the action is off.
	Risk    *RiskAction
	Notable *NotableAction

	DetectionID   string // from the metadata
	Version       int
	Type          string // TTP, Anomaly, ... from the annotations
	DetectionType string // ebd: over events, fbd: over findings; "" in older content

	// Stanza is where it came from, for the settings of other actions (Params).
	Stanza *conf.Stanza
}

// Trigger is when results become an alert: `CountType Relation Quantity`, as in
// "number of events" "greater than" 0. CountType "always" fires on every run.
type Trigger struct {
	CountType, Relation string
	Quantity            float64
	// Condition is the search of CountType "custom".
	Condition string
}

// Suppression holds alerts back for Period; with Fields, only those with the
// same values of them.
type Suppression struct {
	Fields []string
	Period time.Duration
}

// RiskAction is the settings of ES's risk action.
type RiskAction struct {
	// Message is the risk message with $field$ tokens.
	Message string
	// DefaultScore is _risk_score, for objects without a score of their own.
	DefaultScore  float64
	Objects       []RiskObject
	ThreatObjects []ThreatObject
}

// NotableAction is the settings of ES's notable action. Title and description
// hold $field$ tokens.
type NotableAction struct {
	RuleTitle, RuleDescription string
	SecurityDomain, Severity   string
	// Fields are nes_fields, the notable's identifying fields.
	Fields     []string
	Drilldowns []Drilldown
	NextSteps  string // as written: JSON in ES 7 and later
	// Params are all of the action's settings, without "action.notable.param.".
	Params []conf.Setting
}

// ReadSavedSearch reads a stanza. Values that cannot be read are messages with
// their places and leave their field empty; the rest is read all the same.
func ReadSavedSearch(s *conf.Stanza) (SavedSearch, diag.List) {
	r := &stanzaReader{stanza: s}
	out := SavedSearch{Name: s.Name, App: s.App, Stanza: s}
	out.Search, _ = s.Lookup("search")
	out.Description = s.Get("description")
	out.Cron = s.Get("cron_schedule")
	out.Earliest, out.Latest = s.Get("dispatch.earliest_time"), s.Get("dispatch.latest_time")
	out.ScheduleWindow = s.Get("schedule_window")
	out.Disabled, out.Scheduled = r.on("disabled", false), r.on("enableSched", false)
	out.Trigger, out.Suppress, out.Digest = r.trigger(), r.suppression(), r.on("alert.digest_mode", true)
	out.Correlation = r.on("action.correlationsearch.enabled", false)
	out.Label = s.Get("action.correlationsearch.label")
	out.Annotations = r.annotations()
	out.Type, out.DetectionType = first(out.Annotations.Values("type")), s.Get("action.correlationsearch.detection_type")
	out.DetectionID, out.Version = r.metadata()
	out.Actions = r.actions()
	if slices.Contains(out.Actions, "risk") {
		out.Risk = r.risk()
	}
	if slices.Contains(out.Actions, "notable") {
		out.Notable = r.notable()
	}
	return out, r.msgs
}

// Params are the settings of one action, without "action.<name>.": for webhook
// "param.url". The switch itself is not among them.
func (s SavedSearch) Params(action string) []conf.Setting {
	if s.Stanza == nil {
		return nil
	}
	return under(s.Stanza, "action."+action+".")
}

// under gives the settings whose keys begin with a prefix, without it.
func under(s *conf.Stanza, prefix string) []conf.Setting {
	var out []conf.Setting
	for _, setting := range s.Settings {
		if rest, ok := strings.CutPrefix(setting.Key, prefix); ok {
			setting.Key = rest
			out = append(out, setting)
		}
	}
	return out
}

// stanzaReader reads values of one stanza and collects messages.
type stanzaReader struct {
	stanza *conf.Stanza
	msgs   diag.List
}

func (r *stanzaReader) warn(s conf.Setting, start, end int, hint, text string) {
	at := diag.Place{}
	if s.Text != nil {
		at = s.Text.At(start, end)
	}
	r.msgs = append(r.msgs, diag.Message{Text: text, Place: at, Hint: hint})
}

// on reads Splunk's booleans: 1, true, t, yes, y, on and their opposites, in any
// case. Anything else is a message and counts as fallback.
func (r *stanzaReader) on(key string, fallback bool) bool {
	s, ok := r.stanza.Lookup(key)
	if !ok || s.Value == "" {
		return fallback
	}
	switch strings.ToLower(s.Value) {
	case "1", "true", "t", "yes", "y", "on":
		return true
	case "0", "false", "f", "no", "n", "off":
		return false
	}
	r.warn(s, 0, len(s.Value), "write 1 or 0", "cannot read "+quote(key)+": expected true or false, found "+quote(s.Value))
	return fallback
}

// num reads a number; text that is none is a message and counts as fallback.
func (r *stanzaReader) num(key string, fallback float64) float64 {
	s, ok := r.stanza.Lookup(key)
	if !ok || s.Value == "" {
		return fallback
	}
	f, err := strconv.ParseFloat(s.Value, 64)
	if err != nil || f-f != 0 {
		r.warn(s, 0, len(s.Value), "", "cannot read "+quote(key)+": expected a number, found "+quote(s.Value))
		return fallback
	}
	return f
}

// trigger reads counttype, relation and quantity; without a counttype an alert
// fires always.
func (r *stanzaReader) trigger() Trigger {
	t := Trigger{
		CountType: strings.ToLower(r.stanza.Get("counttype")), Relation: strings.ToLower(r.stanza.Get("relation")),
		Quantity: r.num("quantity", 0), Condition: r.stanza.Get("alert_condition"),
	}
	if t.CountType == "" {
		t.CountType = "always"
	}
	return t
}

func (r *stanzaReader) suppression() *Suppression {
	if !r.on("alert.suppress", false) {
		return nil
	}
	out := &Suppression{Fields: list(r.stanza.Get("alert.suppress.fields"))}
	s, _ := r.stanza.Lookup("alert.suppress.period")
	var ok bool
	if out.Period, ok = period(s.Value); !ok {
		r.warn(s, 0, len(s.Value), "write 3600s, 60m, 24h or 7d", "cannot read \"alert.suppress.period\": expected a length of time, found "+quote(s.Value))
	}
	return out
}

var periodUnits = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}

// period reads a length of time: a whole number and s, m, h or d; seconds
// without a unit.
func period(s string) (time.Duration, bool) {
	if s == "" {
		return 0, false
	}
	unit, digits := time.Second, s
	if u, ok := periodUnits[s[len(s)-1]]; ok {
		unit, digits = u, s[:len(s)-1]
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// list reads a list of fields in either form that occurs: "user,dest" and
// "['user', 'dest']".
func list(s string) []string {
	var out []string
	for _, one := range strings.FieldsFunc(strings.Trim(s, "[] "), func(c rune) bool { return c == ',' }) {
		if one = strings.Trim(one, ` '"`); one != "" {
			out = append(out, one)
		}
	}
	return out
}

// markers are entries under action. that are no actions.
var markers = []string{"correlationsearch", "escu", "customsearchbuilder"}

// actions are the names of the actions that are on: `action.<name> = 1`, and
// those that the older key `actions` lists unless switched off.
func (r *stanzaReader) actions() []string {
	var out []string
	add := func(name string) {
		if name != "" && !slices.Contains(markers, name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, s := range r.stanza.Settings {
		name, ok := strings.CutPrefix(s.Key, "action.")
		if ok && !strings.Contains(name, ".") && r.on(s.Key, false) {
			add(name)
		}
	}
	for _, name := range list(r.stanza.Get("actions")) {
		if r.on("action."+name, true) {
			add(name)
		}
	}
	return out
}
