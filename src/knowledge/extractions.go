package knowledge

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/pcre"
)

// inField is the end of an EXTRACT that reads another field than _raw.
var inField = regexp.MustCompile(`^(?s)(.*\S)\s+in\s+([A-Za-z0-9_]+)$`)

// extractSetting compiles EXTRACT-class = regex [in field]: a field of each named
// group.
func (l *loader) extractSetting(s conf.Setting) func(*rules) {
	text, source := s.Value, "_raw"
	if m := inField.FindStringSubmatch(text); m != nil {
		text, source = m[1], m[2]
	}
	re, err := pcre.Compile(text)
	if err != nil {
		l.regexProblem(s, err)
		return nil
	}
	step := &regexStep{re: re, source: source, outputs: groupOutputs(re), patient: l.patient(s)}
	if len(step.outputs) == 0 {
		l.problem(s, "the regular expression does not extract anything", "name a group: (?<name>...)")
		return nil
	}
	return func(r *rules) { r.extract.steps = append(r.extract.steps, step) }
}

// regexProblem reports a pattern that does not compile, at the place in it.
func (l *loader) regexProblem(s conf.Setting, err error) {
	at := 0
	var wrong *pcre.Error
	if errors.As(err, &wrong) {
		at = wrong.Offset
	}
	l.report(diag.Message{Text: err.Error(), Cause: err, Place: s.Text.At(at, at+1), Hint: "the extraction is left out"})
}

// groupOutputs is a field of each named group; groups _KEY_1 and _VAL_1 give a
// field its name and its value.
func groupOutputs(re *pcre.Regexp) []output {
	var out []output
	numbers := map[string]int{}
	for i, name := range re.Names() {
		if name != "" {
			numbers[name] = i
		}
	}
	for i, name := range re.Names() {
		switch {
		case name == "" || strings.HasPrefix(name, "_VAL_"):
		case strings.HasPrefix(name, "_KEY_"):
			if v, ok := numbers["_VAL_"+name[len("_KEY_"):]]; ok {
				out = append(out, output{nameParts: template{{"", i}}, value: template{{"", v}}})
			}
		default:
			out = append(out, output{name: name, value: template{{"", i}}})
		}
	}
	return out
}

// reportSetting compiles REPORT-class = transform, transform.
func (l *loader) reportSetting(s conf.Setting) func(*rules) {
	var steps []extraction
	for name := range strings.SplitSeq(s.Value, ",") {
		if name = strings.TrimSpace(name); name != "" {
			steps = append(steps, l.transform(s, name)...)
		}
	}
	return func(r *rules) { r.extract.steps = append(r.extract.steps, steps...) }
}

// transform compiles a stanza of transforms.conf, once.
func (l *loader) transform(s conf.Setting, name string) []extraction {
	if steps, ok := l.extracts[name]; ok {
		return steps
	}
	t, ok := l.transforms.Stanza(name)
	if !ok {
		l.problem(s, `unknown transform "`+name+`"`, diag.DidYouMean(name, l.transformNames()))
		return nil
	}
	var steps []extraction
	if e := l.newTransform(s, t); e != nil {
		steps = []extraction{e}
	}
	if l.extracts == nil {
		l.extracts = map[string][]extraction{}
	}
	l.extracts[name] = steps
	return steps
}

func (l *loader) transformNames() []string {
	var out []string
	for _, s := range l.transforms.Stanzas() {
		out = append(out, s.Name)
	}
	return out
}

