package command

import (
	"context"
	"slices"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/index"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var metadataSpec = search.Spec{
	Name: "metadata", Kind: search.Generating,
	Syntax:  "metadata type=hosts|sources|sourcetypes [index=<name>]...",
	Help:    "makes a row of each host, source or sourcetype: how many events it has, and when the first and the last",
	Example: `| metadata type=sourcetypes index=*`,
	Bind:    bindMetadata,
}

var eventcountSpec = search.Spec{
	Name: "eventcount", Kind: search.Generating,
	Syntax:  "eventcount [summarize=<bool>] [index=<name>]...",
	Help:    "counts the events of all times: all in one, or with summarize=false those of each index",
	Example: `| eventcount summarize=false index=*`,
	Bind:    bindEventcount,
}

// metadataCount counts events by what was said of them on the way in.
type metadataCount struct {
	shown
	kind, field string
	indexes     []string
}

// indexesOf checks the options of a command that may stand more than once, and
// gives the values of index.
func (a *arguments) indexesOf(known ...string) []string {
	var out []string
	for _, o := range a.st.Options {
		switch {
		case o.Name == "index":
			out = append(out, o.Value.Text)
		case !slices.Contains(known, o.Name):
			a.problem(o.NameSpan, a.st.Name+` has no option "`+o.Name+`" here`, diag.DidYouMean(o.Name, append(known, "index")))
		}
	}
	for _, w := range a.st.Words {
		a.problem(w.Span, `unexpected "`+w.Text+`"`, a.st.Name+" takes options only")
	}
	return out
}

func bindMetadata(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &metadataCount{shown: shown{st}, indexes: a.indexesOf("type", "splunk_server", "splunk_server_group", "datatype")}
	s.kind = strings.ToLower(a.text("type", ""))
	switch s.kind {
	case "hosts", "sources", "sourcetypes":
		s.field = strings.TrimSuffix(s.kind, "s")
	case "":
		a.problem(st.NameSpan, "metadata needs type=", "the types are hosts, sources and sourcetypes")
	default:
		v, _ := st.Option("type")
		a.problem(v.Span, `metadata has no type "`+v.Text+`"`, "the types are hosts, sources and sourcetypes")
	}
	return s, a.problems
}

func (s *metadataCount) Shape(search.Schema) (search.Schema, diag.List) {
	fields := []string{"firstTime", s.field, "lastTime", "recentTime", "totalCount", "type"}
	return search.Schema{Fields: fields, Ordered: true, From: "metadata"}, nil
}

func (s *metadataCount) Needs([]string) []string { return nil }

// Query is what the stage asks of the index.
func (s *metadataCount) Query(i search.Info) index.Query {
	return index.Query{Earliest: i.Earliest, Latest: i.Latest, Fields: []string{"_time", s.field}, Indexes: s.indexes}
}

// AnyOrder is the stage itself: it asks for no order.
func (s *metadataCount) AnyOrder() search.Stage { return s }

func (s *metadataCount) Open(w search.World) (search.Operator, error) {
	return search.Source(func(ctx context.Context, emit func(*batch.Batch) error) error {
		of := func(name, field string) boundAgg {
			fn, _ := aggregate.Find(name)
			return boundAgg{fn: fn, column: name, field: field, options: aggregate.Options{NoField: field == ""}}
		}
		g := newGroups([]string{s.field}, aggregate.KeyOptions{}, []boundAgg{of("min", "_time"), of("max", "_time"), of("count", "")})
		for b, err := range w.Scan(ctx, s.Query(w.Info())) {
			if err != nil {
				return err
			}
			g.add(b, []*batch.Column{b.Column(s.field)})
		}
		all := g.result(false)
		if all.Len == 0 {
			return nil
		}
		out := batch.New(all.Len)
		out.Set("firstTime", all.Column("min"))
		out.Set(s.field, all.Column(s.field))
		out.Set("lastTime", all.Column("max"))
		out.Set("recentTime", all.Column("max"))
		out.Set("totalCount", all.Column("count"))
		out.Set("type", batch.Constant(s.kind, all.Len))
		return emit(out)
	}), nil
}

// eventcount counts without regard to the time range.
type eventcount struct {
	shown
	summarize bool
	indexes   []string
}

func bindEventcount(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	return &eventcount{shown{st}, a.boolean("summarize", true), a.indexesOf("summarize", "report_size", "list_vix", "list_federated_remote", "splunk_server", "splunk_server_group")}, a.problems
}

func (s *eventcount) Shape(search.Schema) (search.Schema, diag.List) {
	out := search.Schema{Fields: []string{"count"}, Ordered: true, From: "eventcount"}
	if !s.summarize {
		out = out.With("index", "server")
	}
	return out, nil
}

func (s *eventcount) Needs([]string) []string { return nil }

func (s *eventcount) Open(w search.World) (search.Operator, error) {
	return search.Source(func(ctx context.Context, emit func(*batch.Batch) error) error {
		var by []string
		if !s.summarize {
			by = []string{"index"}
		}
		fn, _ := aggregate.Find("count")
		g := newGroups(by, aggregate.KeyOptions{}, []boundAgg{{fn: fn, column: "count", options: aggregate.Options{NoField: true}}})
		for b, err := range w.Scan(ctx, index.Query{Fields: []string{"index"}, Indexes: s.indexes}) {
			if err != nil {
				return err
			}
			g.add(b, []*batch.Column{b.Column("index")}[:len(by)])
		}
		all := g.result(false)
		if all.Len == 0 {
			return nil
		}
		out := batch.New(all.Len)
		out.Set("count", all.Column("count"))
		if !s.summarize {
			out.Set("index", all.Column("index"))
			out.Set("server", batch.Constant("localhost", all.Len))
		}
		return emit(out)
	}), nil
}
