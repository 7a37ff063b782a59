package knowledge

import (
	"strings"
	"sync"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/spl"
)

// operation compiles one setting of props.conf; nil for what is not about fields
// at search time, and for what is wrong, which it reports. Operations are applied
// in byte order of their keys, so that classes follow Splunk's order.
func (l *loader) operation(s conf.Setting) func(*rules) {
	kind, class, ok := strings.Cut(s.Key, "-")
	if !ok {
		switch s.Key {
		case "KV_MODE":
			return l.kvMode(s)
		case "AUTO_KV_JSON":
			return l.autoJSON(s)
		case "INDEXED_EXTRACTIONS":
			return l.indexedExtractions(s)
		case "rename":
			return func(r *rules) { r.sourcetype = s.Value }
		}
		return nil
	}
	switch kind {
	case "EXTRACT":
		return l.extractSetting(s)
	case "REPORT":
		return l.reportSetting(s)
	case "FIELDALIAS":
		return l.aliases(s)
	case "EVAL":
		return l.calculated(s, class)
	case "LOOKUP":
		return l.lookupSetting(s)
	case "SEDCMD":
		return l.sedSetting(s)
	case "TRANSFORMS":
		return l.transformsSetting(s)
	}
	return nil
}

// autoJSON reads AUTO_KV_JSON: whether KV_MODE auto looks for JSON, too.
func (l *loader) autoJSON(s conf.Setting) func(*rules) {
	if isTrue(s.Value) {
		return nil
	}
	return func(r *rules) { r.extract.noJSON = true }
}

// indexedExtractions reads INDEXED_EXTRACTIONS. The fields that Splunk would index
// are found in the events instead: those of JSON whatever KV_MODE says.
func (l *loader) indexedExtractions(s conf.Setting) func(*rules) {
	switch strings.ToLower(s.Value) {
	case "json":
		return func(r *rules) { r.extract.indexedJSON = true }
	case "none":
		return nil
	}
	l.warn(s, `INDEXED_EXTRACTIONS = `+s.Value+` is not supported`, "name the columns by a REPORT with DELIMS and FIELDS")
	return nil
}

func (l *loader) kvMode(s conf.Setting) func(*rules) {
	if strings.EqualFold(s.Value, "multi") {
		l.warn(s, "KV_MODE = multi is not supported", "the command multikv reads tables; until then the events have the fields of other settings alone")
		return func(r *rules) { r.extract.kv = kvNone }
	}
	mode, ok := kvModes[strings.ToLower(s.Value)]
	if !ok {
		l.problem(s, `unknown KV_MODE "`+s.Value+`"`, "known are auto, auto_escaped, json, xml, none, and ours: winevent, stash")
		return nil
	}
	return func(r *rules) { r.extract.kv = mode }
}

// aliases reads `a AS b c ASNEW d`. With AS the alias is gone where the field is
// not there (since Splunk 7.2.4); with ASNEW it keeps what it had. Every alias
// reads what was extracted, not what another alias made.
func (l *loader) aliases(s conf.Setting) func(*rules) {
	words := splitNames(withoutCommas(s.Value))
	if len(words)%3 != 0 || len(words) == 0 {
		l.problem(s, `cannot read the alias "`+s.Value+`"`, "write field AS alias")
		return nil
	}
	type alias struct {
		name string
		node node
	}
	var list []alias
	for ; len(words) > 0; words = words[3:] {
		from, name := words[0], words[2]
		var n node = copied{from, levelExtracted}
		switch strings.ToUpper(words[1]) {
		case "AS":
		case "ASNEW":
			n = &fallback{[]node{copied{name, levelExtracted}, n}}
		default:
			l.problem(s, `expected AS or ASNEW, found "`+words[1]+`"`, "write field AS alias")
			return nil
		}
		list = append(list, alias{name, n})
	}
	return func(r *rules) {
		for _, a := range list {
			r.defined[levelAlias][a.name] = a.node
		}
	}
}

// withoutCommas makes blanks of commas outside of quotes: add-ons write them
// between aliases.
func withoutCommas(text string) string {
	out := []byte(text)
	quoted := false
	for i, c := range out {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			out[i] = ' '
		}
	}
	return string(out)
}

// splitNames splits at blanks; a name in double quotes may hold some.
func splitNames(text string) []string {
	var out []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeft(text, " \t\r\n") {
		if text[0] == '"' {
			if name, rest, ok := strings.Cut(text[1:], `"`); ok {
				out, text = append(out, name), rest
				continue
			}
		}
		end := strings.IndexAny(text, " \t\r\n")
		if end < 0 {
			end = len(text)
		}
		out, text = append(out, text[:end]), text[end:]
	}
	return out
}

// calculated compiles an EVAL. All of them read what was there before the first.
// The built-in ones, which are known to be right, wait until somebody asks.
func (l *loader) calculated(s conf.Setting, field string) func(*rules) {
	env := l.base.env
	if strings.HasPrefix(s.Text.Name, BuiltinApp+"/") {
		n := &later{compile: sync.OnceValues(func() (node, diag.List) { return expressionNode(s.Text, env, levelAlias) })}
		return func(r *rules) { r.defined[levelCalculated][field] = n }
	}
	n, problems := expressionNode(s.Text, env, levelAlias)
	l.messages = append(l.messages, problems...)
	if n == nil {
		return nil
	}
	return func(r *rules) { r.defined[levelCalculated][field] = n }
}

// expressionNode compiles an expression that stands in a text of its own; nil
// when the list has errors.
func expressionNode(text *diag.Text, env eval.Env, level int) (node, diag.List) {
	src := spl.Plain(text)
	e, problems := spl.ParseExpr(src)
	if problems.HasErrors() {
		return nil, problems
	}
	st := &spl.Stage{Source: src, Span: spl.Span{End: len(text.Body)}, Name: "eval"}
	n, more := calculation(e, st, env, level)
	problems = append(problems, more...)
	if problems.HasErrors() {
		return nil, problems
	}
	return n, problems
}

// later is a definition that is compiled when it is first used.
type later struct{ compile func() (node, diag.List) }

func (l *later) column(s scope, rows []int32) *batch.Column {
	n, _ := l.compile()
	return n.column(s, rows)
}

func (l *later) inputs(found func(string, int)) {
	n, _ := l.compile()
	n.inputs(found)
}

func (l *loader) problem(s conf.Setting, text, hint string) {
	l.report(diag.Message{Text: text, Hint: hint, Place: s.Text.At(0, len(s.Text.Body))})
}

func (l *loader) report(m diag.Message) { l.messages = append(l.messages, m) }
