package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"riskreplay/src/conf"
	"riskreplay/src/event"
	"riskreplay/src/pcre"
)

// edit changes an event; false drops it (nullQueue).
type edit func(*event.Event) bool

// change applies SEDCMD and TRANSFORMS in their order.
func (r *rules) change(e *event.Event) bool {
	for _, one := range r.edits {
		if !one(e) {
			return false
		}
	}
	return true
}

// edits reads SEDCMD-class, then TRANSFORMS-class, each by class.
func (p *Props) edits(s *conf.Stanza) []edit {
	var list []edit
	for _, kind := range []string{"SEDCMD-", "TRANSFORMS-"} {
		for _, key := range keysOf(s, kind) {
			value := s.Get(key)
			if kind == "SEDCMD-" {
				one, err := sed(value)
				if err != nil {
					p.wrong(s, key, err)
					continue
				}
				list = append(list, one)
				continue
			}
			for name := range strings.SplitSeq(value, ",") {
				one, err := p.transform(strings.TrimSpace(name))
				if err != nil {
					p.wrong(s, key, err)
					continue
				}
				list = append(list, one)
			}
		}
	}
	return list
}

// keysOf are the keys of a stanza that begin with a prefix and have a value, by name.
func keysOf(s *conf.Stanza, prefix string) []string {
	seen := map[string]bool{}
	var keys []string
	for _, setting := range s.Settings {
		if strings.HasPrefix(setting.Key, prefix) && !seen[setting.Key] && s.Get(setting.Key) != "" {
			seen[setting.Key] = true
			keys = append(keys, setting.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// sed reads s/regex/replacement/flags or y/from/to/.
func sed(text string) (edit, error) {
	text = strings.TrimSpace(text)
	if len(text) < 4 || text[0] != 's' && text[0] != 'y' {
		return nil, errors.New("expected s/regex/replacement/flags or y/from/to/")
	}
	parts := sedParts(text[2:], text[1])
	if len(parts) != 3 {
		return nil, fmt.Errorf("expected three %q", text[1])
	}
	if text[0] == 'y' {
		return letters(parts[0], parts[1])
	}
	re, err := pcre.Compile(parts[0])
	if err != nil {
		return nil, err
	}
	flags := strings.TrimSpace(parts[2])
	most := 1
	if strings.Contains(flags, "g") {
		most = -1
	}
	if n := strings.Trim(flags, "gi"); n != "" {
		return nil, fmt.Errorf("the flag %q is not known here: expected g", n)
	}
	with := template(strings.ReplaceAll(parts[1], `\`+text[1:2], text[1:2]), '\\')
	return func(e *event.Event) bool {
		raw := string(e.Raw)
		all, err := re.FindAll(raw, most)
		if err != nil || len(all) == 0 {
			return true
		}
		out := make([]byte, 0, len(raw))
		from := 0
		for _, loc := range all {
			out = with.append(append(out, raw[from:loc[0]]...), raw, loc)
			from = loc[1]
		}
		e.Raw = append(out, raw[from:]...)
		return true
	}, nil
}

// sedParts cuts at a sign that no backslash stands before.
func sedParts(text string, at byte) []string {
	var parts []string
	from := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case at:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}

// letters replaces each letter of from by the one at its place in to.
func letters(from, to string) (edit, error) {
	if utf8.RuneCountInString(from) != utf8.RuneCountInString(to) {
		return nil, errors.New("expected as many letters on both sides")
	}
	var pairs []string
	with := []rune(to)
	for i, r := range []rune(from) {
		pairs = append(pairs, string(r), string(with[i]))
	}
	replacer := strings.NewReplacer(pairs...)
	return func(e *event.Event) bool {
		e.Raw = []byte(replacer.Replace(string(e.Raw)))
		return true
	}, nil
}

// template is a text with groups: piece, group, piece, ...
type templateText []templatePart

type templatePart struct {
	text  string
	group int // -1: the text alone
}

// template reads a text whose groups are a sign and a digit: \1 or $1.
func template(text string, sign byte) templateText {
	var out templateText
	from := 0
	for i := 0; i+1 < len(text); i++ {
		if text[i] == sign && text[i+1]-'0' < 10 {
			out = append(out, templatePart{text[from:i], int(text[i+1] - '0')})
			i++
			from = i + 1
		}
	}
	return append(out, templatePart{text[from:], -1})
}

func (t templateText) append(b []byte, text string, loc []int) []byte {
	for _, part := range t {
		b = append(b, part.text...)
		if g := part.group * 2; g >= 0 && g+1 < len(loc) && loc[g] >= 0 {
			b = append(b, text[loc[g]:loc[g+1]]...)
		}
	}
	return b
}

// transform reads a stanza of transforms.conf that works when an event is indexed.
func (p *Props) transform(name string) (edit, error) {
	if p.transforms == nil {
		return nil, fmt.Errorf("there is no transform %q", name)
	}
	s, ok := p.transforms.Stanza(name)
	if !ok {
		return nil, fmt.Errorf("there is no transform %q", name)
	}
	re, err := pcre.Compile(s.Get("REGEX"))
	if err != nil {
		return nil, err
	}
	source, key := s.Get("SOURCE_KEY"), s.Get("DEST_KEY")
	if key == "" && !truth(s.Get("WRITE_META")) {
		return nil, fmt.Errorf("the transform %q has no DEST_KEY and no WRITE_META", name)
	}
	write, ok := destinations[key]
	if !ok {
		return nil, fmt.Errorf("the transform %q writes %q, which is not done here", name, key)
	}
	read, ok := sources[source]
	if !ok {
		return nil, fmt.Errorf("the transform %q reads %q, which is not done here", name, source)
	}
	format := template(s.Get("FORMAT"), '$')
	return func(e *event.Event) bool {
		text := read(e)
		loc, err := re.Find(text, 0)
		if err != nil || loc == nil {
			return true
		}
		return write(e, string(format.append(nil, text, loc)))
	}, nil
}

// sources are what a transform can read.
var sources = map[string]func(*event.Event) string{
	"":                    func(e *event.Event) string { return string(e.Raw) },
	"_raw":                func(e *event.Event) string { return string(e.Raw) },
	"MetaData:Host":       func(e *event.Event) string { return "host::" + e.Host },
	"MetaData:Source":     func(e *event.Event) string { return "source::" + e.Source },
	"MetaData:Sourcetype": func(e *event.Event) string { return "sourcetype::" + e.Sourcetype },
	"_MetaData:Index":     func(e *event.Event) string { return e.Index },
}

// destinations are what a transform can write; false drops the event.
var destinations = map[string]func(e *event.Event, value string) bool{
	"_raw":                func(e *event.Event, v string) bool { e.Raw = []byte(v); return true },
	"queue":               func(_ *event.Event, v string) bool { return v != "nullQueue" },
	"_MetaData:Index":     func(e *event.Event, v string) bool { e.Index = v; return true },
	"MetaData:Host":       func(e *event.Event, v string) bool { e.Host = strings.TrimPrefix(v, "host::"); return true },
	"MetaData:Source":     func(e *event.Event, v string) bool { e.Source = strings.TrimPrefix(v, "source::"); return true },
	"MetaData:Sourcetype": func(e *event.Event, v string) bool { e.Sourcetype = strings.TrimPrefix(v, "sourcetype::"); return true },
	"_meta":               indexed,
	"":                    indexed,
}

// indexed adds the fields of name::value pairs; a value with blanks is in quotes.
func indexed(e *event.Event, text string) bool {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		name, rest, ok := strings.Cut(text, "::")
		if !ok {
			return true
		}
		var value string
		if quoted, is := strings.CutPrefix(rest, `"`); is {
			value, text, _ = strings.Cut(quoted, `"`)
		} else {
			value, text, _ = strings.Cut(rest, " ")
		}
		e.Fields = append(e.Fields[:len(e.Fields):len(e.Fields)], event.Field{Name: strings.TrimSpace(name), Value: value})
	}
	return true
}
