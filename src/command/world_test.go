package command

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"riskreplay/src/alert"
	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/knowledge"
	"riskreplay/src/lookup"
	"riskreplay/src/scp"
	"riskreplay/src/search"
	"riskreplay/src/spill"
	"riskreplay/src/spl"
	splscripts "riskreplay/testdata/spl"
)

// world is a small World and Context: events in a list, whose fields they carry,
// given in batches of a few rows that share no dictionary.
type world struct {
	setup    splscripts.Setup
	info     search.Info
	rules    eval.Rules
	limits   search.Limits
	size     int // rows of a batch
	written  *lookup.Store
	mu       sync.Mutex
	events   []event.Event
	queries  []index.Query
	warnings []diag.Message
	known    *knowledge.Base
	located  *lookup.Locations
	memory   *spill.Budget
}

func newWorld(s splscripts.Setup) *world {
	if s.Now.IsZero() {
		s.Now = time.Date(2026, 1, 15, 12, 20, 0, 0, time.UTC)
	}
	w := &world{setup: s, events: slices.Clone(s.Events), size: 2, written: lookup.NewStore()}
	w.info = search.Info{SID: "1768479600.1", Now: event.At(s.Now), App: "search", User: "nobody", Zone: s.Zone}
	return w
}

func (w *world) Env() eval.Env {
	return eval.Env{Now: w.info.Now, Zone: w.info.Zone, Rules: w.rules, Lookup: func(table string, inputs, outputs []string) (eval.Finder, error) {
		return lookup.Find(table, w.places(), inputs, outputs)
	}}
}
func (w *world) Limits() search.Limits { return w.limits }
func (w *world) Info() search.Info     { return w.info }
func (w *world) Memory() *spill.Budget { return w.memory }
func (w *world) Table() search.Table   { return Table() }

func (w *world) EventType(name string) bool { return slices.Contains(w.setup.EventTypes, name) }

// base is the knowledge of the setup's files, for what is asked of it alone.
func (w *world) base() *knowledge.Base {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known == nil {
		app := fstest.MapFS{}
		for path, text := range w.setup.Files() {
			app[path] = &fstest.MapFile{Data: []byte(text)}
		}
		w.known, _ = knowledge.Load([]conf.App{{ID: "a", FS: app}}, "a", eval.Env{})
	}
	return w.known
}

func (w *world) Tags(field, value string) []string { return w.base().Tags(field, value) }

func (w *world) Transform(name string) (search.Transform, diag.List) {
	t, problems := w.base().Transform(name)
	if t == nil {
		return nil, problems
	}
	return t, problems
}

func (w *world) Dataset(model, sub string) (fields []string, dataset string, err error) {
	var models []string
	for _, m := range w.setup.Models {
		models = append(models, m.Model)
		if m.Model == model && (sub == "" || m.Dataset == sub) {
			return m.Fields, m.Dataset, nil
		}
	}
	if slices.Contains(models, model) {
		return nil, "", diag.Message{Text: `data model "` + model + `" has no dataset "` + sub + `"`}
	}
	return nil, "", diag.Message{Text: `data model "` + model + `" was not found`, Hint: diag.DidYouMean(model, models)}
}

func (w *world) SavedSearch(name string, args map[string]string) (search.Saved, diag.List) {
	for _, s := range w.setup.Saved {
		if s.Name != name {
			continue
		}
		text := s.Search
		for k, v := range args {
			text = strings.ReplaceAll(text, "$"+k+"$", v)
		}
		tree, problems := parse("savedsearches.conf", text)
		return search.Saved{Name: name, Search: tree, Earliest: s.Earliest, Latest: s.Latest}, problems
	}
	return search.Saved{}, diag.List{{Text: `unable to find the saved search named "` + name + `"`}}
}

