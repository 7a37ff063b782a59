package knowledge

import (
	"strconv"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/pcre"
)

// sedSetting compiles SEDCMD-class = s/regex/text/g.
func (l *loader) sedSetting(s conf.Setting) func(*rules) {
	edits, err := pcre.ReadSeds(s.Value)
	if err != nil {
		l.problem(s, err.Error(), "it is s/regex/text/, s/regex/text/g or y/abc/xyz/; events are not edited")
		return nil
	}
	l.base.arriving = true
	return func(r *rules) { r.arrival.edits = append(r.arrival.edits, edits...) }
}

// transformsSetting compiles TRANSFORMS-class = transform, transform: what happens
// to events before they are indexed.
func (l *loader) transformsSetting(s conf.Setting) func(*rules) {
	var list []*rewrite
	for name := range strings.SplitSeq(s.Value, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		t, ok := l.transforms.Stanza(name)
		if !ok {
			l.problem(s, `unknown transform "`+name+`"`, diag.DidYouMean(name, l.transformNames()))
			continue
		}
		if r := l.rewrite(s, t); r != nil {
			list = append(list, r)
		}
	}
	if list == nil {
		return nil
	}
	l.base.arriving = true
	return func(r *rules) { r.arrival.transforms = append(r.arrival.transforms, list...) }
}

// destinations are the keys that an event has here; others, such as those of
// routing, are for forwarders.
var destinations = map[string]bool{
	"_raw": true, "queue": true, "MetaData:Host": true, "MetaData:Source": true, "MetaData:Sourcetype": true, "_MetaData:Index": true, "_meta": true,
}

// defaultLookahead is how many bytes of an event Splunk looks at.
const defaultLookahead = 4096

func (l *loader) rewrite(use conf.Setting, t *conf.Stanza) *rewrite {
	for _, key := range []string{"INGEST_EVAL", "CLONE_SOURCETYPE"} {
		if setting, ok := t.Lookup(key); ok {
			l.warn(setting, key+" is not supported", "events arrive without it")
			return nil
		}
	}
	setting, ok := t.Lookup("REGEX")
	if !ok {
		l.problem(use, `transform "`+t.Name+`" has no REGEX`, "")
		return nil
	}
	re, err := pcre.Compile(setting.Value)
	if err != nil {
		l.regexProblem(setting, err)
		return nil
	}
	r := &rewrite{
		re: re, source: sourceKey(t.Get("SOURCE_KEY")), to: t.Get("DEST_KEY"), fallback: t.Get("DEFAULT_VALUE"),
		lookahead: defaultLookahead, repeat: isTrue(t.Get("REPEAT_MATCH")),
	}
	if n, err := strconv.Atoi(t.Get("LOOKAHEAD")); err == nil && n > 0 {
		r.lookahead = n
	}
	if r.to != "" && !destinations[r.to] {
		return nil
	}
	if r.to == "_meta" {
		r.to = ""
	}
	return l.formatted(r, t)
}

// formatted reads FORMAT: a text for a key, name::value for indexed fields.
func (l *loader) formatted(r *rewrite, t *conf.Stanza) *rewrite {
	format, ok := t.Lookup("FORMAT")
	switch {
	case r.to == "" && !ok:
		if r.fields = groupOutputs(r.re); r.fields == nil {
			r.fields = []output{{name: t.Name, value: template{{"", 1}}}} // what Splunk takes
		}
	case r.to == "":
		r.fields = l.format(format)
	case !ok:
		r.format = parseTemplate(t.Name + "::$1")
	default:
		r.format = parseTemplate(format.Value)
	}
	return r
}

// unquoted takes the quotes off a value: name::"$1".
func unquoted(t template) template {
	last := len(t) - 1
	if last < 0 || !strings.HasPrefix(t[0].text, `"`) || !strings.HasSuffix(t[last].text, `"`) {
		return t
	}
	out := append(template(nil), t...)
	out[0].text = out[0].text[1:]
	if out[last].text != "" {
		out[last].text = out[last].text[:len(out[last].text)-1]
	}
	return out
}

// sourceKey is the field that SOURCE_KEY means: `field:x` is x, keys of metadata
// are fields where events are searched.
func sourceKey(key string) string {
	switch {
	case key == "":
		return "_raw"
	case strings.HasPrefix(key, "field:"):
		return key[len("field:"):]
	}
	return key
}

// searchedKey is sourceKey at search time.
func searchedKey(key string) string {
	switch key {
	case "MetaData:Host":
		return "host"
	case "MetaData:Source":
		return "source"
	case "MetaData:Sourcetype":
		return "sourcetype"
	case "_MetaData:Index":
		return "index"
	}
	return sourceKey(key)
}

func (l *loader) warn(s conf.Setting, text, hint string) {
	l.report(diag.Message{Severity: diag.Warning, Text: text, Hint: hint, Place: s.Text.At(0, len(s.Text.Body))})
}
