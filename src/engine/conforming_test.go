package engine

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/knowledge"
	"riskreplay/src/spl"
)

// conforming makes random events for searches: of the source types and with the
// fields that a search asks for, with values out of its own conditions, so that
// they hold now and then. What a condition on eventtype=, tag= or a data model
// asks for is looked up in the built-in knowledge.
type conforming struct {
	base       *knowledge.Base
	now        event.Time
	eventTypes map[string]spl.Predicate
	tagged     map[string][]string // event types by tag
	r          *rand.Rand

	// Of the search at hand.
	sources  []source
	later    []spl.Predicate     // conditions behind the first command
	literals map[string][]string // values by the last part of a field's name
	fields   []string
	usual    map[string]string // a value that many events share, by field
	tokens   []string          // fields whose values become part of a search: $name$
}

// source is a command that reads events: what they must be.
type source struct {
	conditions []spl.Predicate
	prefix     string // of field names: "Processes."
}

const builtinConf = "../knowledge/builtin/default/"

func newConforming(t testing.TB, base *knowledge.Base, now event.Time) *conforming {
	g := &conforming{base: base, now: now, eventTypes: map[string]spl.Predicate{}, tagged: map[string][]string{}}
	read := func(name string) []*conf.Stanza {
		data, err := os.ReadFile(builtinConf + name)
		require.NoError(t, err)
		file, _ := conf.Parse(name, data)
		return file.Stanzas
	}
	for _, s := range read("eventtypes.conf") {
		if search, ok := s.Lookup("search"); ok {
			g.eventTypes[s.Name] = g.condition(search.Value)
		}
	}
	for _, s := range read("tags.conf") {
		if name, ok := strings.CutPrefix(s.Name, "eventtype="); ok {
			for _, tag := range s.Settings {
				g.tagged[tag.Key] = append(g.tagged[tag.Key], name)
			}
		}
	}
	return g
}

// tagField is a field of events that have the tags which it holds, as tagApp
// says. They are of a source type without fields of its own, so that those that
// a data model asks for stay as they are.
const tagField = "conforming_tag"

// tagApp is an app with an event type for each tag that the data models ask for.
func tagApp(t testing.TB) conf.App {
	models, err := filepath.Glob(builtinConf + "data/models/*.json")
	require.NoError(t, err)
	tags := map[string]bool{}
	for _, path := range models {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`\btag=\\?"?(\w+)`).FindAllSubmatch(data, -1) {
			tags[string(m[1])] = true
		}
	}
	require.NotEmpty(t, tags)
	var kinds, marks strings.Builder
	for tag := range tags {
		fmt.Fprintf(&kinds, "[conforming_%s]\nsearch = %s=%s\n", tag, tagField, tag)
		fmt.Fprintf(&marks, "[eventtype=conforming_%s]\n%s = enabled\n", tag, tag)
	}
	return conf.App{ID: "conforming", FS: fstest.MapFS{
		"default/eventtypes.conf": {Data: []byte(kinds.String())},
		"default/tags.conf":       {Data: []byte(marks.String())},
		"metadata/default.meta":   {Data: []byte("[]\nexport = system\n")},
	}}
}

// condition reads a text that is a condition, nil when it is none.
func (g *conforming) condition(text string) spl.Predicate {
	src, problems := spl.Macros{Find: g.base.Macro, Names: g.base.Macros}.Expand(&diag.Text{Body: text})
	if problems.HasErrors() {
		return nil
	}
	p, _ := spl.ParsePredicate(src)
	return p
}

// events are n random events for each command of a search that reads some.
func (g *conforming) events(tree *spl.Search, n int, seed uint64) []event.Event {
	g.r = rand.New(rand.NewPCG(seed, 20260115))
	g.sources, g.later, g.fields, g.literals, g.usual, g.tokens = nil, nil, nil, map[string][]string{}, map[string]string{}, nil
	g.search(tree)
	for _, m := range token.FindAllStringSubmatch(spl.Print(tree), -1) {
		g.tokens = append(g.tokens, m[1])
	}
	var out []event.Event
	for _, s := range g.sources {
		for range n {
			out = append(out, g.event(s))
		}
	}
	return out
}

// token is a field's value in the text of a search: $name$ of map, $name of
// return.
var token = regexp.MustCompile(`\$([A-Za-z_][\w.{}]*)`)

