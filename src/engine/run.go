package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/clock"
	"riskreplay/src/command"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/job"
	"riskreplay/src/lookup"
	"riskreplay/src/results"
	"riskreplay/src/search"
	"riskreplay/src/spill"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

// Run runs a search over what was appended so far. It returns when the search is
// understood and started; rows come as they are read.
func (e *Engine) Run(ctx context.Context, r job.Request) (*job.Result, error) {
	text := r.Search
	if r.Input != nil {
		text = "| " + inputCommand + " " + text
	}
	return e.run(ctx, r, &diag.Text{Name: cmp.Or(r.Name, "<search>"), Body: text})
}

// run is Run for a text that knows where it stands.
func (e *Engine) run(ctx context.Context, r job.Request, text *diag.Text) (*job.Result, error) {
	w, plan, err := e.prepare(r, text)
	if err != nil {
		return nil, err
	}
	rows := newStream(ctx, plan, w)
	shape := plan.Schema()
	return &job.Result{
		SID: w.info.SID, Rows: rows, Ordered: shape.Ordered, Events: shape.Events,
		Messages: w.told.messages, Earliest: stdTime(w.info.Earliest), Latest: stdTime(w.info.Latest),
	}, nil
}

// Plan is the plan of a search, for spl check and explain; the list has what is
// wrong with it, and warnings.
func (e *Engine) Plan(text *diag.Text, now time.Time) (*search.Plan, *spl.Search, diag.List) {
	c := e.bindContext(job.Request{Now: now})
	return c.plan(text)
}

// Parse is the tree of a search with the macros of the engine's app expanded.
func (e *Engine) Parse(text *diag.Text) (*spl.Search, diag.List) {
	return e.bindContext(job.Request{}).parse(text)
}

// ParsePlain is the tree of a search with its macros and comments as they are.
func (e *Engine) ParsePlain(text *diag.Text) (*spl.Search, diag.List) {
	return spl.ParseWith(spl.Plain(text), spl.Options{Commands: e.bindContext(job.Request{}).declares})
}

func (e *Engine) prepare(r job.Request, text *diag.Text) (*world, *search.Plan, error) {
	c := e.bindContext(r)
	plan, _, problems := c.plan(text)
	if problems.HasErrors() {
		return nil, nil, problems
	}
	w, err := e.world(c, r, text.Body)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range problems {
		w.Warn(m)
	}
	return w, plan, nil
}

// world is what a search of a text may touch, with the request's time range.
func (e *Engine) world(c *bindContext, r job.Request, text string) (*world, error) {
	w := &world{bindContext: c, text: text, watch: r.Watch, memory: spill.New(e.options.Memory, "")}
	w.info = search.Info{
		SID: r.SID, Now: event.At(r.Now), App: c.appID, User: cmp.Or(r.Owner, "nobody"), SavedSearch: r.SavedSearch, Zone: e.options.Zone,
	}
	if w.info.SID == "" {
		w.info.SID = fmt.Sprintf("%d.%d", r.Now.Unix(), e.runs.Add(1))
	}
	for _, b := range []struct {
		arg, name string
		to        *event.Time
	}{{r.Earliest, "earliest", &w.info.Earliest}, {r.Latest, "latest", &w.info.Latest}} {
		if b.arg == "" {
			continue
		}
		t, err := splunktime.Parse(b.arg, w.info.Now, e.options.Zone)
		if err != nil {
			return nil, diag.Message{Text: fmt.Sprintf("cannot read the %s time %q: %v", b.name, b.arg, err), Cause: err}
		}
		*b.to = t
	}
	return w, nil
}

// bindContext is a search's view of one app's knowledge.
type bindContext struct {
	*app
	appID  string
	env    eval.Env
	limits search.Limits
	engine *Engine
	told   *told
	// input is rows that the search begins with, by the command inputCommand.
	input *job.Input
	// without are commands that the search must not have.
	without []string
}

// told is what a search had to say, each message once.
type told struct {
	sync.Mutex
	seen map[string]bool
	list []diag.Message
}

func (t *told) add(m diag.Message) {
	t.Lock()
	defer t.Unlock()
	if text := m.Error(); !t.seen[text] {
		t.seen[text] = true
		t.list = append(t.list, m)
	}
}

func (t *told) messages() []diag.Message {
	t.Lock()
	defer t.Unlock()
	return slices.Clone(t.list)
}

