package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/index"
	"riskreplay/src/job"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// Explanation tells where a search lost its rows: its commands up to the first that
// leaves none, or all of them when rows are left.
type Explanation struct {
	Steps []ExplainedStep
	// Nearest is the event, or row, that came nearest to passing the last step; nil
	// when that step has no conditions, or nothing came in.
	Nearest *Nearest
}

// ExplainedStep is a command with the rows that it leaves.
type ExplainedStep struct {
	Text string // as printed
	Rows int
	// In is how many rows came in: of the first command, when it leaves none, the
	// events that it looked at; Scanned tells that they were counted.
	In      int
	Scanned bool
	// Conditions are what a search, where or tstats asks of each row, when it is the
	// command that leaves none.
	Conditions []ExplainedCondition
}

// ExplainedCondition is one of the conditions that must all hold.
type ExplainedCondition struct {
	Text  string
	Place diag.Place
	// Alone is how many rows meet it, Left how many meet it and all before it.
	Alone, Left int
}

// Nearest is a row that met more conditions than any other.
type Nearest struct {
	Met, Of int
	// Row is what identifies it, and the fields that the conditions ask for.
	Row []NearestField
	// Missed are the conditions that it did not meet.
	Missed []string
}

// NearestField is a field of the nearest row; Values is empty when it has none.
type NearestField struct {
	Name   string
	Values []string
	// Missed tells that a condition that was not met asks for it.
	Missed bool
}

// Explain runs a search command by command and tells where its rows were lost. What
// the search would write goes nowhere.
func (e *Engine) Explain(ctx context.Context, r job.Request) (*Explanation, error) {
	safe := e.Fresh()
	safe.attached = append(slices.Clone(e.attached), e.index)
	c := safe.bindContext(r)
	tree, problems := c.parse(&diag.Text{Name: cmp.Or(r.Name, "<search>"), Body: r.Search})
	if problems.HasErrors() {
		return nil, problems
	}
	w, err := safe.world(c, r, r.Search)
	if err != nil {
		return nil, err
	}
	x := &explainer{engine: safe, world: w, context: c, tree: tree}
	return x.explain(ctx)
}

type explainer struct {
	engine  *Engine
	world   *world
	context *bindContext
	tree    *spl.Search
}

func (x *explainer) explain(ctx context.Context) (*Explanation, error) {
	out := &Explanation{}
	before := batch.New(0)
	for i, st := range x.tree.Stages {
		rows, err := x.prefix(ctx, i+1)
		if err != nil {
			return nil, err
		}
		step := ExplainedStep{Text: x.text(st), Rows: rows.Len, In: before.Len}
		if rows.Len > 0 && !(i == 0 && countsNothing(st, rows)) {
			out.Steps, before = append(out.Steps, step), rows
			continue
		}
		var in *batch.Batch
		if i == 0 {
			in, err = x.events(ctx, st)
		} else {
			in = before
		}
		if err != nil {
			return nil, err
		}
		step.Rows = 0
		if in != nil {
			step.In, step.Scanned = in.Len, i == 0
			out.Nearest = x.conditions(st, in, &step)
		}
		out.Steps = append(out.Steps, step)
		return out, nil
	}
	return out, nil
}

// countsNothing: a tstats without BY gives one row that says 0.
func countsNothing(st *spl.Stage, rows *batch.Batch) bool {
	if st.Name != "tstats" || len(st.By) > 0 || rows.Len != 1 {
		return false
	}
	for _, c := range rows.Columns {
		if !c.IsNull(0) && c.Text(0) != "0" {
			return false
		}
	}
	return true
}

// mostExplained is how many rows are kept between two commands.
const mostExplained = 100_000

