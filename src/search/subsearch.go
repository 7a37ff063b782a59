package search

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/spill"
	"riskreplay/src/spl"
)

// Dependent is a Stage that cannot open before other searches have run: those in
// its brackets.
type Dependent interface {
	Stage
	// Depends tells whether there are any.
	Depends() bool
	// Resolve runs them and gives the stage that opens in its place.
	Resolve(ctx context.Context, w World) (Stage, error)
}

// Bound is how much of a subsearch's rows counts; zero is no bound. Option names
// the setting in messages, such as "maxout".
type Bound struct {
	Rows   int
	Time   time.Duration
	Option string
}

// Splunk's defaults (limits.conf), which Limits may change.
const (
	subsearchRows = 10_000
	joinRows      = 50_000
	subsearchTime = 60 * time.Second
)

// Subsearch is the bound of a subsearch that becomes a condition.
func (l Limits) Subsearch() Bound {
	return Bound{Rows: Or(l.SubsearchRows, subsearchRows), Time: Or(l.SubsearchTime, subsearchTime), Option: "subsearch.maxout"}
}

// Join is the bound of the right side of a join.
func (l Limits) Join() Bound {
	return Bound{Rows: Or(l.JoinRows, joinRows), Time: Or(l.JoinTime, subsearchTime), Option: "join.subsearch_maxout"}
}

// Append is the bound of what is appended.
func (l Limits) Append() Bound {
	return Bound{Rows: Or(l.AppendRows, joinRows), Time: Or(l.AppendTime, subsearchTime), Option: "append.maxout"}
}

// For is the plan for an output of which only the fields wanted are used.
func (p *Plan) For(want []string) *Plan {
	out := *p
	out.stages = prune(append([]Stage(nil), p.stages...), want)
	return &out
}

// Gather runs the plan within a bound and gives its rows as one batch, columns
// arranged. What is over the bound is a warning, placed at the brackets.
func (p *Plan) Gather(ctx context.Context, w World, at diag.Place, b Bound) (*batch.Batch, error) {
	var kept []*batch.Batch
	err := p.within(ctx, w, at, b, func(part *batch.Batch) error {
		kept = append(kept, part)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p.schema.Arrange(batch.Concat(kept)), nil
}

// Keep is Gather for rows that may be more than fit into memory.
func (p *Plan) Keep(ctx context.Context, w World, at diag.Place, b Bound) (*spill.Buffer, error) {
	rows := w.Memory().Buffer()
	return rows, p.within(ctx, w, at, b, rows.Add)
}

// within runs the plan within a bound.
func (p *Plan) within(ctx context.Context, w World, at diag.Place, b Bound, keep func(*batch.Batch) error) error {
	inner, ok := Deeper(ctx)
	if !ok {
		return diag.Message{Text: "searches run each other more than 8 deep", Place: at}
	}
	cancel := func() {}
	if b.Time > 0 {
		inner, cancel = context.WithTimeout(inner, b.Time)
	}
	defer cancel()
	rows, more := 0, false
	err := p.Run(inner, w, func(part *batch.Batch) error {
		if b.Rows > 0 && rows+part.Len > b.Rows {
			part, more = part.Slice(0, b.Rows-rows), true
		}
		rows += part.Len
		if err := keep(part); err != nil || !more {
			return err
		}
		return ErrDone
	})
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		w.Warn(diag.Message{
			Severity: diag.Warning, Place: at,
			Text: "the subsearch was stopped after " + b.Time.String() + ": its rows so far count", Hint: "narrow it, or give it more time",
		})
	case err != nil:
		return err
	}
	if more {
		w.Warn(diag.Message{
			Severity: diag.Warning, Place: at,
			Text: "the subsearch gives more than " + strconv.Itoa(b.Rows) + " rows: the others are left out", Hint: "the limit is " + b.Option,
		})
	}
	return nil
}

// maxDepth is how deep searches may run each other while rows go by.
const maxDepth = 8

type (
	depthKey  struct{}
	budgetKey struct{}
)

// maxSearches is how many searches one search may run for its rows, those that
// they run included.
const maxSearches = 10_000

// withBudget counts the searches that a search runs for its rows.
func withBudget(ctx context.Context) context.Context {
	if ctx.Value(budgetKey{}) != nil {
		return ctx
	}
	left := &allowance{}
	left.searches.Store(maxSearches)
	left.templates.Store(maxTemplates)
	return context.WithValue(ctx, budgetKey{}, left)
}

// allowance is what a search may still do for its rows.
type allowance struct{ searches, templates atomic.Int64 }

// maxTemplates is how many pipelines a search may make of templates (foreach).
const maxTemplates = 20_000

// SpendTemplate counts one pipeline that is made of a template; the error tells that
// there were too many.
func SpendTemplate(ctx context.Context) error {
	left, ok := ctx.Value(budgetKey{}).(*allowance)
	if ok && left.templates.Add(-1) < 0 {
		return errors.New("the search makes more than 20,000 pipelines of its templates")
	}
	return nil
}

// Spend counts one search that a command runs for a row; the error tells that
// there were too many.
func Spend(ctx context.Context) error {
	left, ok := ctx.Value(budgetKey{}).(*allowance)
	if ok && left.searches.Add(-1) < 0 {
		return errors.New("the search runs more than 10,000 searches for its rows")
	}
	return nil
}

// Deeper is the context of a search that another one runs; false when they run
// each other too deep.
func Deeper(ctx context.Context) (context.Context, bool) {
	level, _ := ctx.Value(depthKey{}).(int)
	return context.WithValue(ctx, depthKey{}, level+1), level < maxDepth
}

// Pipe is a pipeline that takes rows: what stands in the brackets of appendpipe
// and foreach.
type Pipe struct{ stages []Stage }

// NewPipe checks a pipeline whose first command takes rows.
func NewPipe(tree *spl.Search, c Context) (*Pipe, diag.List) {
	stages, problems := bind(tree.Stages, c, 1)
	if problems.HasErrors() {
		return nil, problems
	}
	return &Pipe{absorb(stages)}, problems
}

// Shape is the schema after the pipeline.
func (p *Pipe) Shape(in Schema) (Schema, diag.List) { return shape(in, p.stages) }

// Needs is the fields wanted of the input.
func (p *Pipe) Needs(want []string) []string {
	for i := len(p.stages) - 1; i >= 0; i-- {
		want = p.stages[i].Needs(want)
	}
	return Distinct(want)
}

// Run puts rows through the pipeline and gives what comes out, in batches that
// may be kept.
func (p *Pipe) Run(ctx context.Context, w World, in *batch.Batch, emit func(*batch.Batch) error) error {
	return run(ctx, w, p.stages, emit, func(first func(*batch.Batch) error) error {
		if in.Len == 0 {
			return nil
		}
		return first(in)
	})
}

// All is Run with the rows in one batch.
func (p *Pipe) All(ctx context.Context, w World, in *batch.Batch) (*batch.Batch, error) {
	var out []*batch.Batch
	err := p.Run(ctx, w, in, func(b *batch.Batch) error {
		out = append(out, Kept(b))
		return nil
	})
	return batch.Concat(out), err
}
