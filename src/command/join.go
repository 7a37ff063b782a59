package command

import (
	"context"
	"slices"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spill"
	"riskreplay/src/spl"
)

var joinSpec = search.Spec{
	Name: "join", Kind: search.Centralized,
	Syntax:  "join [type=inner|left|outer] [usetime=<bool>] [earlier=<bool>] [overwrite=<bool>] [max=N] (<field>... | left=<name> right=<name> where <name>.<field>=<name>.<field>...) ([<subsearch>] | datamodel:<name> | savedsearch:<name> | inputlookup:<name>)",
	Help:    "adds the fields of a subsearch's rows to the rows with the same values in the fields named, of which it takes one, or as many as max=0 finds",
	Example: `| join type=left max=0 dest [search index=main EventCode=3 | fields dest, dest_ip]`,
	Bind:    bindJoin,
}

// join adds fields of the right side's rows (rule 2.13). Order is the left side's.
type join struct {
	shown
	attached
	keys              []pair // left and right name; none is all common fields
	names             []spl.Name
	left, right       string // prefixes of the fields' names, with their point
	outer             bool
	useTime, earlier  bool
	overwrite, clears bool
	most              int
	common            bool
	more              *spill.Buffer // the right side, where it does not fit into memory
}

func bindJoin(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &join{
		shown: shown{st}, outer: !oneOf(a.text("type", "inner"), "inner"), useTime: a.boolean("usetime", false), earlier: a.boolean("earlier", true),
		overwrite: a.boolean("overwrite", true), most: a.number("max", 0, 1), clears: c.Env().Rules.JoinNullOverwrites,
	}
	a.unsupported("return_multivalue", "each match makes a row: max=0")
	a.plain(st.Fields)
	a.once(st.Fields)
	for _, f := range st.Fields {
		s.keys, s.names = append(s.keys, pair{f.Text, f.Text}), append(s.names, f)
	}
	s.aliases(a)
	s.common = len(s.keys) == 0
	tree := rightSide(a)
	if tree == nil || a.failed() {
		return nil, a.problems
	}
	s.attached = attach(a, tree, c, c.Limits().Join())
	return s, a.problems
}

// rightSide is the search of the right side: the one in brackets, or one that
// begins with the dataset named.
func rightSide(a *arguments) *spl.Search {
	st := a.st
	switch {
	case len(st.Subs) == 1 && st.Dataset == nil:
		return st.Subs[0]
	case len(st.Subs) == 0 && st.Dataset != nil:
		return fromSearch(st, st.Dataset)
	}
	a.problem(st.NameSpan, "join needs one right side: a subsearch in brackets, or datamodel:, savedsearch: or inputlookup: with a name", "")
	return nil
}

// fromSearch is the search that reads a dataset.
func fromSearch(st *spl.Stage, d *spl.Dataset) *spl.Search {
	return &spl.Search{Span: d.Span, Stages: []*spl.Stage{{
		Source: st.Source, Span: d.Span, Name: "from", NameSpan: d.Span, ArgSpan: d.Span, Dataset: d,
	}}}
}

// aliases reads left=L right=R where L.a=R.b.
func (s *join) aliases(a *arguments) {
	left, right := a.text("left", ""), a.text("right", "")
	where := s.st.Clause("where")
	switch {
	case left == "" && right == "" && where == nil:
		return
	case left == "" || right == "" || where == nil || len(s.st.Fields) > 0:
		a.problem(s.st.NameSpan, "join takes left=, right= and where together, and no list of fields beside them", "left=L right=R where L.id=R.id")
		return
	}
	s.left, s.right = left+".", right+"."
	for i := 0; i+1 < len(where.Names); i += 2 {
		l, r := where.Names[i], where.Names[i+1]
		lf, lok := cutPrefix(l.Text, s.left)
		rf, rok := cutPrefix(r.Text, s.right)
		if !lok || !rok {
			a.problem(spl.Span{Start: l.Span.Start, End: r.Span.End}, `a pair of fields goes `+left+".field="+right+".field", "")
			continue
		}
		s.keys, s.names = append(s.keys, pair{lf, rf}), append(s.names, spl.Name{Text: lf, Span: l.Span})
	}
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return "", false
}

func (s *join) isKey(field string) bool {
	return slices.ContainsFunc(s.keys, func(p pair) bool { return p.to == field })
}