// search gathers what a search asks for.
func (g *conforming) search(tree *spl.Search) {
	if tree == nil {
		return
	}
	for i, st := range tree.Stages {
		g.predicate(st.Predicate)
		switch {
		case st.Name == "tstats" && st.Dataset != nil, st.Name == "from" && st.Dataset.Kind == "datamodel", st.Name == "datamodel" && st.Dataset != nil:
			g.dataset(st)
		case i == 0 && (st.Name == "search" || st.Name == "tstats" || st.Name == "metasearch"):
			g.sources = append(g.sources, source{conditions: []spl.Predicate{st.Predicate}})
		case st.Predicate != nil:
			g.later = append(g.later, st.Predicate)
		}
		g.named(st)
		g.expr(st.Expr)
		for _, a := range st.Assigns {
			g.expr(a.Expr)
		}
		for _, a := range st.Aggs {
			g.expr(a.Eval)
		}
		for _, sub := range st.Subs {
			g.search(sub)
		}
	}
}

// named gathers the names of fields.
func (g *conforming) named(st *spl.Stage) {
	add := func(list ...spl.Name) {
		for _, n := range list {
			if !strings.ContainsAny(n.Text, "*") && n.Text != "" {
				g.fields = append(g.fields, n.Text)
			}
		}
	}
	add(st.By...)
	add(st.Fields...)
	for _, a := range st.Aggs {
		if a.Arg != nil {
			add(*a.Arg)
		}
	}
	for _, r := range st.Renames {
		add(r.From)
		if st.Name == "lookup" {
			add(r.To)
		}
	}
	for _, k := range st.Keys {
		add(k.Name)
	}
	for _, o := range st.Options {
		if oneOf(o.Name, "field", "input") {
			add(spl.Name{Text: o.Value.Text})
		}
	}
}

func oneOf(s string, list ...string) bool { return slices.Contains(list, s) }

// dataset is a source whose events belong to a dataset of a data model.
func (g *conforming) dataset(st *spl.Stage) {
	name := st.Dataset.Sub
	for _, n := range append(slices.Clone(st.By), aggArgs(st)...) {
		if prefix, _, ok := strings.Cut(n.Text, "."); ok && name == "" {
			name = prefix
		}
	}
	s := source{conditions: []spl.Predicate{st.Predicate}}
	var model struct {
		Objects []struct {
			ObjectName, ParentName, BaseSearch string
			Constraints                        []struct{ Search string }
		}
	}
	_ = json.Unmarshal([]byte(g.base.Definition(st.Dataset.Name)), &model)
	if name == "" && len(model.Objects) > 0 {
		name = model.Objects[0].ObjectName
	}
	s.prefix = name + "."
	for range model.Objects { // from the dataset up to its root
		for _, o := range model.Objects {
			if o.ObjectName == name {
				for _, c := range o.Constraints {
					s.conditions = append(s.conditions, g.condition(c.Search))
				}
				base, _, _ := strings.Cut(o.BaseSearch, "|")
				s.conditions = append(s.conditions, g.condition(base))
				name = o.ParentName
				break
			}
		}
	}
	g.sources = append(g.sources, s)
}

func aggArgs(st *spl.Stage) (out []spl.Name) {
	for _, a := range st.Aggs {
		if a.Arg != nil {
			out = append(out, *a.Arg)
		}
	}
	return out
}

func (g *conforming) literal(field, value string) {
	field = lastPart(field)
	g.literals[field] = append(g.literals[field], value)
}

func lastPart(field string) string { return field[strings.LastIndexByte(field, '.')+1:] }

// predicate gathers fields, values and subsearches of a condition.
func (g *conforming) predicate(p spl.Predicate) {
	switch p := p.(type) {
	case *spl.Compare:
		g.fields = append(g.fields, p.Field.Text)
		g.literal(p.Field.Text, p.Value.Text)
		g.search(p.Sub)
	case *spl.In:
		g.fields = append(g.fields, p.Field.Text)
		for _, v := range p.Values {
			g.literal(p.Field.Text, v.Text)
		}
	case *spl.Not:
		g.predicate(p.X)
	case *spl.And:
		for _, x := range p.List {
			g.predicate(x)
		}
	case *spl.Or:
		for _, x := range p.List {
			g.predicate(x)
		}
	case *spl.Subsearch:
		g.search(p.Search)
	}
}

