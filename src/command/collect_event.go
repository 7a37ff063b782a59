package command

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/search"
)

// event is a row as an event.
func (o *collecting) event(b *batch.Batch, r int) event.Event {
	e := event.Event{Index: o.index, Host: o.host, Source: o.source, Sourcetype: o.sourcetype, Time: o.time(b, r)}
	if e.Host == "" {
		e.Host = "localhost"
	}
	for _, source := range []string{o.info.SavedSearch, o.info.SID, "collect"} {
		if e.Source == "" {
			e.Source = source
		}
	}
	if o.hec {
		o.asHEC(&e, b, r)
		return e
	}
	if raw := b.Column("_raw"); raw != nil && !raw.IsNull(r) {
		e.Raw = []byte(raw.Text(r))
	} else {
		e.Raw = o.stash(b, r, e.Time)
	}
	if o.marker != "" {
		e.Raw = append(append(e.Raw, ", "...), o.marker...)
	}
	return e
}

// time is that of the field info_min_time, which a summary has, then the row's
// own, then the one that _raw begins with, then the start of the search's time
// range, then now.
func (o *collecting) time(b *batch.Batch, r int) event.Time {
	for _, field := range []string{"info_min_time", "_time"} {
		if c := b.Column(field); c != nil {
			if t, ok := c.Time(r); ok {
				return t
			}
		}
	}
	if raw := b.Column("_raw"); raw != nil && !raw.IsNull(r) {
		head, _, _ := strings.Cut(raw.Text(r), ",")
		if t, ok := event.ParseTime(head); ok {
			return t
		}
		return o.info.Now
	}
	if o.info.Earliest != 0 {
		return o.info.Earliest
	}
	return o.info.Now
}

// stash is a row without _raw in stash form.
func (o *collecting) stash(b *batch.Batch, r int, at event.Time) []byte {
	var out []byte
	part := func() {
		if len(out) > 0 {
			out = append(out, ", "...)
		}
	}
	if o.addTime {
		out = o.format.Print(out, at, o.info.Zone)
	}
	if o.info.SavedSearch != "" && b.Column("search_name") == nil {
		part()
		out = appendPair(out, "search_name", o.info.SavedSearch)
	}
	if o.addInfo {
		for _, p := range o.infoFields() {
			if b.Column(p[0]) == nil {
				part()
				out = append(out, p[0]+"="+p[1]...)
			}
		}
	}
	for i, n := range b.Names {
		if internal(n) {
			continue
		}
		for _, v := range b.Columns[i].Values(r) {
			part()
			out = appendPair(out, n, v)
		}
	}
	return out
}

func (o *collecting) infoFields() [3][2]string { return infoPairs(o.info) }

// infoPairs is what a search tells of itself.
func infoPairs(i search.Info) [3][2]string {
	latest := "+Infinity"
	if i.Latest != 0 {
		latest = millis(i.Latest)
	}
	return [3][2]string{
		{"info_min_time", millis(i.Earliest)},
		{"info_max_time", latest},
		{"info_search_time", millis(i.Now)},
	}
}

func millis(t event.Time) string { return strconv.FormatFloat(t.Seconds(), 'f', 3, 64) }

func appendPair(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), `="`...)
	dst = append(dst, strings.ReplaceAll(value, `"`, `\"`)...)
	return append(dst, '"')
}

// asHEC makes all fields of the row indexed fields; without _raw the event is
// their JSON object.
func (o *collecting) asHEC(e *event.Event, b *batch.Batch, r int) {
	e.Sourcetype = "stash_hec"
	object := []byte{'{'}
	for i, n := range b.Names {
		values := b.Columns[i].Values(r)
		if len(values) == 0 {
			continue
		}
		switch n {
		case "host":
			e.Host = values[0]
		case "source":
			e.Source = values[0]
		case "sourcetype":
			e.Sourcetype = values[0]
		case "index":
		case "_raw":
			e.Raw = []byte(values[0])
		default:
			if internal(n) {
				continue
			}
			for _, v := range values {
				e.Fields = append(e.Fields, event.Field{Name: n, Value: v})
			}
			object = appendJSON(object, n, values)
		}
	}
	if e.Raw == nil {
		e.Raw = append(object, '}')
	}
}

func appendJSON(dst []byte, name string, values []string) []byte {
	if len(dst) > 1 {
		dst = append(dst, ',')
	}
	quote := func(s string) { dst, _ = jsontext.AppendQuote(dst, s) } // invalid UTF-8 is replaced
	quote(name)
	dst = append(dst, ':')
	if len(values) == 1 {
		quote(values[0])
		return dst
	}
	dst = append(dst, '[')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		quote(v)
	}
	return append(dst, ']')
}

// tested is the rows as they would look when read from the index.
func tested(b *batch.Batch, events []event.Event) *batch.Batch {
	raw, times := &batch.Column{Bytes: make([][]byte, len(events))}, &batch.Column{Times: make([]event.Time, len(events))}
	texts := map[string][]string{}
	for i, e := range events {
		raw.Bytes[i], times.Times[i] = e.Raw, e.Time
		for name, text := range map[string]string{"index": e.Index, "host": e.Host, "source": e.Source, "sourcetype": e.Sourcetype} {
			texts[name] = append(texts[name], text)
		}
	}
	b = b.With("_raw", raw).With("_time", times)
	for _, name := range []string{"index", "host", "source", "sourcetype"} {
		b = b.With(name, batch.Texts(texts[name]...))
	}
	return b
}