func (e *Engine) bindContext(r job.Request) *bindContext {
	id := cmp.Or(r.App, e.options.App)
	t, a := &told{seen: map[string]bool{}}, e.app(id)
	c := &bindContext{
		app: a, appID: id, limits: requested(r.Limits).Over(e.options.Limits).Over(a.limits), engine: e, told: t, without: r.Without, input: r.Input,
		env: eval.Env{Now: event.At(r.Now), Zone: e.options.Zone, Rules: e.options.Rules, Clock: clock.Fixed(r.Now), Warn: t.add},
	}
	c.env.Lookup = func(table string, inputs, outputs []string) (eval.Finder, error) {
		return lookup.Find(table, c.lookups(), inputs, outputs)
	}
	return c
}

func (c *bindContext) plan(text *diag.Text) (*search.Plan, *spl.Search, diag.List) {
	tree, problems := c.parse(text)
	if problems.HasErrors() {
		return nil, tree, problems
	}
	plan, more := search.New(tree, c)
	return plan, tree, append(problems, more...)
}

func (c *bindContext) parse(text *diag.Text) (*spl.Search, diag.List) {
	source, problems := spl.Macros{Find: c.base.Macro, Names: c.base.Macros}.Expand(text)
	tree, more := spl.ParseWith(source, spl.Options{Commands: c.declares})
	return tree, append(problems, more...)
}

func (c *bindContext) Env() eval.Env         { return c.env }
func (c *bindContext) Limits() search.Limits { return c.limits }

// Table is the commands that are built in and those that apps declare.
func (c *bindContext) Table() search.Table {
	return func(name string) (search.Spec, bool) {
		if slices.Contains(c.without, name) {
			return refused(name), true
		}
		if name == inputCommand && c.input != nil {
			return c.inputSpec(), true
		}
		if s, ok := c.engine.table(name); ok {
			return s, true
		}
		return command.External(name), c.declares(name)
	}
}

// refused is a command that the one who asks may not use.
func refused(name string) search.Spec {
	bind := func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
		return nil, diag.List{st.Problem(st.NameSpan, fmt.Sprintf("you are not allowed to use the command %q", name), "your role lacks the capability for it: ask an admin")}
	}
	first := func(st *spl.Stage, c search.Context) ([]search.Stage, diag.List) {
		_, problems := bind(st, c)
		return nil, problems
	}
	return search.Spec{Name: name, Bind: bind, First: first}
}

// declares tells whether an app declares a command of that name.
func (c *bindContext) declares(name string) bool {
	_, ok := c.programs[name]
	return ok || name == inputCommand && c.input != nil
}

func (c *bindContext) Models() []search.Model {
	var out []search.Model
	for _, name := range c.base.Models() {
		out = append(out, search.Model{Name: name, Text: c.base.Definition(name)})
	}
	return out
}

// Parse is the tree of a search that another one has made.
func (c *bindContext) Parse(text *diag.Text) (*spl.Search, diag.List) { return c.parse(text) }

func (c *bindContext) lookups() lookup.Places {
	p := c.base.Lookups()
	p.Store = c.engine.written
	return p
}

func (c *bindContext) Lookup(name string) (*lookup.Table, diag.List) {
	return lookup.Open(name, c.lookups())
}

func (c *bindContext) EventType(name string) bool { return c.base.EventType(name) }

func (c *bindContext) Tags(field, value string) []string { return c.base.Tags(field, value) }

func (c *bindContext) Transform(name string) (search.Transform, diag.List) {
	t, problems := c.base.Transform(name)
	if t == nil {
		return nil, problems
	}
	return t, problems
}

func (c *bindContext) Dataset(model, sub string) (fields []string, dataset string, err error) {
	d, err := c.base.Dataset(model, sub)
	if err != nil {
		return nil, "", err
	}
	return d.Fields(), d.Name, nil
}

func (c *bindContext) SavedSearch(name string, args map[string]string) (search.Saved, diag.List) {
	s := c.byName[name]
	if s == nil {
		names := make([]string, 0, len(c.saved))
		for _, s := range c.saved {
			names = append(names, s.Name)
		}
		return search.Saved{}, diag.List{{Text: fmt.Sprintf("unable to find the saved search named %q", name), Hint: diag.DidYouMean(name, names)}}
	}
	text := *s.Search.Text
	text.Body = fill(text.Body, args)
	tree, problems := c.parse(&text)
	return search.Saved{Name: s.Name, Search: tree, Earliest: s.Earliest, Latest: s.Latest}, problems
}