// expr gathers fields and the literals that they are compared with.
func (g *conforming) expr(e spl.Expr) {
	pair := func(x, y spl.Expr) {
		f, ok := x.(*spl.Field)
		l, ok2 := y.(*spl.Literal)
		if ok && ok2 {
			g.literal(f.Name, example(l.Text))
		}
	}
	switch e := e.(type) {
	case *spl.Field:
		g.fields = append(g.fields, e.Name)
	case *spl.Call:
		if len(e.Args) > 1 {
			pair(e.Args[0], e.Args[1])
		}
		for _, a := range e.Args {
			g.expr(a)
		}
	case *spl.Unary:
		g.expr(e.X)
	case *spl.Binary:
		pair(e.X, e.Y)
		pair(e.Y, e.X)
		g.beyond(e)
		g.expr(e.X)
		g.expr(e.Y)
	case *spl.InList:
		for _, x := range e.List {
			pair(e.X, x)
		}
		g.expr(e.X)
	case *spl.SubExpr:
		g.search(e.Search)
	}
}

// beyond gathers numbers at both sides of one that a field is compared with.
func (g *conforming) beyond(e *spl.Binary) {
	f, ok := e.X.(*spl.Field)
	l, ok2 := e.Y.(*spl.Literal)
	if n, err := strconv.ParseFloat(literalText(l), 64); ok && ok2 && err == nil && strings.ContainsAny(e.Op, "<>") {
		g.literal(f.Name, strconv.FormatFloat(n+1, 'f', -1, 64))
		g.literal(f.Name, strconv.FormatFloat(n-1, 'f', -1, 64))
	}
}

func literalText(l *spl.Literal) string {
	if l == nil {
		return ""
	}
	return l.Text
}

