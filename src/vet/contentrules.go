package vet

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	planned "riskreplay/src/search"
	"riskreplay/src/splunktime"
)

var contentRules = []ContentRule{
	{"RR003", diag.Error, "a search that does not parse or plan never runs", func(s *subject) {
		for _, m := range s.said {
			if m.Severity == diag.Error && !errors.Is(m, planned.ErrNotSupported) {
				s.message(m)
			}
		}
	}},
	{"RR004", diag.Warning, "what a search reads and cannot have makes it find less than it says", func(s *subject) {
		for _, m := range s.said {
			if m.Severity != diag.Error || errors.Is(m, planned.ErrNotSupported) {
				m.Severity = diag.Warning // what runs on a Splunk alone is no mistake
				s.message(m)
			}
		}
	}},
	{"RR005", diag.Error, "users tune a detection in its filter macro, which the search calls once", filterOnce},
	{"RR006", diag.Error, "four back-ticks in a row are no comment and no macro to Splunk", func(s *subject) {
		if i := strings.Index(s.Search, "````"); i >= 0 && s.SearchText != nil {
			s.say(s.SearchText.At(i, i+4), "four back-ticks in a row", "a comment stands between three, a macro between one")
		}
	}},
	{"RR007", diag.Error, "a $token$ of the risk message that no field fills stays as it is, and nobody is told", func(s *subject) {
		for _, token := range tokens(s.Message) {
			if !s.given(token) {
				s.say(s.in(s.key("tags.message", "rba.message"), "$"+token+"$"), fmt.Sprintf("the risk message has $%s$, and the search gives no such field", token), s.near(token))
			}
		}
	}},
	{"RR008", diag.Error, "a $ without its pair leaves a token in the risk message as it is", func(s *subject) {
		if at := lonely(s.Message); at >= 0 {
			rest := s.Message[at:]
			s.say(s.in(s.key("tags.message", "rba.message"), rest[:min(len(rest), 20)]), "a $ of the risk message has no pair", "write tokens as $field$")
		}
	}},
	{"RR009", diag.Error, "risk is written for the value of a field: without it there is none", func(s *subject) {
		for _, o := range s.RiskObjects {
			if !s.given(o.Field) {
				s.say(s.in(s.key("tags.observable", "rba.risk_objects"), o.Field), fmt.Sprintf("the risk object %s is no field that the search gives", o.Field), s.near(o.Field))
			}
		}
	}},
	{"RR010", diag.Error, "a threat object is the value of a field", func(s *subject) {
		for _, o := range s.ThreatObjects {
			if !s.given(o.Field) {
				s.say(s.in(s.key("tags.observable", "rba.threat_objects"), o.Field), fmt.Sprintf("the threat object %s is no field that the search gives", o.Field), s.near(o.Field))
			}
		}
	}},
	{"RR011", diag.Error, "throttling by a field that is not there suppresses everything or nothing", func(s *subject) {
		if s.Throttle == nil {
			return
		}
		for _, f := range s.Throttle.Fields {
			if !s.given(f) {
				s.say(s.in("tags.throttling", f), fmt.Sprintf("throttling is by %s, which the search does not give", f), s.near(f))
			}
		}
	}},
	{"RR012", diag.Error, "a drilldown that does not run helps nobody", drilldowns},
	{"RR013", diag.Warning, "required fields are what users look for in their data", requiredFields},
	{"RR014", diag.Error, "a schedule that cannot be read is never kept", schedule},
	{"RR015", diag.Error, "contentctl refuses dates of the future, and versions below 1", func(s *subject) {
		if day, err := time.Parse(time.DateOnly, s.Date); err == nil && day.After(s.now) {
			s.say(s.Place("date"), fmt.Sprintf("the date %s is in the future", s.Date), "")
		}
		if s.Version < 1 {
			s.say(s.Place("version"), fmt.Sprintf("the version is %d", s.Version), "start with 1")
		}
	}},
	{"RR016", diag.Warning, "a detection is looked for by its name", func(s *subject) {
		want := detection.FileName(s.Name) + ".yml"
		if got := path.Base(s.File); s.File != "" && got != want {
			s.say(s.Place("name"), fmt.Sprintf("the file is called %s", got), "call it "+want)
		}
	}},
	{"RR017", diag.Warning, "contentctl refuses a technique beside its sub-technique, which says it already", func(s *subject) {
		for _, id := range s.MitreAttackIDs {
			if i := slices.IndexFunc(s.MitreAttackIDs, func(sub string) bool { return strings.HasPrefix(sub, id+".") }); i >= 0 {
				s.say(s.in("tags.mitre_attack_id", id), fmt.Sprintf("%s stands beside its sub-technique %s", id, s.MitreAttackIDs[i]), "keep the sub-technique")
			}
		}
	}},
	{"RR018", diag.Error, "an ATT&CK technique has an id", func(s *subject) {
		for _, id := range s.MitreAttackIDs {
			if !techniqueID.MatchString(id) {
				s.say(s.in("tags.mitre_attack_id", id), fmt.Sprintf("%q is no id of an ATT&CK technique", id), "write it like T1218 or T1218.009")
			}
		}
	}},
	{"RR019", diag.Warning, "what is in production was tested with data", func(s *subject) {
		tested := slices.Contains([]string{detection.TTP, detection.Anomaly, detection.Hunting}, s.Type)
		if s.Status == "production" && tested && len(s.Tests) == 0 && s.ManualTest == "" {
			s.say(s.Place("name"), "it is in production and has no test", "")
		}
	}},
	{"RR020", diag.Warning, "data that no data source of the detection names tests something else", testSources},
}