func (s *join) Shape(in search.Schema) (search.Schema, diag.List) {
	effect := "no row is left"
	if s.outer {
		effect = "nothing is added"
	}
	problems := in.Missing(s.st, effect, s.names...)
	right := s.schema()
	for _, n := range s.names {
		m := right.Missing(s.st, effect, spl.Name{Text: s.keyOf(n.Text), Span: n.Span})
		for i := range m {
			m[i].Text += ", in the subsearch"
		}
		problems = append(problems, m...)
	}
	if s.left == "" {
		events := in.Events
		in = below(in, right)
		in.Events = events
		return in, problems
	}
	out := search.Schema{Open: in.Open || right.Open, Ordered: in.Ordered, From: in.From}
	for _, f := range in.Fields {
		out = out.With(s.left + f)
	}
	for _, f := range right.Fields {
		out = out.With(s.right + f)
	}
	return out, problems
}

func (s *join) keyOf(left string) string {
	for _, p := range s.keys {
		if p.from == left {
			return p.to
		}
	}
	return left
}

func (s *join) Needs(want []string) []string {
	if s.common || s.left != "" {
		return []string{"*"}
	}
	out := want[:len(want):len(want)]
	for _, p := range s.keys {
		out = append(out, p.from)
	}
	if s.useTime {
		out = append(out, "_time")
	}
	return search.Distinct(out)
}

func (s *join) Prune(want []string) search.Stage {
	if s.common || s.left != "" {
		return s
	}
	out := *s
	for _, p := range s.keys {
		want = append(want[:len(want):len(want)], p.to)
	}
	if s.useTime {
		want = append(want, "_time")
	}
	out.attached = s.wanting(search.Distinct(want))
	return &out
}

// Order: each row finds its own, whatever came before it.
func (s *join) Order() search.Order { return search.OrderKept }

// Depends tells that the right side runs first.
func (s *join) Depends() bool { return s.rows == nil && s.more == nil }

func (s *join) Resolve(ctx context.Context, w search.World) (search.Stage, error) {
	out := *s
	rows, err := s.plan.Keep(ctx, w, s.of.Source.At(s.at), s.bound)
	if err != nil {
		return nil, err
	}
	if rows.OnDisk() {
		out.more = rows
		return &out, nil
	}
	out.rows = s.plan.Schema().Arrange(rows.All())
	return &out, nil
}

func (s *join) Open(w search.World) (search.Operator, error) {
	switch {
	case s.common:
		return &joiningAll{s, w, w.Memory().Buffer()}, nil
	case s.more != nil:
		return s.inParts(w), nil
	}
	return &joining{matching: s.matching()}, nil
}

// joiningAll joins by all fields that both sides have, which all rows must be seen
// for.
type joiningAll struct {
	*join
	world search.World
	kept  *spill.Buffer
}

func (o *joiningAll) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	return o.kept.Add(in)
}

func (o *joiningAll) Finish(ctx context.Context, emit func(*batch.Batch) error) error {
	defer o.kept.Free()
	run := *o.join
	right, none := o.rightNames(), o.rows != nil && o.rows.Len == 0
	for _, n := range o.kept.Names() {
		if !internal(n) && slices.Contains(right, n) {
			run.keys = append(run.keys, pair{n, n})
		}
	}
	switch {
	case o.kept.Len() == 0 || len(run.keys) == 0 && none && !o.outer:
		return nil
	case len(run.keys) == 0 && none:
		return o.kept.Each(ctx, emit)
	case len(run.keys) == 0:
		return o.join.shown.st.Problem(o.join.shown.st.NameSpan, "the two sides of join have no field in common", "name the fields to join by")
	}
	run.common = false
	op, err := run.Open(o.world)
	if err != nil {
		return err
	}
	if err := o.kept.Each(ctx, func(b *batch.Batch) error { return op.Push(ctx, b, emit) }); err != nil {
		return err
	}
	return op.Finish(ctx, emit)
}

func (s *join) rightNames() []string {
	if s.more != nil {
		return s.more.Names()
	}
	return s.rows.Names
}

// joining adds the right side to rows as they come.
type joining struct {
	*matching
	made int // rows so far
}

