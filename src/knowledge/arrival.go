package knowledge

import (
	"strings"

	"riskreplay/src/event"
	"riskreplay/src/pcre"
)

// arrival is what the configuration does to events of one kind before they are
// indexed: SEDCMD edits first, then TRANSFORMS, each in byte order of its classes.
type arrival struct {
	edits      []*pcre.Sed
	transforms []*rewrite
}

// Arrives tells whether the configuration does anything to events that arrive.
func (b *Base) Arrives() bool { return b.arriving }

// Arrive does to an event what SEDCMD and TRANSFORMS of props.conf say, as Splunk
// does before it indexes one: it edits the bytes, gives it another host, source,
// sourcetype or index, or indexed fields. It is false for an event that goes to
// the nullQueue, which nobody will see. The bytes that e had are not written to;
// the stanzas that count are those of the event as it came.
func (b *Base) Arrive(e *event.Event) (keep bool) {
	if !b.arriving {
		return true
	}
	a := &b.rulesOf("", b.props.find(e.Host, e.Source, e.Sourcetype)).arrival
	for _, s := range a.edits {
		if text, err := s.Edit(string(e.Raw)); err == nil && text != string(e.Raw) {
			e.Raw = []byte(text)
		}
	}
	keep = true
	for _, t := range a.transforms {
		t.apply(e, &keep)
	}
	return keep
}

// rewrite is a stanza of transforms.conf that TRANSFORMS names.
type rewrite struct {
	re *pcre.Regexp
	// source and to are keys such as _raw or MetaData:Host; to "" writes indexed
	// fields.
	source, to string
	format     template
	fields     []output // of the indexed fields
	fallback   string   // DEFAULT_VALUE
	lookahead  int
	repeat     bool
}

func (t *rewrite) apply(e *event.Event, keep *bool) {
	text := t.text(e)
	at, _ := t.re.Find(text, 0) // a match that takes too long is none
	if at == nil {
		if t.fallback != "" && t.to != "" {
			t.put(e, t.fallback, keep)
		}
		return
	}
	if t.to != "" {
		t.put(e, string(t.fill(e, text, at)), keep)
		return
	}
	for n := 0; at != nil && n < maxMatches; n++ {
		t.index(e, text, at)
		next := at[1]
		if at[1] == at[0] {
			next++
		}
		if !t.repeat || next > len(text) {
			return
		}
		at, _ = t.re.Find(text, next)
	}
}

// text is what the regular expression is matched with.
func (t *rewrite) text(e *event.Event) string {
	text := ""
	switch t.source {
	case "_raw":
		text = string(e.Raw)
	case "MetaData:Host":
		text = "host::" + e.Host
	case "MetaData:Source":
		text = "source::" + e.Source
	case "MetaData:Sourcetype":
		text = "sourcetype::" + e.Sourcetype
	case "_MetaData:Index":
		text = e.Index
	default:
		for _, f := range e.Fields {
			if f.Name == t.source {
				text = f.Value
				break
			}
		}
	}
	return text[:min(len(text), t.lookahead)]
}

// fill is the format with a match's groups; $0 is what the key had before.
func (t *rewrite) fill(e *event.Event, text string, at []int) []byte {
	var out []byte
	for _, p := range t.format {
		switch {
		case p.group < 0:
			out = append(out, p.text...)
		case p.group == 0:
			before := *t
			before.source, before.lookahead = t.to, len(e.Raw)+maxPairBytes
			out = append(out, before.text(e)...)
		case 2*p.group+1 < len(at) && at[2*p.group] >= 0:
			out = append(out, text[at[2*p.group]:at[2*p.group+1]]...)
		}
	}
	return out
}

// maxRewritten bounds what a transform makes of an event: some that repeat it one
// after the other would fill the memory.
const maxRewritten = 16 << 20

// put writes a value under the key.
func (t *rewrite) put(e *event.Event, value string, keep *bool) {
	switch t.to {
	case "_raw":
		if len(value) <= maxRewritten {
			e.Raw = []byte(value)
		}
	case "queue":
		*keep = !strings.EqualFold(value, "nullQueue")
	case "MetaData:Host":
		e.Host = withoutKey("host::", value)
	case "MetaData:Source":
		e.Source = withoutKey("source::", value)
	case "MetaData:Sourcetype":
		e.Sourcetype = withoutKey("sourcetype::", value)
	case "_MetaData:Index":
		e.Index = value
	}
}

func withoutKey(key, value string) string {
	if len(value) >= len(key) && strings.EqualFold(value[:len(key)], key) {
		return value[len(key):]
	}
	return value
}

// index adds the indexed fields of a match.
func (t *rewrite) index(e *event.Event, text string, at []int) {
	raw := []byte(text)
	for _, o := range t.fields {
		name := o.name
		if name == "" {
			key, ok := o.nameParts.fill(raw, at, nil)
			if !ok {
				continue
			}
			name = string(cleanKey(key, nil))
		}
		if value, ok := o.value.fill(raw, at, nil); ok && name != "" && len(value) > 0 {
			e.Fields = append(e.Fields[:len(e.Fields):len(e.Fields)], event.Field{Name: name, Value: string(value)})
		}
	}
}
