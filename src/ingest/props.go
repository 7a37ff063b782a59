package ingest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/pcre"
	"riskreplay/src/splunktime"
)

// Props breaks bodies into events and dates them as props.conf says, which is what a Splunk does with raw data of a sourcetype when
// it indexes it:
//
//	LINE_BREAKER                the first group is between two events
//	SHOULD_LINEMERGE            true puts lines together again, from a line that
//	                            BREAK_ONLY_BEFORE matches, or else begins with a time, to
//	                            the next, or to one that MUST_BREAK_AFTER matches, or to
//	                            MAX_EVENTS lines (256)
//	TRUNCATE                    how many bytes an event keeps; without it all
//	TIME_PREFIX, TIME_FORMAT    where the time stands, and its form
//	MAX_TIMESTAMP_LOOKAHEAD     how many bytes behind that it may be (128)
//	MAX_DAYS_AGO, MAX_DAYS_HENCE  times further away (2000, 2) are none
//	TZ                          the zone of times without one
//	DATETIME_CONFIG             CURRENT or NONE: the time of arrival
//
// What SEDCMD and TRANSFORMS do to events is the knowledge's (Arrive).
//
// Unlike in Splunk, lines are not put together unless SHOULD_LINEMERGE says so, and
// nothing is cut unless TRUNCATE does. An event without a time has that of the event
// before it, else of its arrival. It is safe for concurrent use.
type Props struct {
	stanzas []*conf.Stanza
	zone    *time.Location
	warn    func(diag.Message)

	mu    sync.Mutex
	rules map[rulesKey]*rules
}

// rulesKey is what rules are chosen by.
type rulesKey struct{ host, source, sourcetype string }

// maxRules bounds what is kept: names come from outside.
const maxRules = 1000

// ownProps is what is known of sourcetypes without an app that says more.
const ownProps = `
[XmlWinEventLog]
LINE_BREAKER = (\s*)<Event[\s>]
SHOULD_LINEMERGE = false
TIME_PREFIX = SystemTime=['"]

[xmlwineventlog]
LINE_BREAKER = (\s*)<Event[\s>]
SHOULD_LINEMERGE = false
TIME_PREFIX = SystemTime=['"]

[WinEventLog]
LINE_BREAKER = ([\r\n]+)\d\d/\d\d/\d{4} \d\d:\d\d:\d\d [AP]M
SHOULD_LINEMERGE = false
`

// NewProps reads the settings of props.conf, which may be nil.
// zone is that of times which name none. What is wrong with a setting is told to
// warn when it is met first, and the setting does not count.
func NewProps(props *conf.Conf, zone *time.Location, warn func(diag.Message)) *Props {
	p := &Props{zone: zone, warn: warn, rules: map[rulesKey]*rules{}}
	own, _ := conf.Parse("built in", []byte(ownProps))
	p.stanzas = own.Stanzas
	if props != nil {
		p.stanzas = append(slices.Clone(p.stanzas), ownSettings(props)...)
	}
	return p
}

// ownSettings are [default] and the other stanzas without what they have from it.
func ownSettings(props *conf.Conf) []*conf.Stanza {
	var list []*conf.Stanza
	all, ok := props.Stanza("default")
	if ok {
		list = append(list, all)
	}
	for _, s := range props.Stanzas() {
		mine := *s
		mine.Settings = slices.DeleteFunc(slices.Clone(s.Settings), func(one conf.Setting) bool {
			if !ok {
				return false
			}
			general, has := all.Lookup(one.Key)
			return has && general.Text == one.Text
		})
		list = append(list, &mine)
	}
	return list
}

// rules are what holds for events of one host, source and sourcetype.
type rules struct {
	breaker   *pcre.Regexp // nil: line ends
	merge     bool
	before    *pcre.Regexp
	after     *pcre.Regexp
	maxLines  int
	truncate  int
	prefix    *pcre.Regexp
	format    *splunktime.Format
	lookahead int
	ago       event.Time
	hence     event.Time
	zone      *time.Location
	arrival   bool // the time is that of arrival
}

// of gives the rules for an event.
func (p *Props) of(e *event.Event) *rules {
	key := rulesKey{e.Host, e.Source, e.Sourcetype}
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.rules[key]; r != nil {
		return r
	}
	if len(p.rules) >= maxRules {
		clear(p.rules)
	}
	r := p.read(p.settings(key))
	p.rules[key] = r
	return r
}