// prefix runs the first n commands.
func (x *explainer) prefix(ctx context.Context, n int) (*batch.Batch, error) {
	plan, problems := search.New(&spl.Search{Span: x.tree.Span, Stages: x.tree.Stages[:n]}, x.context)
	if problems.HasErrors() {
		return nil, problems
	}
	var parts []*batch.Batch
	total := 0
	err := plan.Run(ctx, x.world, func(b *batch.Batch) error {
		if total += b.Len; total > mostExplained {
			return search.ErrDone
		}
		parts = append(parts, b)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return batch.New(0), nil
	}
	return batch.Concat(parts), nil
}

// text is a command as printed, in one line.
func (x *explainer) text(st *spl.Stage) string {
	return strings.Join(strings.Fields(spl.Print(&spl.Search{Stages: []*spl.Stage{st}})), " ")
}

// events are what the first command looked at: what its conditions ask for of every
// event that it could see. Nil for a command that reads no events.
func (x *explainer) events(ctx context.Context, st *spl.Stage) (*batch.Batch, error) {
	plan, problems := search.New(&spl.Search{Span: x.tree.Span, Stages: x.tree.Stages[:1]}, x.context)
	if problems.HasErrors() {
		return nil, problems
	}
	q, ok := plan.Query(x.world.info)
	if !ok {
		return nil, nil
	}
	q.Fields = append([]string{"_time", "host", "source", "sourcetype"}, fieldsOf(q, st)...)
	q.Where = nil
	var parts []*batch.Batch
	for b, err := range x.world.Scan(ctx, q) {
		if err != nil {
			return nil, err
		}
		parts = append(parts, b)
	}
	if len(parts) == 0 {
		return batch.New(0), nil
	}
	return batch.Concat(parts), nil
}

func fieldsOf(q index.Query, st *spl.Stage) []string {
	var out []string
	if q.Where != nil {
		out = q.Where.Fields()
	}
	for _, by := range st.By {
		out = append(out, by.Text)
	}
	return out
}

// condition is one of a command's conditions, compiled.
type condition struct {
	span   spl.Span
	fields []string
	pick   func(c eval.Columns, rows []int32) []int32
}

// conditions counts the rows that meet each, and finds the nearest one.
func (x *explainer) conditions(st *spl.Stage, in *batch.Batch, step *ExplainedStep) *Nearest {
	list := x.split(st)
	if len(list) == 0 || in.Len == 0 {
		return nil
	}
	met := make([][]bool, len(list))
	all, left := batch.AllRows(in.Len), batch.AllRows(in.Len)
	columns := eval.Of(in)
	for i, c := range list {
		alone := c.pick(columns, all)
		met[i] = make([]bool, in.Len)
		for _, r := range alone {
			met[i][r] = true
		}
		left = slices.DeleteFunc(slices.Clone(left), func(r int32) bool { return !met[i][r] })
		place := st.Problem(c.span, "", "").Place
		step.Conditions = append(step.Conditions, ExplainedCondition{Text: placeText(place), Place: place, Alone: len(alone), Left: len(left)})
	}
	return nearest(list, step.Conditions, met, in)
}

func placeText(p diag.Place) string {
	if p.Text == nil {
		return ""
	}
	return strings.Join(strings.Fields(p.Text.Body[p.Start:p.End]), " ")
}

func nearest(list []condition, said []ExplainedCondition, met [][]bool, in *batch.Batch) *Nearest {
	best, got, row := -1, -1, 0
	for r := range in.Len {
		n, first := 0, -1 // how many it meets, and how many before the first that it misses
		for i := range met {
			if met[i][r] {
				n++
			} else if first < 0 {
				first = i
			}
		}
		if n > best || n == best && first > got {
			best, got, row = n, first, r
		}
	}
	out := &Nearest{Met: best, Of: len(list)}
	missed := map[string]bool{}
	var names []string
	for i, c := range list {
		names = append(names, c.fields...)
		if !met[i][row] {
			out.Missed = append(out.Missed, said[i].Text)
			for _, f := range c.fields {
				missed[f] = true
			}
		}
	}
	for _, name := range search.Distinct(append([]string{"_time", "host", "source", "sourcetype"}, names...)) {
		f := NearestField{Name: name, Missed: missed[name]}
		if c := in.Column(name); c != nil && !c.IsNull(row) {
			f.Values = c.Values(row)
		}
		if len(f.Values) > 0 || f.Missed {
			out.Row = append(out.Row, f)
		}
	}
	return out
}

// split gives a command's conditions that must all hold.
func (x *explainer) split(st *spl.Stage) []condition {
	var out []condition
	env := x.context.Env()
	for _, p := range conjuncts(st.Predicate) {
		c, problems := eval.CompilePredicate(p, st, env)
		if problems.HasErrors() {
			return nil // a subsearch: what it gives is not known here
		}
		out = append(out, condition{p.At(), c.Fields(), c.Select})
	}
	if st.Name != "where" {
		return out
	}
	for _, one := range factors(st.Expr) {
		c, problems := eval.Compile(one, st, env)
		if problems.HasErrors() {
			return nil
		}
		out = append(out, condition{one.At(), c.Fields(), c.Select})
	}
	return out
}

func conjuncts(p spl.Predicate) []spl.Predicate {
	and, ok := p.(*spl.And)
	if !ok {
		if p == nil {
			return nil
		}
		return []spl.Predicate{p}
	}
	var out []spl.Predicate
	for _, one := range and.List {
		out = append(out, conjuncts(one)...)
	}
	return out
}

func factors(e spl.Expr) []spl.Expr {
	if b, ok := e.(*spl.Binary); ok && strings.EqualFold(b.Op, "and") {
		return append(factors(b.X), factors(b.Y)...)
	}
	if e == nil {
		return nil
	}
	return []spl.Expr{e}
}

// String is the explanation for people.
func (x *Explanation) String() string {
	var b strings.Builder
	for i, s := range x.Steps {
		switch {
		case i == 0 && s.Scanned && s.In == 0:
			fmt.Fprintf(&b, "no event is in the time range and indexes of: %s\n", s.Text)
		case i == 0 && s.Scanned:
			fmt.Fprintf(&b, "%7d rows of %d events: %s\n", s.Rows, s.In, s.Text)
		default:
			fmt.Fprintf(&b, "%7d rows: %s\n", s.Rows, s.Text)
		}
		for _, c := range s.Conditions {
			fmt.Fprintf(&b, "          %7d meet it, %d all so far: %s\n", c.Alone, c.Left, c.Text)
		}
	}
	if n := x.Nearest; n != nil {
		fmt.Fprintf(&b, "the nearest one meets %d of %d conditions, not: %s\n", n.Met, n.Of, strings.Join(n.Missed, "; "))
		for _, f := range n.Row {
			mark, value := " ", "(absent)"
			if f.Missed {
				mark = ">"
			}
			if len(f.Values) > 0 {
				value = `"` + strings.Join(f.Values, `", "`) + `"`
			}
			fmt.Fprintf(&b, "  %s %s = %s\n", mark, f.Name, value)
		}
	}
	return b.String()
}
