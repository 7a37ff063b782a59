package alert

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// Declared is an alert action that an app brings as a program
// (alert_actions.conf).
type Declared struct {
	Name, App, Label string
	// Command is the file in the app's bin (alert.execute.cmd); "" is one of the
	// action's name. Args stand behind --execute.
	Command string
	Args    []string
	// Params are the defaults of what the action is told, without "param.".
	Params map[string]string
	// Time is how long it may take (maxtime).
	Time time.Duration
	// JSON: it takes its payload as JSON (payload_format), else as XML.
	JSON bool
}

// mostTime is how long an action may take that does not say.
const mostTime = 5 * time.Minute

// ReadDeclared reads the alert actions that apps declare as programs: stanzas of
// alert_actions.conf with is_custom = 1 that are not disabled.
func ReadDeclared(c *conf.Conf) (map[string]Declared, diag.List) {
	out := map[string]Declared{}
	var problems diag.List
	for _, s := range c.Stanzas() {
		if on(s.Get("disabled")) || !on(s.Get("is_custom")) {
			continue
		}
		d := Declared{
			Name: s.Name, App: s.App, Label: s.Get("label"), Command: s.Get("alert.execute.cmd"), Params: map[string]string{}, Time: mostTime,
			JSON: strings.EqualFold(s.Get("payload_format"), "json"),
		}
		for _, p := range s.Settings {
			if name, ok := strings.CutPrefix(p.Key, "param."); ok {
				d.Params[name] = p.Value
			}
		}
		for i := 0; ; i++ {
			arg, ok := s.Lookup("alert.execute.cmd.arg." + strconv.Itoa(i))
			if !ok && i > 0 {
				break
			}
			if ok {
				d.Args = append(d.Args, arg.Value)
			}
		}
		if text := s.Get("maxtime"); text != "" {
			t, ok := maxTime(text)
			if !ok {
				problems = append(problems, diag.Message{Severity: diag.Warning, Text: "the alert action " + strconv.Quote(s.Name) + ": cannot read maxtime " + strconv.Quote(text), Hint: "write 30s, 5m or 1h"})
			} else {
				d.Time = t
			}
		}
		out[s.Name] = d
	}
	return out, problems
}

func maxTime(text string) (time.Duration, bool) {
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[text[len(text)-1]]
	digits := text
	if unit == 0 {
		unit = time.Second
	} else {
		digits = text[:len(text)-1]
	}
	n, err := strconv.ParseUint(digits, 10, 20)
	return time.Duration(n) * unit, err == nil && n > 0
}

func on(text string) bool {
	return slices.Contains([]string{"1", "true", "t", "yes", "y", "on"}, strings.ToLower(strings.TrimSpace(text)))
}

// Inside are the actions that write events, which Fire gives.
var Inside = []string{"risk", "notable", "summary_index"}

// refused are Splunk's own actions that are not done here, each with the reason and
// what to do.
var refused = map[string][2]string{
	"email":           {"no mail is sent from here", "use the webhook action, or an alert action that is a program of an app"},
	"script":          {"shell scripts of alerts are not started here (Splunk calls them deprecated)", "make it an alert action: alert_actions.conf with is_custom = 1"},
	"populate_lookup": {"lookups are written by searches alone", "write | outputlookup NAME at the end of the search"},
	"lookup":          {"lookups are written by searches alone", "write | outputlookup NAME at the end of the search"},
	"rss":             {"there is no feed here", "search index=_internal sourcetype=scheduler"},
	"logevent":        {"the log event action is not done here", "write | collect index=NAME at the end of the search"},
	"sendtophantom":   {"SOAR is not reached from here", "use the webhook action"},
}

// Refuses says why an action is not done: nobody does it here, or it is not known.
// known are the declared ones. A nil error is an action that is done.
func Refuses(name string, known map[string]Declared) error {
	if slices.Contains(Inside, name) || name == "webhook" {
		return nil
	}
	if _, ok := known[name]; ok {
		return nil
	}
	if why, ok := refused[name]; ok {
		return diag.Message{Severity: diag.Warning, Text: "the alert action " + strconv.Quote(name) + " is not done: " + why[0], Hint: why[1]}
	}
	names := append(append([]string{"webhook"}, Inside...), keys(known)...)
	hint := diag.DidYouMean(name, names)
	if hint == "" {
		hint = "an app declares one in alert_actions.conf with is_custom = 1; load it with --app"
	}
	return diag.Message{Severity: diag.Warning, Text: "the alert action " + strconv.Quote(name) + " is not known: no app declares it", Hint: hint}
}

func keys(m map[string]Declared) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