// settings are those of the stanzas that fit, of each key the one that counts: by
// source before host before sourcetype; of those alike the later.
func (p *Props) settings(key rulesKey) *conf.Stanza {
	merged := &conf.Stanza{}
	for _, kind := range []func(name string) bool{
		func(name string) bool { return name == "default" },
		func(name string) bool { return globbed(name, "(?::){0}", key.sourcetype) },
		func(name string) bool { return name == key.sourcetype },
		func(name string) bool { return globbed(name, "host::", key.host) },
		func(name string) bool { return globbed(name, "source::", key.source) },
	} {
		for _, s := range p.stanzas {
			if kind(s.Name) {
				merged.Settings = append(merged.Settings, s.Settings...)
			}
		}
	}
	return merged
}

// globbed tells whether a stanza of a kind is for a value: ... is anything, * is
// anything but a slash, | between others is or.
func globbed(name, kind, value string) bool {
	pattern, ok := strings.CutPrefix(name, kind)
	if !ok {
		return false
	}
	if !strings.ContainsAny(pattern, "*|(") && !strings.Contains(pattern, "...") {
		return strings.EqualFold(pattern, value)
	}
	var b strings.Builder
	b.WriteString(`(?is)\A(?:`)
	for pattern != "" {
		switch {
		case strings.HasPrefix(pattern, "..."):
			b.WriteString(`.*`)
			pattern = pattern[3:]
			continue
		case pattern[0] == '*':
			b.WriteString(`[^/\\]*`)
		case strings.IndexByte("|()", pattern[0]) >= 0:
			b.WriteByte(pattern[0])
		default:
			b.WriteString(regexp.QuoteMeta(pattern[:1]))
		}
		pattern = pattern[1:]
	}
	b.WriteString(`)\z`)
	re, err := regexp.Compile(b.String())
	return err == nil && re.MatchString(value)
}

// read compiles settings.
func (p *Props) read(s *conf.Stanza) *rules {
	r := &rules{zone: p.zone}
	r.breaker = p.regex(s, "LINE_BREAKER")
	if r.breaker != nil && (len(r.breaker.Names()) < 2 || s.Get("LINE_BREAKER") == `([\r\n]+)`) {
		r.breaker = nil
	}
	r.merge = truth(s.Get("SHOULD_LINEMERGE"))
	r.before, r.after = p.regex(s, "BREAK_ONLY_BEFORE"), p.regex(s, "MUST_BREAK_AFTER")
	r.maxLines = p.number(s, "MAX_EVENTS", 256)
	r.truncate = p.number(s, "TRUNCATE", 0)
	r.prefix = p.regex(s, "TIME_PREFIX")
	if format := s.Get("TIME_FORMAT"); format != "" {
		r.format = splunktime.CompileFormat(format)
	}
	r.lookahead = p.number(s, "MAX_TIMESTAMP_LOOKAHEAD", 128)
	const day = event.Time(24 * time.Hour)
	r.ago, r.hence = day*event.Time(min(p.number(s, "MAX_DAYS_AGO", 2000), 10951)), day*event.Time(min(p.number(s, "MAX_DAYS_HENCE", 2), 10950))
	if name := s.Get("TZ"); name != "" {
		zone, err := time.LoadLocation(name)
		if err == nil {
			r.zone = zone
		} else {
			p.wrong(s, "TZ", fmt.Errorf("there is no such time zone"))
		}
	}
	config := strings.ToUpper(s.Get("DATETIME_CONFIG"))
	r.arrival = config == "CURRENT" || config == "NONE"
	return r
}

func truth(text string) bool {
	switch strings.ToLower(text) {
	case "1", "t", "true", "y", "yes":
		return true
	}
	return false
}

func (p *Props) regex(s *conf.Stanza, key string) *pcre.Regexp {
	text := s.Get(key)
	if text == "" {
		return nil
	}
	re, err := pcre.Compile(text)
	if err != nil {
		p.wrong(s, key, err)
		return nil
	}
	return re
}

func (p *Props) number(s *conf.Stanza, key string, otherwise int) int {
	text := s.Get(key)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		if key != "MAX_TIMESTAMP_LOOKAHEAD" || text != "-1" {
			p.wrong(s, key, fmt.Errorf("expected a number"))
			return otherwise
		}
		return 0 // anywhere
	}
	return n
}

func (p *Props) wrong(s *conf.Stanza, key string, err error) {
	setting, _ := s.Lookup(key)
	m := diag.Message{Severity: diag.Warning, Text: fmt.Sprintf("cannot use %s = %.100s: %v", key, setting.Value, err), Cause: err}
	if setting.Text != nil {
		m.Place = setting.Text.At(0, len(setting.Value))
	}
	p.warn(m)
}