// patternSigns are signs of regular expressions and of like() with what they may
// stand for.
var patternSigns = strings.NewReplacer(
	`(?i)`, "", "^", "", "$", "", `.*`, "x", `.+`, "x", `\d+`, "7", `\d`, "7", `\w+`, "w", `\w`, "w", `\s+`, " ", `\s`, " ",
	`\\`, `\`, `\.`, ".", `\/`, "/", "%", "x", `\b`, "", `\-`, "-",
)

var groups = regexp.MustCompile(`\((?:\?:)?([^()|]*)[^()]*\)[?*+]?|\[([^\]])[^\]]*\][+*]?(?:\{[^}]*\})?`)

// example is a text that a pattern may match.
func example(pattern string) string {
	return patternSigns.Replace(groups.ReplaceAllString(pattern, "$1$2"))
}

// event is one event of a source.
func (g *conforming) event(s source) event.Event {
	a := assigned{}
	for _, f := range g.fields {
		if g.r.IntN(8) > 0 {
			a.set(strings.TrimPrefix(f, s.prefix), g.value(f))
		}
	}
	for _, p := range g.later {
		if g.r.IntN(3) > 0 {
			g.satisfy(p, a, s.prefix, 0)
		}
	}
	g.satisfy(&spl.And{List: s.conditions}, a, s.prefix, 0)
	for _, f := range g.tokens {
		a.set(f, "1001")
	}
	if len(g.tokens) == 0 && g.r.IntN(10) == 0 { // now and then nothing is as it should be
		a.set(g.fieldOf(a), g.word())
	}
	return g.built(a)
}

func (g *conforming) fieldOf(a assigned) string {
	names := slices.Sorted(maps.Keys(a))
	if len(names) == 0 {
		return "x"
	}
	return names[g.r.IntN(len(names))]
}

// assigned is the values of an event's fields; words stand in its text.
type assigned map[string][]string

const words = "\x00words"

func (a assigned) set(field string, values ...string) {
	if field != "" && !strings.HasPrefix(field, "_") {
		a[field] = values
	}
}

// value is a random value for a field, more often than not a literal that the
// search compares it with.
func (g *conforming) value(field string) string {
	if v, ok := g.usual[field]; ok && g.r.IntN(4) > 0 {
		return v
	}
	v := g.word()
	if list := g.literals[lastPart(field)]; len(list) > 0 && g.r.IntN(4) > 0 {
		v = g.filled(list[g.r.IntN(len(list))])
	}
	if g.usual[field] == "" {
		g.usual[field] = v
	}
	return v
}

var plainWords = []string{
	"1", "0", "17", "4096", "2.5", "-3", "abc", "Admin", "user@example.com", "10.1.2.3", "2001:db8::1", "https://example.com/a?b=c", "",
	`C:\Windows\System32\cmd.exe`, `HKLM\SOFTWARE\x`, "2026-01-15T10:00:00Z", "1768471200", `{"a":{"b":[1,2]}}`, "[1,2]", "<a>1</a>", "a,b;c", "ä\u00a0漢", "true", "null",
}

func (g *conforming) word() string {
	return plainWords[g.r.IntN(len(plainWords))] + []string{"", "", "", strconv.Itoa(g.r.IntN(5))}[g.r.IntN(4)]
}

// filled is a literal with something for each wildcard.
func (g *conforming) filled(text string) string {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Addr().Next().String()
	}
	var b strings.Builder
	for _, c := range text {
		if c == '*' {
			b.WriteString([]string{"", "x", "abc ", "7"}[g.r.IntN(4)])
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// satisfy sets fields so that a condition holds, mostly.
func (g *conforming) satisfy(p spl.Predicate, a assigned, prefix string, depth int) {
	if depth > 20 {
		return
	}
	switch p := p.(type) {
	case *spl.And:
		rest, tags := parted(p.List)
		if kind, ok := g.kindWith(tags); len(tags) > 0 && g.r.IntN(3) > 0 {
			a.set(tagField, tags...)
		} else if ok {
			g.satisfy(g.eventTypes[kind], a, prefix, depth+1)
		}
		for _, x := range rest {
			g.satisfy(x, a, prefix, depth+1)
		}
	case *spl.Or:
		g.satisfy(p.List[g.r.IntN(len(p.List))], a, prefix, depth+1)
	case *spl.Not:
		g.avoid(p.X, a, prefix)
	case *spl.In:
		g.equal(p.Field.Text, p.Values[g.r.IntN(len(p.Values))].Text, a, prefix, depth)
	case *spl.Compare:
		g.compare(p, a, prefix, depth)
	case *spl.Word:
		if p.Value.Text != "*" {
			a[words] = append(a[words], g.filled(p.Value.Text))
		}
	}
}

// parted takes tag=x out of conditions that all must hold: one event type has to
// have all of the tags.
func parted(list []spl.Predicate) (rest []spl.Predicate, tags []string) {
	for _, p := range list {
		switch p := p.(type) {
		case nil:
			continue
		case *spl.And:
			more, inner := parted(p.List)
			rest, tags = append(rest, more...), append(tags, inner...)
			continue
		case *spl.Compare:
			if p.Field.Text == "tag" && p.Op == "=" {
				tags = append(tags, p.Value.Text)
				continue
			}
		}
		rest = append(rest, p)
	}
	return rest, tags
}

// kindWith is an event type that has all of some tags.
func (g *conforming) kindWith(tags []string) (string, bool) {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(g.eventTypes)) {
		if !slices.ContainsFunc(tags, func(t string) bool { return !slices.Contains(g.tagged[t], name) }) {
			found = append(found, name)
		}
	}
	if len(tags) == 0 || len(found) == 0 {
		return "", false
	}
	return found[g.r.IntN(len(found))], true
}

func (g *conforming) compare(p *spl.Compare, a assigned, prefix string, depth int) {
	n, _ := strconv.ParseFloat(p.Value.Text, 64)
	switch p.Op {
	case "=":
		g.equal(p.Field.Text, p.Value.Text, a, prefix, depth)
	case "!=":
		g.equal(p.Field.Text, p.Value.Text+"z", a, prefix, depth)
	case "<", "<=":
		a.set(strings.TrimPrefix(p.Field.Text, prefix), strconv.FormatFloat(n-1, 'f', -1, 64))
	default:
		a.set(strings.TrimPrefix(p.Field.Text, prefix), strconv.FormatFloat(n+1, 'f', -1, 64))
	}
}

func (g *conforming) equal(field, value string, a assigned, prefix string, depth int) {
	switch field {
	case "eventtype":
		g.satisfy(g.eventTypes[value], a, prefix, depth+1)
	case "tag":
		if list := g.tagged[value]; len(list) > 0 {
			g.satisfy(g.eventTypes[list[g.r.IntN(len(list))]], a, prefix, depth+1)
		}
	case "nodename", "earliest", "latest", "_index_earliest", "_index_latest", "savedsearch", "savedsplunk":
	default:
		a.match(strings.TrimPrefix(field, prefix), value, g.filled(value))
	}
}

// match sets a field to a value that matches a pattern, and if it can also those
// that it was to match before.
func (a assigned) match(field, pattern, value string) {
	key := "\x00patterns " + field
	all := append(a[key], pattern)
	for _, v := range []string{strings.Join(a[field], ""), value, strings.Join(a[field], "") + value, value + strings.Join(a[field], "")} {
		if !slices.ContainsFunc(all, func(p string) bool { return !eval.CompilePattern(p).Match(v) }) {
			value = v
			break
		}
	}
	a.set(field, value)
	a[key] = all
}

// avoid sets fields so that a condition does not hold.
func (g *conforming) avoid(p spl.Predicate, a assigned, prefix string) {
	switch p := p.(type) {
	case *spl.Compare:
		a.set(strings.TrimPrefix(p.Field.Text, prefix), "other")
	case *spl.In:
		a.set(strings.TrimPrefix(p.Field.Text, prefix), "other")
	case *spl.Or:
		for _, x := range p.List {
			g.avoid(x, a, prefix)
		}
	case *spl.And:
		g.avoid(p.List[g.r.IntN(len(p.List))], a, prefix)
	}
}

// built is the event: its text is XML for Windows events, JSON for others; its
// fields stand beside it too, as those that came with it.
func (g *conforming) built(a assigned) event.Event {
	e := event.Event{Index: "main", Host: "host1", Source: "random", Sourcetype: "random"}
	for name, to := range map[string]*string{"index": &e.Index, "host": &e.Host, "source": &e.Source, "sourcetype": &e.Sourcetype} {
		if v := a[name]; len(v) == 1 && v[0] != "" {
			*to = v[0]
		}
		delete(a, name)
	}
	age := []int64{60, 3600, 86400, 30 * 86400}[g.r.IntN(4)]
	e.Time = g.now - event.Time(g.r.Int64N(age*1e9))
	text := strings.Join(a[words], " ")
	maps.DeleteFunc(a, func(name string, _ []string) bool { return name[0] == 0 })
	if strings.HasPrefix(strings.ToLower(e.Sourcetype), "xmlwineventlog") || strings.HasPrefix(e.Source, "XmlWinEventLog") {
		e.Raw = windowsXML(a, e.Time)
	} else {
		e.Raw = nested(a)
	}
	if text != "" {
		e.Raw = append(append(e.Raw, ' '), text...)
	}
	for _, name := range slices.Sorted(maps.Keys(a)) {
		for _, v := range a[name] {
			e.Fields = append(e.Fields, event.Field{Name: name, Value: v})
		}
	}
	return e
}

func windowsXML(a assigned, at event.Time) []byte {
	escaped := func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s))
		return b.String()
	}
	first := func(name, otherwise string) string {
		if v := a[name]; len(v) > 0 && v[0] != "" {
			return escaped(v[0])
		}
		return otherwise
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='random'/><EventID>%s</EventID><TimeCreated SystemTime='%s'/><Channel>%s</Channel><Computer>%s</Computer></System><EventData>",
		first("EventCode", first("EventID", "1")), at.Std().Format("2006-01-02T15:04:05.000000000Z"), first("Channel", "Security"), first("dest", "pc1"))
	for _, name := range slices.Sorted(maps.Keys(a)) {
		fmt.Fprintf(&b, "<Data Name='%s'>%s</Data>", escaped(name), first(name, ""))
	}
	b.WriteString("</EventData></Event>")
	return []byte(b.String())
}

// nested is the fields as JSON: a.b{}.c is an object in an array in an object.
func nested(a assigned) []byte {
	root := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(a)) {
		at := root
		parts := strings.Split(name, ".")
		for _, p := range parts[:len(parts)-1] {
			p, list := strings.CutSuffix(p, "{}")
			inner := map[string]any{}
			switch old := at[p].(type) {
			case map[string]any:
				inner = old
			case []any:
				inner, _ = old[0].(map[string]any)
			}
			if inner == nil {
				break
			}
			if at[p] = any(inner); list {
				at[p] = []any{inner}
			}
			at = inner
		}
		leaf, list := strings.CutSuffix(parts[len(parts)-1], "{}")
		values := a[name]
		if at[leaf] = values[0]; list || len(values) > 1 {
			at[leaf] = values
		}
	}
	text, _ := json.Marshal(root) // maps of strings can be written
	return text
}
