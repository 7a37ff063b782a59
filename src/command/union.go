package command

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var unionSpec = search.Spec{
	Name: "union", Kind: search.Dataset,
	Syntax:  "union [maxtime=N] [maxout=N] [timeout=N] (<type>:<name> | [<subsearch>])...",
	Help:    "joins the rows of several searches, and those that are there; events in their order of time",
	Example: `| union [search index=main sourcetype=a] [search index=main sourcetype=b]`,
	Bind:    bindUnion,
}

var multisearchSpec = search.Spec{
	Name: "multisearch", Kind: search.Generating,
	Syntax:  "multisearch [<subsearch>] [<subsearch>]...",
	Help:    "joins the events of several searches of streaming commands, newest first",
	Example: `| multisearch [search index=main sourcetype=a] [search index=main sourcetype=b | eval kind="b"]`,
	Bind:    bindMultisearch,
}

// together is the rows of several searches.
type together struct {
	shown
	parts []attached
	mixed bool // rows stand in the order of time
}

func bindUnion(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &together{shown: shown{st}, mixed: true}
	bound := a.bounds(c.Limits().Append())
	trees := slices.Clone(st.Subs)
	for _, w := range st.Words {
		if d := namedDataset(a, w); d != nil {
			trees = append(trees, fromSearch(st, d))
		}
	}
	slices.SortStableFunc(trees, func(x, y *spl.Search) int { return cmp.Compare(x.Span.Start, y.Span.Start) })
	if len(trees) == 0 && !a.failed() {
		a.problem(st.NameSpan, "union needs data sets: subsearches in brackets, or a type and a name such as datamodel:Web.Web", "")
	}
	for _, t := range trees {
		p := attach(a, t, c, bound)
		if p.streams(c) {
			p.bound.Rows = 0
		} else {
			s.mixed = false
		}
		s.parts = append(s.parts, p)
	}
	return s, a.problems
}

// namedDataset reads type:name.
func namedDataset(a *arguments, w spl.Value) *spl.Dataset {
	kind, name, ok := strings.Cut(w.Text, ":")
	kind = strings.ToLower(kind)
	if !ok || name == "" || !slices.Contains([]string{"datamodel", "savedsearch", "lookup", "inputlookup"}, kind) {
		a.problem(w.Span, `"`+w.Text+`" is no data set`, "write datamodel:Model.Dataset, savedsearch:name or inputlookup:name, or a subsearch in brackets")
		return nil
	}
	d := &spl.Dataset{Kind: kind, Name: name, Span: w.Span}
	if kind == "datamodel" {
		d.Name, d.Sub, _ = strings.Cut(name, ".")
	}
	return d
}

func bindMultisearch(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &together{shown: shown{st}, mixed: true}
	if len(st.Subs) < 2 {
		a.problem(st.NameSpan, "multisearch needs at least two subsearches", "")
	}
	for i, t := range st.Subs {
		p := attach(a, t, c, search.Bound{Option: "multisearch"})
		if name := notStreaming(t, c); name != "" {
			a.problem(t.Span, "subsearch "+strconv.Itoa(i+1)+` of multisearch has a command that does not stream: "`+name+`"`, "use append or union")
		}
		s.parts = append(s.parts, p)
	}
	return s, a.problems
}

// streams tells whether a part's rows are events that came through streaming
// commands alone.
func (s *attached) streams(c search.Context) bool {
	return s.plan != nil && s.schema().Events
}

// notStreaming is the first command of a search that does not go row by row; ""
// when all do.
func notStreaming(t *spl.Search, c search.Context) string {
	for i, st := range t.Stages {
		spec, ok := c.Table()(st.Name)
		if ok && spec.Kind != search.Streaming && (i > 0 || spec.Kind != search.Generating) {
			return st.Name
		}
	}
	return ""
}

func (s *together) Appends() (anywhere, generates bool) {
	if s.st.Name == "multisearch" {
		return false, true
	}
	return true, false
}

func (s *together) Shape(in search.Schema) (search.Schema, diag.List) {
	fresh := in.From == ""
	if fresh && len(s.parts) == 1 {
		return in, diag.List{s.st.Problem(s.st.NameSpan, "union needs at least two data sets at the beginning of a search", "behind other commands their rows are the first one")}
	}
	for i := range s.parts {
		right := s.parts[i].schema()
		if fresh {
			in, fresh = right, false
			continue
		}
		in = below(in, right)
	}
	return in, nil
}

func (s *together) Needs(want []string) []string {
	return search.Distinct(append(want[:len(want):len(want)], "_time"))
}

func (s *together) Prune(want []string) search.Stage {
	out := *s
	out.parts = make([]attached, len(s.parts))
	for i := range s.parts {
		out.parts[i] = s.parts[i].wanting(search.Distinct(append(want[:len(want):len(want)], "_time")))
	}
	return &out
}

// Depends tells that the searches run first.
func (s *together) Depends() bool { return len(s.parts) > 0 && s.parts[0].rows == nil }

func (s *together) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	out := *s
	out.parts = make([]attached, len(s.parts))
	for i := range s.parts {
		var err error
		if out.parts[i], err = s.parts[i].run(ctx, w); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

func (s *together) Open(search.World) (search.Operator, error) {
	return search.Whole(func(_ context.Context, all *batch.Batch) (*batch.Batch, error) {
		list := []*batch.Batch{}
		if all.Len > 0 {
			list = append(list, all)
		}
		for i := range s.parts {
			if b := s.parts[i].rows; b.Len > 0 {
				list = append(list, b)
			}
		}
		out := batch.Concat(list)
		if !s.mixed {
			return out, nil
		}
		return newestFirst(out), nil
	}), nil
}

// newestFirst orders rows by their time; those without one stay in place at the
// end.
func newestFirst(b *batch.Batch) *batch.Batch {
	c := b.Column("_time")
	if c == nil {
		return b
	}
	times := make([]event.Time, b.Len)
	for r := range times {
		if t, ok := c.Time(r); ok {
			times[r] = t
		} else {
			times[r] = -1 << 63
		}
	}
	rows := batch.AllRows(b.Len)
	slices.SortStableFunc(rows, func(x, y int32) int { return cmp.Compare(times[y], times[x]) })
	return b.Gather(rows)
}
