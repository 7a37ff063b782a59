package command

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

var collectSpec = search.Spec{
	Name: "collect", Kind: search.Streaming,
	Syntax:  "collect index=<name> [addtime=<bool>] [addinfo=<bool>] [marker=<text>] [host=<text>] [source=<text>] [sourcetype=<text>] [timeformat=<format>] [testmode=<bool>] [output_format=raw|hec]",
	Help:    "writes rows as events into an index, and passes them on",
	Example: `| collect index=risk addtime=false`,
	Bind:    bindCollect,
}

// collect writes each row as an event: its _raw, or its fields in stash form
//
//	01/15/2026 12:20:00 +0000, info_min_time=..., info_max_time=..., info_search_time=..., key="value", ...
//
// in which a multivalue is its key repeated and a quote is \".
type collect struct {
	shown
	index, host, source, sourcetype, marker string
	addTime, addInfo, test, hec             bool
	format                                  *splunktime.Format
}

const stashTime = "%m/%d/%Y %H:%M:%S %z"

func bindCollect(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &collect{
		shown: shown{st}, index: a.text("index", "summary"),
		host: a.text("host", ""), source: a.text("source", ""), sourcetype: a.text("sourcetype", "stash"), marker: a.text("marker", ""),
		addTime: a.boolean("addtime", true), addInfo: a.boolean("addinfo", true), test: a.boolean("testmode", false),
		format: splunktime.CompileFormat(a.text("timeformat", stashTime)),
	}
	switch format := strings.ToLower(a.text("output_format", "raw")); format {
	case "raw":
	case "hec":
		s.hec = true
		s.refuseWithHEC(a)
	default:
		v, _ := st.Option("output_format")
		a.problem(v.Span, `unknown output_format "`+v.Text+`"`, "it is raw or hec")
	}
	a.unsupported("file", "rows go into an index, not into a file")
	if !a.boolean("spool", true) {
		a.unsupported("spool", "without it the rows would go nowhere")
	}
	if v, ok := st.Option("index"); ok && strings.ContainsAny(v.Text, "* ,") {
		a.problem(v.Span, `"`+v.Text+`" is no index's name`, "")
	}
	return s, a.problems
}

func (s *collect) refuseWithHEC(a *arguments) {
	for _, o := range s.st.Options {
		switch o.Name {
		case "addtime", "host", "marker", "source", "sourcetype", "uselb":
			a.problem(o.NameSpan, `option "`+o.Name+`" is not allowed with output_format=hec`, "the events take it from the fields of that name")
		}
	}
}

func (s *collect) Shape(in search.Schema) (search.Schema, diag.List) {
	if s.test {
		in = in.With("_raw", "_time", "index", "host", "source", "sourcetype")
	}
	return in, nil
}

func (s *collect) Needs([]string) []string { return []string{"*"} }

func (s *collect) Order() search.Order { return search.OrderNeeded }

func (s *collect) Open(w search.World) (search.Operator, error) {
	return &collecting{collect: s, world: w, info: w.Info()}, nil
}

type collecting struct {
	*collect
	world search.World
	info  search.Info
	deaf  bool // nobody takes the rows that are passed on
}

// Push writes the batch even when nobody takes it any more: head behind collect
// does not mean that less is collected.
func (o *collecting) Push(ctx context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	events := make([]event.Event, in.Len)
	for r := range events {
		events[r] = o.event(in, r)
	}
	if o.test {
		in = tested(in, events)
	} else if err := o.world.Write(ctx, events); err != nil {
		return err
	}
	if o.deaf {
		return nil
	}
	err := emit(in)
	if errors.Is(err, search.ErrDone) {
		o.deaf = true
		return nil
	}
	return err
}

func (o *collecting) Finish(context.Context, func(*batch.Batch) error) error { return nil }

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

func (o *collecting) infoFields() [3][2]string {
	latest := "+Infinity"
	if o.info.Latest != 0 {
		latest = millis(o.info.Latest)
	}
	return [3][2]string{
		{"info_min_time", millis(o.info.Earliest)},
		{"info_max_time", latest},
		{"info_search_time", millis(o.info.Now)},
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
