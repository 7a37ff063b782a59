package alert

import (
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/detection"
)

// Tokens are what $name$ tokens in the settings of an action stand for.
type Tokens struct {
	Saved *detection.SavedSearch
	Run   Run
	// Link leads to the results.
	Link string
	// Rows are all results, of which First is the one that $result.field$ means;
	// below 0 there is none.
	Rows  *batch.Batch
	First int
}

// Expand replaces tokens: $result.FIELD$, $job.PROPERTY$, $name$, $app$, $owner$,
// $search$, $description$, $results.count$, $results_link$, $trigger_time$,
// $trigger_date$, $trigger_timeHMS$, $alert.severity$, $cron_schedule$. Two dollars
// are one. A token that is known but has no value is empty, as in Splunk; unknown
// are those that nothing is known of, which become empty too.
func (t *Tokens) Expand(text string) (out string, unknown []string) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		b.WriteString(before)
		if !found {
			return b.String(), unknown
		}
		name, after, closed := strings.Cut(rest, "$")
		switch {
		case closed && name == "":
			b.WriteByte('$')
			text = after
		case !closed || !tokenName(name):
			b.WriteByte('$')
			text = rest
		default:
			value, known := t.value(name)
			if !known {
				unknown = append(unknown, name)
			}
			b.WriteString(value)
			text = after
		}
	}
}

// tokenName tells a token from a dollar that is only one: a name has no spaces.
func tokenName(s string) bool { return !strings.ContainsAny(s, " \t\n=\"") }

func (t *Tokens) value(name string) (string, bool) {
	if field, ok := strings.CutPrefix(name, "result."); ok {
		if t.First < 0 {
			return "", true
		}
		values := row{t.Rows, t.First}.Values(field)
		return strings.Join(values, " "), values != nil
	}
	if property, ok := strings.CutPrefix(name, "job."); ok {
		return t.job(property)
	}
	at := t.Run.At.Std()
	switch name {
	case "name", "search_name":
		return t.Saved.Name, true
	case "app":
		return t.Saved.App, true
	case "owner":
		return owner, true
	case "search":
		return t.Saved.Search.Value, true
	case "description":
		return t.Saved.Description, true
	case "results.count":
		return strconv.Itoa(t.Rows.Len), true
	case "results_link", "results.url":
		return t.Link, true
	case "trigger_time":
		return strconv.FormatInt(at.Unix(), 10), true
	case "trigger_date":
		return at.UTC().Format("January 2, 2006"), true
	case "trigger_timeHMS":
		return at.UTC().Format("3:04:05 PM"), true
	case "cron_schedule":
		return t.Saved.Cron, true
	case "alert.severity":
		return t.setting("alert.severity", "3"), true
	case "alert.expires":
		return t.setting("alert.expires", "24h"), true
	}
	return "", false
}

func (t *Tokens) setting(key, otherwise string) string {
	if t.Saved.Stanza != nil {
		if v := t.Saved.Stanza.Get(key); v != "" {
			return v
		}
	}
	return otherwise
}

func (t *Tokens) job(property string) (string, bool) {
	switch property {
	case "sid":
		return t.Run.SID, true
	case "resultCount", "eventCount":
		return strconv.Itoa(t.Rows.Len), true
	case "earliestTime":
		return millis(t.Run.Earliest), true
	case "latestTime":
		if t.Run.Latest == 0 {
			return "", true
		}
		return millis(t.Run.Latest), true
	case "isDone":
		return "1", true
	case "label":
		return t.Saved.Name, true
	case "ttl", "runDuration", "messages":
		return "", true
	}
	return "", false
}

// owner is whose searches run here.
const owner = "nobody"
