package knowledge

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// props is props.conf: which stanza speaks of which events.
type props struct {
	sources, hosts []*stanza // by precedence, highest first
	sourcetypes    map[string][]*stanza
	wild           []*stanza // [(?::){0}...]: sourcetypes by pattern
	defaults       *stanza
}

// stanza is one stanza of props.conf, its settings compiled.
type stanza struct {
	name       string
	pattern    *regexp.Regexp // of a source or host; nil for a literal
	literal    string
	priority   int
	operations []operation
}

// operation is one setting. Of two with the same key, the stanza of higher
// precedence counts.
type operation struct {
	key   string
	apply func(*rules)
}

// anySourcetype is how add-ons write a sourcetype with wildcards: a regex that
// matches nothing makes Splunk take the rest as a pattern.
const anySourcetype = "(?::){0}"

// readProps compiles props.conf.
func (l *loader) readProps(c *conf.Conf) *props {
	p := &props{sourcetypes: map[string][]*stanza{}, defaults: &stanza{}}
	inherited := map[*diag.Text]bool{}
	if d, ok := c.Stanza("default"); ok {
		p.defaults = l.stanza(d, nil)
		for _, s := range d.Settings {
			inherited[s.Text] = true
		}
	}
	for _, s := range c.Stanzas() {
		p.add(l.stanza(s, inherited))
	}
	byPrecedence := func(a, b *stanza) int {
		return cmp.Or(b.priority-a.priority, strings.Compare(a.name, b.name))
	}
	slices.SortStableFunc(p.sources, byPrecedence)
	slices.SortStableFunc(p.hosts, byPrecedence)
	slices.SortStableFunc(p.wild, byPrecedence)
	return p
}

// stanza compiles the settings of a stanza that are its own.
func (l *loader) stanza(s *conf.Stanza, inherited map[*diag.Text]bool) *stanza {
	out := &stanza{name: s.Name}
	kind, pattern, ok := strings.Cut(s.Name, "::")
	switch {
	case ok && (kind == "source" || kind == "host"):
		out.literal = pattern
		out.pattern = l.pattern(s, pattern, kind == "host")
	case strings.HasPrefix(s.Name, anySourcetype):
		out.pattern = l.pattern(s, strings.TrimPrefix(s.Name, anySourcetype), true)
	}
	if out.pattern == nil {
		out.priority = 100
	}
	for _, setting := range s.Settings {
		if inherited[setting.Text] {
			continue
		}
		if setting.Key == "priority" {
			if n, err := strconv.Atoi(setting.Value); err == nil {
				out.priority = n
			}
			continue
		}
		if apply := l.operation(setting); apply != nil {
			out.operations = append(out.operations, operation{setting.Key, apply})
		}
	}
	return out
}

// pattern compiles a pattern of a source or host: `...` is anything, `*` anything
// within a path's part, parentheses and bars are a regex's. Nil is a literal.
func (l *loader) pattern(s *conf.Stanza, text string, fold bool) *regexp.Regexp {
	if !fold && !strings.Contains(text, "*") && !strings.Contains(text, "...") {
		return nil
	}
	var b strings.Builder
	b.WriteString("^(?:")
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case strings.HasPrefix(text[i:], "..."):
			b.WriteString(".*")
			i += 2
		case c == '*':
			b.WriteString(`[^/\\]*`)
		case c == '(' || c == ')' || c == '|' || c == '?' && i > 0 && text[i-1] == '(' || c == ':' && i > 1 && text[i-2:i] == "(?":
			b.WriteByte(c)
		default:
			b.WriteString(regexp.QuoteMeta(text[i : i+1]))
		}
	}
	b.WriteString(")$")
	flags := "(?s)"
	if fold {
		flags = "(?si)"
	}
	re, err := regexp.Compile(flags + b.String())
	if err != nil {
		l.report(diag.Message{
			Severity: diag.Warning, Text: `cannot read the pattern "` + text + `": ` + err.Error(), Place: s.Place,
			Hint: "events are compared with it as it stands",
		})
		return nil
	}
	return re
}

func (p *props) add(s *stanza) {
	switch {
	case strings.HasPrefix(s.name, "source::"):
		p.sources = append(p.sources, s)
	case strings.HasPrefix(s.name, "host::"):
		p.hosts = append(p.hosts, s)
	case strings.HasPrefix(s.name, anySourcetype):
		p.wild = append(p.wild, s)
	default:
		low := strings.ToLower(s.name)
		p.sourcetypes[low] = append(p.sourcetypes[low], s)
	}
}

func (s *stanza) matches(text string) bool {
	if s.pattern == nil {
		return s.literal == text
	}
	return s.pattern.MatchString(text)
}

// find is the stanzas that speak of events, highest precedence first: source,
// host, sourcetype, default. A sourcetype is compared without regard to case.
func (p *props) find(host, source, sourcetype string) []*stanza {
	var out []*stanza
	for _, s := range p.sources {
		if s.matches(source) {
			out = append(out, s)
		}
	}
	for _, s := range p.hosts {
		if s.matches(host) {
			out = append(out, s)
		}
	}
	out = append(out, p.ofSourcetype(sourcetype)...)
	return append(out, p.defaults)
}

func (p *props) ofSourcetype(sourcetype string) []*stanza {
	list := slices.Clone(p.sourcetypes[strings.ToLower(sourcetype)])
	slices.SortStableFunc(list, func(a, b *stanza) int { // the one written alike first
		return cmp.Compare(boolInt(a.name != sourcetype), boolInt(b.name != sourcetype))
	})
	for _, s := range p.wild {
		if s.matches(sourcetype) {
			list = append(list, s)
		}
	}
	return list
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rulesFor is the rules for events of a host, source and sourcetype. Where props
// renames the sourcetype, the new name's stanza counts.
func (b *Base) rulesFor(host, source, sourcetype string) *rules {
	stanzas := b.props.find(host, source, sourcetype)
	renamed := ""
	for _, s := range stanzas {
		for _, o := range s.operations {
			if o.key == "rename" && renamed == "" {
				var r rules
				o.apply(&r)
				renamed = r.sourcetype
			}
		}
	}
	if renamed != "" {
		stanzas = b.props.find(host, source, renamed)
	}
	return b.rulesOf(renamed, stanzas)
}

// rulesOf is the rules of stanzas, made once; renamed is what the events'
// sourcetype becomes, "" when it stays.
func (b *Base) rulesOf(renamed string, stanzas []*stanza) *rules {
	id := renamed
	for _, s := range stanzas {
		id += "\x00" + s.name
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.rules[id]
	if r == nil {
		r = merge(id, stanzas)
		r.sourcetype = renamed
		b.rules[id] = r
	}
	return r
}

// merge makes the rules of several stanzas, highest precedence first.
func merge(id string, stanzas []*stanza) *rules {
	r := &rules{id: id, extract: extractor{kv: kvAuto}}
	for l := range r.defined {
		r.defined[l] = map[string]node{}
	}
	seen := map[string]bool{}
	var all []operation
	for _, s := range stanzas {
		for _, o := range s.operations {
			if !seen[o.key] && o.key != "rename" {
				seen[o.key] = true
				all = append(all, o)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b operation) int { return strings.Compare(a.key, b.key) })
	for _, o := range all {
		o.apply(r)
	}
	r.extract.scanWindows()
	if r.extract.indexedJSON && r.extract.kv == kvNone {
		r.extract.kv = kvJSON
	}
	return r
}
