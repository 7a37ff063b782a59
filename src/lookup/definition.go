package lookup

import (
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/spl"
)

// definition reads a stanza of transforms.conf; the source counts when the list
// has no errors.
func definition(s *conf.Stanza) (src source, problems diag.List) {
	src.at, src.app = s.Place, s.App
	o := &src.options
	report := func(key, text, hint string) {
		m := diag.Message{Text: text, Hint: hint, Place: s.Place}
		if setting, ok := s.Lookup(key); ok && setting.Text != nil {
			m.Place = setting.Text.At(0, len(setting.Text.Body))
		}
		problems = append(problems, m)
	}
	if src.file = s.Get("filename"); src.file == "" {
		name := s.Get("collection")
		if name == "" || path.Base(name) != name || strings.Contains(name, `\`) {
			report("external_type", `cannot open lookup table "`+s.Name+`": it is no CSV file and no collection`, "tables that a script or a geographic file gives are not read here; give it a filename")
			problems[0].Cause = errors.ErrUnsupported
			return src, problems
		}
		src.file, src.collection = "kvstore/"+name+".json", true
		src.fields = fieldList(s.Get("fields_list"))
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
	o.Time = readTemporal(s, report)
	src.filter = readFilter(s, &problems)
	return src, problems
}

// fieldList is the fields of a collection, without its key.
func fieldList(text string) []string {
	var out []string
	for f := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if f != keyColumn && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// readFilter compiles filter = <condition>: only rows for which it holds are in
// the table.
func readFilter(s *conf.Stanza, problems *diag.List) *eval.Predicate {
	setting, ok := s.Lookup("filter")
	if !ok || strings.TrimSpace(setting.Value) == "" {
		return nil
	}
	text := setting.Text
	if text == nil {
		text = &diag.Text{Name: s.Name, Body: setting.Value}
	}
	src := spl.Plain(text)
	tree, list := spl.ParsePredicate(src)
	*problems = append(*problems, list...)
	p, list := eval.CompilePredicate(tree, &spl.Stage{Source: src}, eval.Env{})
	*problems = append(*problems, list...)
	return p
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
