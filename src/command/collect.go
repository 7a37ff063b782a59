package command

import (
	"context"
	"errors"
	"strings"

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
	if s.hec = strings.EqualFold(a.text("output_format", "raw"), "hec"); s.hec {
		s.refuseWithHEC(a)
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