var techniqueID = regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)

// key is the first of the keys that the file has.
func (s *subject) key(names ...string) string {
	for _, name := range names {
		if s.Place(name).Text != nil {
			return name
		}
	}
	return names[0]
}

// token is a $field$ in a message.
var token = regexp.MustCompile(`\$([\w.{}:@-]+)\$`)

func tokens(message string) []string {
	var out []string
	for _, m := range token.FindAllStringSubmatch(message, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// lonely is where a $ stands that belongs to no token and is not one for money.
func lonely(message string) int {
	rest := token.ReplaceAllStringFunc(message, func(t string) string { return strings.Repeat(" ", len(t)) })
	for i := range len(rest) {
		if rest[i] == '$' && !(i+1 < len(rest) && rest[i+1] >= '0' && rest[i+1] <= '9') {
			return i
		}
	}
	return -1
}

func filterOnce(s *subject) {
	if s.Type == detection.Baseline || s.SearchText == nil {
		return
	}
	name := "`" + detection.FilterMacro(s.Name) + "`"
	switch n := strings.Count(s.Search, name); {
	case n == 0:
		s.say(s.SearchText.At(max(0, len(s.Search)-1), len(s.Search)), "the search does not call its filter macro", "end it with | "+name)
	case n > 1:
		i := strings.LastIndex(s.Search, name)
		s.say(s.SearchText.At(i, i+len(name)), fmt.Sprintf("the search calls its filter macro %d times", n), "call it once, at the end")
	}
}

// originalSearch stands for the detection's search in a drilldown.
const originalSearch = "%original_detection_search%"

func drilldowns(s *subject) {
	for _, d := range s.Drilldowns {
		at := s.in("drilldown_searches", d.Name)
		text := strings.ReplaceAll(d.Search, originalSearch, s.Search)
		for _, t := range tokens(d.Search) {
			if !s.given(t) && !strings.HasPrefix(t, "info_") {
				s.say(at, fmt.Sprintf("the drilldown %q has $%s$, and the search gives no such field", d.Name, t), s.near(t))
			}
		}
		text = token.ReplaceAllString(text, "x")
		if _, _, problems := s.planner.Plan(&diag.Text{Name: "drilldown", Body: text}, s.now); s.plan != nil {
			for _, m := range problems {
				if m.Severity == diag.Error {
					s.say(at, fmt.Sprintf("the drilldown %q cannot run: %s", d.Name, m.Text), m.Hint)
				}
			}
		}
	}
}

// requiredFields warns of those that the search does not name.
func requiredFields(s *subject) {
	if s.tree == nil {
		return
	}
	for _, f := range s.RequiredFields {
		_, short, prefixed := strings.Cut(f, ".")
		if !prefixed {
			short = f
		}
		if f != "_time" && !strings.Contains(s.Search, short) {
			s.say(s.in("tags.required_fields", f), fmt.Sprintf("the search does not read the required field %s", f), "")
		}
	}
}

func schedule(s *subject) {
	when := s.Deployment.Schedule
	if when.Cron != "" {
		if _, err := splunktime.ParseCron(when.Cron); err != nil {
			s.because(s.Place("deployment"), err)
		}
	}
	for _, t := range []string{when.Earliest, when.Latest} {
		if t == "" {
			continue
		}
		if _, err := splunktime.Parse(t, event.At(s.now), time.UTC); err != nil {
			s.because(s.Place("deployment"), err)
		}
	}
}

// because says what an error says.
func (s *subject) because(at diag.Place, err error) {
	m := diag.Message{Text: err.Error()}
	errors.As(err, &m)
	s.say(at, m.Text, m.Hint)
}

// testSources compares contentctl's tests with the data sources that the detection
// names, when the content describes them.
func testSources(s *subject) {
	var known []*detection.DataSource
	for _, one := range s.content.DataSources {
		if slices.ContainsFunc(s.DataSources, func(named string) bool { return slices.Contains(strings.Split(named, " AND "), one.Name) }) {
			known = append(known, one)
		}
	}
	if len(known) == 0 {
		return
	}
	for _, t := range s.Tests {
		for _, data := range t.Data {
			if data.Source == "" || slices.ContainsFunc(known, func(d *detection.DataSource) bool { return strings.EqualFold(d.Source, data.Source) }) {
				continue
			}
			s.say(t.At, fmt.Sprintf("the test %q replays the source %q, which no data source of the detection has", t.Name, data.Source), "")
		}
	}
}
