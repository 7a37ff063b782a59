package lookup

import (
	"strconv"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// definition reads a stanza of transforms.conf. The file is "" when the list has
// errors.
func definition(s *conf.Stanza) (file string, o Options, problems diag.List) {
	report := func(key, text, hint string) {
		m := diag.Message{Text: text, Hint: hint, Place: s.Place}
		if setting, ok := s.Lookup(key); ok && setting.Text != nil {
			m.Place = setting.Text.At(0, len(setting.Text.Body))
		}
		problems = append(problems, m)
	}
	file = s.Get("filename")
	if file == "" {
		report("external_type", `cannot open lookup table "`+s.Name+`": it is no CSV file`, "tables of the KV store, scripts and geographic tables are not read here; give it a filename")
		return "", o, problems
	}
	number := func(key string, least int) int {
		text := s.Get(key)
		if text == "" {
			return 0
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < least {
			report(key, "expected a number of at least "+strconv.Itoa(least)+" for "+key+`, found "`+text+`"`, "")
			return 0
		}
		return n
	}
	o.MaxMatches = number("max_matches", 1)
	o.MinMatches = min(number("min_matches", 0), defaultMatches)
	o.Default = s.Get("default_match")
	if o.MinMatches > 0 && o.Default == "" {
		o.Default = "NULL" // what Splunk gives
	}
	if text := s.Get("case_sensitive_match"); text != "" {
		yes, ok := boolean(text)
		if !ok {
			report("case_sensitive_match", `expected true or false, found "`+text+`"`, "")
		}
		o.IgnoreCase = ok && !yes
	}
	o.Kinds = map[string]Kind{}
	for item := range strings.SplitSeq(s.Get("match_type"), ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		kind, column, ok := matchType(item)
		if !ok {
			report("match_type", `cannot read match_type "`+item+`"`, "write WILDCARD(column), CIDR(column) or EXACT(column)")
			continue
		}
		o.Kinds[column] = kind
	}
	if problems.HasErrors() {
		return "", o, problems
	}
	return file, o, problems
}

var kinds = map[string]Kind{"EXACT": Exact, "WILDCARD": Wildcard, "CIDR": CIDR}

func matchType(item string) (Kind, string, bool) {
	name, rest, ok := strings.Cut(item, "(")
	column, after, closed := strings.Cut(rest, ")")
	kind, known := kinds[strings.ToUpper(strings.TrimSpace(name))]
	return kind, strings.TrimSpace(column), ok && closed && known && after == ""
}

func boolean(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "1", "true", "t", "yes", "y":
		return true, true
	case "0", "false", "f", "no", "n":
		return false, true
	}
	return false, false
}