func (l *loader) newTransform(use conf.Setting, t *conf.Stanza) extraction {
	source := searchedKey(t.Get("SOURCE_KEY"))
	clean := t.Get("CLEAN_KEYS") == "" || isTrue(t.Get("CLEAN_KEYS"))
	several := isTrue(t.Get("MV_ADD"))
	if d, ok := t.Lookup("DELIMS"); ok {
		return l.delims(d, t, &delimStep{source: source, several: several, clean: clean})
	}
	setting, ok := t.Lookup("REGEX")
	if !ok {
		l.problem(use, `transform "`+t.Name+`" has neither REGEX nor DELIMS`, "")
		return nil
	}
	re, err := pcre.Compile(setting.Value)
	if err != nil {
		l.regexProblem(setting, err)
		return nil
	}
	step := &regexStep{re: re, source: source, several: several, clean: clean, keepEmpty: isTrue(t.Get("KEEP_EMPTY_VALS")), windows: winPartOf(source, setting.Value, t.Get("FORMAT")), patient: l.patient(setting)}
	step.outputs = groupOutputs(re)
	if format, ok := t.Lookup("FORMAT"); ok {
		step.outputs = append(step.outputs, l.format(format)...)
	}
	return step
}

// format reads FORMAT = name::value name::"a value", where $1 is a group.
func (l *loader) format(s conf.Setting) []output {
	var out []output
	for _, word := range formatWords(s.Value) {
		name, value, ok := strings.Cut(word, "::")
		if !ok {
			l.problem(s, `cannot read "`+word+`" in FORMAT`, "write name::value, such as $1::$2")
			continue
		}
		o := output{value: unquoted(parseTemplate(value))}
		if n := parseTemplate(name); len(n) > 0 {
			if o.name, ok = n.fixed(); !ok {
				o.name, o.nameParts = "", n
			}
		}
		out = append(out, o)
	}
	return out
}

// formatWords splits at blanks outside of quotes.
func formatWords(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && (r == ' ' || r == '\t' || r == '\n' || r == '\r')
	})
}

// delims reads DELIMS = "pairs" [, "keys"] and FIELDS.
func (l *loader) delims(d conf.Setting, t *conf.Stanza, step *delimStep) extraction {
	var list []string
	for rest := d.Value; ; {
		rest = strings.TrimLeft(rest, " ,")
		text, err := strconv.QuotedPrefix(rest)
		if err != nil {
			break
		}
		plain, _ := strconv.Unquote(text)
		list, rest = append(list, plain), rest[len(text):]
	}
	if len(list) == 0 {
		l.problem(d, "cannot read DELIMS "+d.Value, `write the characters in quotes: DELIMS = ",", "="`)
		return nil
	}
	step.pairs = list[0]
	if len(list) > 1 {
		step.keys = list[1]
		return step
	}
	for _, f := range strings.Split(t.Get("FIELDS"), ",") {
		step.fields = append(step.fields, strings.Trim(f, ` "`))
	}
	return step
}

// matched is a field that a group of a regular expression finds in another (Rex
// of a data model); where it finds nothing, the field stays.
type matched struct {
	re    *pcre.Regexp
	group int
	from  string
	name  string
	level int
}

func (m *matched) inputs(found func(string, int)) {
	found(m.from, m.level)
	found(m.name, m.level)
}

func (m *matched) column(s scope, rows []int32) *batch.Column {
	before := s.field(m.name, m.level, rows)
	c := s.field(m.from, m.level, rows)
	if c == nil {
		return before
	}
	c = codedAt(c, rows)
	out := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, s.len())}
	known := make([]batch.Code, c.Dict.Len())
	asked := make([]bool, c.Dict.Len())
	var found, missing []int32
	for _, r := range rows {
		code := c.Codes[r]
		if !asked[code] {
			asked[code] = true
			known[code] = out.Dict.AddValues(m.values(c.Dict.Values(code)))
		}
		if out.Codes[r] = known[code]; known[code] != 0 {
			found = append(found, r)
		} else {
			missing = append(missing, r)
		}
	}
	return join([]piece{{found, out}, {missing, before}}, rows, s.len())
}

func (m *matched) values(in []string) []string {
	var out []string
	for _, v := range in {
		if at, _ := m.re.Find(v, 0); at != nil && at[2*m.group] >= 0 && at[2*m.group+1] > at[2*m.group] {
			out = append(out, v[at[2*m.group]:at[2*m.group+1]])
		}
	}
	return out
}