func (o *joining) Push(ctx context.Context, in *batch.Batch, emit func(*batch.Batch) error) error {
	return o.pairs(in, func(left, right []int32) error {
		if o.made += len(left); o.made > maxJoined {
			st := o.join.shown.st
			return st.Problem(st.NameSpan, "join makes more than 50,000,000 rows", "name more fields to join by, or bound the matches with max=")
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return emit(o.batch(in, left, right))
	})
}

func (o *joining) Finish(context.Context, func(*batch.Batch) error) error { return nil }

// The limits on what a join makes: rows in all, and in one batch.
const (
	maxJoined   = 50_000_000
	joinedBatch = 1 << 16
)

// matching is the right side, found by the values of its keys.
type matching struct {
	*join
	keys    *aggregate.Keys
	groups  int
	first   []int32 // by group: its first row, -1 for none
	next    []int32 // by row: the next one of its group
	columns []*batch.Column
	names   []string
	times   *batch.Column
}

func (s *join) matching() *matching {
	m := &matching{join: s, keys: aggregate.NewKeys(len(s.keys), aggregate.KeyOptions{Whole: true}), times: s.rows.Column("_time")}
	cols := make([]*batch.Column, len(s.keys))
	for i, p := range s.keys {
		cols[i] = s.rows.Column(p.to)
	}
	rows, groups := m.keys.Group(cols, batch.AllRows(s.rows.Len))
	m.groups = m.keys.Len()
	m.first, m.next = make([]int32, m.groups), make([]int32, s.rows.Len)
	for i := range m.first {
		m.first[i] = -1
	}
	for i, r := range slices.Backward(rows) {
		m.next[r] = m.first[groups[i]]
		m.first[groups[i]] = r
	}
	for i, n := range s.rows.Names {
		if s.left == "" && (s.isKey(n) || internal(n)) {
			continue
		}
		m.names, m.columns = append(m.names, s.right+n), append(m.columns, s.rows.Columns[i].Coded())
	}
	return m
}

// batch is rows of the left side with those of the right.
func (m *matching) batch(b *batch.Batch, left, right []int32) *batch.Batch {
	out := b.Gather(left)
	if m.left != "" {
		out.Names = slices.Clone(out.Names)
		for i, n := range out.Names {
			out.Names[i] = m.left + n
		}
	}
	for i, name := range m.names {
		c := gatherOrNull(m.columns[i], right)
		if old := out.Column(name); old != nil {
			c = m.merged(old, c, right)
		}
		out = out.With(name, c)
	}
	return out
}

// merged is a field that both sides have.
func (m *matching) merged(old, c *batch.Column, right []int32) *batch.Column {
	switch {
	case !m.overwrite:
		return inRows(c, old)
	case !m.clears:
		return inRows(old, c)
	}
	var rows []int32
	for i, r := range right {
		if r >= 0 {
			rows = append(rows, int32(i))
		}
	}
	return overlay(old, c, rows, len(right))
}

func gatherOrNull(c *batch.Column, rows []int32) *batch.Column {
	out := &batch.Column{Dict: c.Dict, Codes: make([]batch.Code, len(rows))}
	if c.Dict == nil {
		out.Dict = batch.NewDict()
	}
	for i, r := range rows {
		if r >= 0 {
			out.Codes[i] = c.Codes[r]
		}
	}
	return out
}

// pairs gives the rows of the result in parts: which of the left side, and which of
// the right, -1 for none.
func (m *matching) pairs(b *batch.Batch, part func(left, right []int32) error) error {
	cols := make([]*batch.Column, len(m.join.keys))
	for i, p := range m.join.keys {
		cols[i] = b.Column(p.from)
	}
	rows, groups := m.keys.Group(cols, batch.AllRows(b.Len))
	times := b.Column("_time")
	var left, right []int32
	flush := func(most int) error {
		if len(left) <= most {
			return nil
		}
		err := part(left, right)
		left, right = nil, nil
		return err
	}
	next := 0
	for r := range int32(b.Len) {
		found := 0
		if next < len(rows) && rows[next] == r {
			if g := int(groups[next]); g < m.groups {
				for at := m.first[g]; at >= 0 && (m.most == 0 || found < m.most); at = m.next[at] {
					if m.useTime && !m.inTime(times, int(r), int(at)) {
						continue
					}
					left, right = append(left, r), append(right, at)
					found++
					if err := flush(joinedBatch); err != nil {
						return err
					}
				}
			}
			next++
		}
		if found == 0 && m.outer {
			left, right = append(left, r), append(right, -1)
		}
	}
	return flush(0)
}

// inTime tells whether a right row is not later than the left one, or not earlier.
func (m *matching) inTime(times *batch.Column, left, right int) bool {
	if times == nil || m.times == nil {
		return false
	}
	l, ok := times.Time(left)
	r, ok2 := m.times.Time(right)
	if !ok || !ok2 {
		return false
	}
	if m.earlier {
		return r/1e9 <= l/1e9
	}
	return r/1e9 >= l/1e9
}