// fill puts values in for $name$ tokens, whose names are compared without case;
// what is no token of args stays.
func fill(text string, args map[string]string) string {
	var out strings.Builder
	for {
		before, rest, _ := strings.Cut(text, "$")
		out.WriteString(before)
		if len(before) == len(text) {
			return out.String()
		}
		name, after, closed := strings.Cut(rest, "$")
		value, known := args[strings.ToLower(name)]
		if !closed || !known {
			out.WriteByte('$')
			text = rest
			continue
		}
		out.WriteString(value)
		text = after
	}
}

// world is what a running search may touch.
type world struct {
	*bindContext
	info search.Info
	text string
	// watch is asked before each block of events; nil is nobody.
	watch  func(ctx context.Context, read int) error
	memory *spill.Budget
}

func (w *world) Info() search.Info { return w.info }

func (w *world) Memory() *spill.Budget { return w.memory }

// end removes what the search wrote to disk, and tells which extractions were left out.
func (w *world) end() {
	for _, m := range w.base.LeftOut() {
		w.Warn(m)
	}
	if err := w.memory.Close(); err != nil {
		w.Warn(diag.Message{Severity: diag.Warning, Text: "cannot remove the temporary folder: " + err.Error()})
	}
}

func (w *world) Scan(ctx context.Context, q index.Query) iter.Seq2[*batch.Batch, error] {
	blocks := index.Scan(ctx, w.base, q, append(slices.Clone(w.engine.attached), w.engine.index)...)
	if w.watch == nil {
		return blocks
	}
	return watched(ctx, blocks, w.watch)
}

// watched is blocks of events that who watches may hold up, or end by io.EOF as if
// there were no more.
func watched(ctx context.Context, blocks iter.Seq2[*batch.Batch, error], watch func(context.Context, int) error) iter.Seq2[*batch.Batch, error] {
	return func(yield func(*batch.Batch, error) bool) {
		for b, err := range blocks {
			if err == nil {
				err = watch(ctx, b.Len)
			}
			if errors.Is(err, io.EOF) || !yield(b, err) {
				return
			}
		}
	}
}

func (w *world) Write(ctx context.Context, events []event.Event) error {
	return w.engine.Append(ctx, events)
}

func (w *world) WriteLookup(_ context.Context, name string, rows lookup.Rows) error {
	return w.engine.written.Write(w.lookups(), name, rows)
}

func (w *world) Warn(m diag.Message) { w.told.add(m) }

func stdTime(t event.Time) time.Time {
	if t == 0 {
		return time.Time{}
	}
	return t.Std()
}

// stream is a running search as a Reader: the plan runs in a goroutine of its
// own, one batch ahead of who reads.
type stream struct {
	cancel  context.CancelFunc
	batches chan *batch.Batch
	failed  error // valid when batches is closed
	fields  []string
	known   map[string]bool
}

func newStream(ctx context.Context, plan *search.Plan, w *world) results.Reader {
	ctx, cancel := context.WithCancel(ctx)
	s := &stream{cancel: cancel, batches: make(chan *batch.Batch, 1), known: map[string]bool{}}
	if shape := plan.Schema(); shape.Ordered {
		s.note(shape.Fields)
	}
	go func() {
		defer close(s.batches)
		defer w.end()
		defer func() {
			if v := recover(); v != nil {
				s.failed = diag.NewFault(v) // one search ends, not the program
			}
		}()
		s.failed = plan.Run(ctx, w, func(b *batch.Batch) error {
			select {
			case s.batches <- b:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	return s
}

func (s *stream) note(names []string) {
	for _, n := range names {
		if !s.known[n] {
			s.known[n] = true
			s.fields = append(s.fields, n)
		}
	}
}

func (s *stream) Fields() []string { return s.fields }

func (s *stream) Next(ctx context.Context) (*batch.Batch, error) {
	select {
	case b, ok := <-s.batches:
		if ok {
			s.note(b.Names)
			return b, nil
		}
		if s.failed != nil {
			return nil, s.failed
		}
		return nil, io.EOF
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close ends the search and waits until it stands still.
func (s *stream) Close() error {
	s.cancel()
	for range s.batches { // drained so that the search can end
	}
	return nil
}