func (w *world) Models() []search.Model {
	var out []search.Model
	for path, text := range w.setup.Files() {
		if name, ok := strings.CutPrefix(path, "default/data/models/"); ok {
			out = append(out, search.Model{Name: strings.TrimSuffix(name, ".json"), Text: text})
		}
	}
	slices.SortFunc(out, func(a, b search.Model) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (w *world) Parse(text *diag.Text) (*spl.Search, diag.List) { return parse(text.Name, text.Body) }

// places is an app with the lookup tables of the setup.
func (w *world) places() lookup.Places {
	app := fstest.MapFS{}
	for path, text := range w.setup.Files() {
		app[path] = &fstest.MapFile{Data: []byte(text)}
	}
	apps := []conf.App{{ID: "a", FS: app}}
	transforms, _ := conf.Load("transforms.conf", apps, "a")
	return lookup.Places{Transforms: transforms, Apps: apps, In: "a", Store: w.written}
}

func (w *world) Lookup(name string) (*lookup.Table, diag.List) { return lookup.Open(name, w.places()) }

// Action knows those that write events.
func (w *world) Action(name string) error { return alert.Refuses(name, nil) }

// Alert writes an event of what it was asked to do.
func (w *world) Alert(ctx context.Context, action string, params map[string]string, rows *batch.Batch) error {
	var out []event.Event
	for range rows.Len {
		e := event.Event{Time: w.info.Now, Index: action}
		for _, name := range slices.Sorted(maps.Keys(params)) {
			e.Fields = append(e.Fields, event.Field{Name: name, Value: params[name]})
		}
		out = append(out, e)
	}
	return w.Write(ctx, out)
}

func (w *world) Locations() *lookup.Locations { return w.located }

func (w *world) WriteLookup(_ context.Context, name string, rows lookup.Rows) error {
	return w.written.Write(w.places(), name, rows)
}

func (w *world) Write(_ context.Context, evs []event.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, evs...)
	return nil
}

func (w *world) Start(context.Context, string, string) (*scp.Conn, error) {
	return nil, errors.New("no programs here")
}

func (w *world) Warn(m diag.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.warnings = append(w.warnings, m)
}

// Scan is the slow way: a batch of all fields, filtered, then cut down.
func (w *world) Scan(_ context.Context, q index.Query) iter.Seq2[*batch.Batch, error] {
	return func(yield func(*batch.Batch, error) bool) {
		w.mu.Lock()
		w.queries = append(w.queries, q)
		evs := slices.Clone(w.events)
		w.mu.Unlock()
		evs = slices.DeleteFunc(evs, func(e event.Event) bool { return !seen(q, e) })
		if q.NewestFirst {
			slices.Reverse(evs)
			slices.SortStableFunc(evs, func(a, b event.Event) int { return int(b.Time/1000 - a.Time/1000) })
		}
		for part := range slices.Chunk(evs, w.size) {
			b := w.dataset(eventBatch(part), q)
			if q.Where != nil {
				b = b.Gather(q.Where.Select(eval.Of(b), batch.AllRows(b.Len)))
			}
			b = b.Keep(func(n string) bool { return search.MatchAny(q.Fields, n) })
			if !yield(b, nil) {
				return
			}
		}
	}
}

func seen(q index.Query, e event.Event) bool {
	if e.Time < q.Earliest || q.Latest != 0 && e.Time >= q.Latest {
		return false
	}
	if len(q.Indexes) == 0 {
		return !slices.Contains([]string{"risk", "notable", "summary"}, e.Index)
	}
	return slices.ContainsFunc(q.Indexes, func(p string) bool { return search.Match(p, e.Index) })
}

func eventBatch(evs []event.Event) *batch.Batch {
	columns := map[string]*batch.Column{}
	set := func(r int, name string, values ...string) {
		if columns[name] == nil {
			columns[name] = batch.Nulls(len(evs))
		}
		c := columns[name]
		c.Codes[r] = c.Dict.AddValues(append(c.Dict.Values(c.Codes[r]), values...))
	}
	b := batch.New(len(evs))
	times, raw := &batch.Column{Times: make([]event.Time, len(evs))}, &batch.Column{Bytes: make([][]byte, len(evs))}
	for r, e := range evs {
		times.Times[r], raw.Bytes[r] = e.Time, e.Raw
		set(r, "host", e.Host)
		set(r, "source", e.Source)
		set(r, "sourcetype", e.Sourcetype)
		set(r, "index", e.Index)
		for _, f := range e.Fields {
			set(r, f.Name, f.Value)
		}
	}
	b.Set("_time", times)
	b.Set("_raw", raw)
	for _, n := range slices.Sorted(maps.Keys(columns)) {
		b.Set(n, columns[n])
	}
	return b
}

// dataset is the events of a dataset, their fields with its prefix.
func (w *world) dataset(b *batch.Batch, q index.Query) *batch.Batch {
	for _, m := range w.setup.Models {
		if m.Model != q.Model || m.Dataset != q.Dataset {
			continue
		}
		src, _ := spl.Expand(&diag.Text{Name: "constraint", Body: m.Constraint}, nil)
		tree, _ := spl.ParsePredicate(src)
		p, _ := eval.CompilePredicate(tree, &spl.Stage{Source: src}, w.Env())
		b = b.Gather(p.Select(eval.Of(b), batch.AllRows(b.Len)))
		out := batch.New(b.Len)
		for i, n := range b.Names {
			switch {
			case slices.Contains(m.Fields, n):
				out.Set(m.Dataset+"."+n, b.Columns[i])
			case slices.Contains(metadata, n):
				out.Set(n, b.Columns[i])
			}
		}
		return out
	}
	return b
}

func parse(name, text string) (*spl.Search, diag.List) {
	src, problems := spl.Expand(&diag.Text{Name: name, Body: text}, nil)
	if problems.HasErrors() {
		return nil, problems
	}
	tree, more := spl.Parse(src)
	return tree, append(problems, more...)
}

// plan is the plan of a search, or what is wrong with it.
func (w *world) plan(text string) (*search.Plan, diag.List) {
	tree, problems := parse("<search>", text)
	if problems.HasErrors() {
		return nil, problems
	}
	p, more := search.New(tree, w)
	return p, append(problems, more...)
}

// Search answers a script's search.
func (w *world) Search(text string) splscripts.Answer {
	w.warnings = nil
	p, problems := w.plan(text)
	if p == nil || problems.HasErrors() {
		return splscripts.Answer{Err: problems.Errors()}
	}
	var all []*batch.Batch
	err := p.Run(context.Background(), w, func(b *batch.Batch) error {
		all = append(all, search.Kept(b))
		return nil
	})
	if err != nil {
		return splscripts.Answer{Err: err}
	}
	a := splscripts.Answer{}
	for _, m := range append(problems, w.warnings...) {
		a.Warnings = append(a.Warnings, m.Error())
	}
	b := p.Schema().Arrange(batch.Concat(all))
	a.Columns = b.Names
	for r := range b.Len {
		row := splscripts.Row{}
		for i, n := range b.Names {
			if !b.Columns[i].IsNull(r) {
				row[n] = b.Columns[i].Values(r)
			}
		}
		a.Rows = append(a.Rows, row)
	}
	return a
}
