// Package engine is one offline Splunk: index, knowledge, search, alerts and
// schedule wired together. No rule of Splunk's is in it.
//
//	e, problems := engine.New(engine.Options{Apps: apps, App: "DA-ESS-RiskReplay"})
//	err := e.Append(ctx, events)
//	result, err := e.Run(ctx, job.Request{Search: "index=* | stats count", Now: now})
//	outcome, err := e.Fire(ctx, saved, run, replayed)
package engine

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"riskreplay/src/alert"
	"riskreplay/src/command"
	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/knowledge"
	"riskreplay/src/lookup"
	"riskreplay/src/search"
)

// Options are what an engine is made of.
type Options struct {
	// Apps, lowest layer first.
	Apps []conf.App
	// App is the app that searches run in unless a request names another.
	App string
	// Zone is the search time zone; nil is UTC.
	Zone  *time.Location
	Rules eval.Rules
	// Limits are over those of the apps' limits.conf.
	Limits search.Limits
	// Memory is how many bytes the rows that one search holds may take before they
	// go to disk, 0 for no limit.
	Memory int64
	// Folders are the apps' folders on disk, by id, where their programs are; an
	// app without one has no programs but those of Programs.
	Folders map[string]string
	// Programs finds a program that is in no app's folder, and the name to start
	// it under; nil finds none.
	Programs func(name string) (path, arg0 string, ok bool)
	// Index is where events are kept; nil is a fresh index in memory. Who made it
	// closes it.
	Index *index.Index
	// Written is where outputlookup writes; nil keeps it in memory.
	Written *lookup.Store
	// Locations is the database that iplocation looks into; nil takes the one that
	// limits.conf of an app names, if any. Who opened it closes it.
	Locations *lookup.Locations
	// Techniques is the ATT&CK table that annotations are read with.
	Techniques []detection.Technique
}

// Engine is an offline Splunk. Its methods are safe for concurrent use.
type Engine struct {
	options Options
	index   *index.Index
	// attached are indexes that are searched beside index.
	attached []*index.Index
	known    alert.Techniques
	runs     atomic.Int64
	table    search.Table
	written  *lookup.Store

	// outside does the alert actions that reach outside.
	outside *alert.Outside

	contexts *contexts

	mu     sync.Mutex
	memory map[string]*remembered
}

// contexts are the apps' contexts, which engines share.
type contexts struct {
	mu   sync.Mutex
	apps map[string]*app
}

// app is what the engine knows in one app's context.
type app struct {
	base     *knowledge.Base
	limits   search.Limits
	saved    []*detection.SavedSearch
	byName   map[string]*detection.SavedSearch
	programs map[string]program
	messages diag.List
}

// New reads the knowledge and the saved searches of the app that searches run
// in. What is wrong with single stanzas comes back as messages; the engine works
// without them.
func New(o Options) (*Engine, diag.List) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Index == nil {
		o.Index = index.New(index.Options{})
	}
	e := &Engine{
		options: o, index: o.Index, contexts: &contexts{apps: map[string]*app{}}, memory: map[string]*remembered{}, known: alert.Techniques{},
		table: command.Table(), written: o.Written,
	}
	if e.written == nil {
		e.written = lookup.NewStore()
	}
	for _, t := range o.Techniques {
		e.known[t.ID] = t
	}
	problems := append(e.readActions(), e.readLocations()...)
	return e, append(problems, e.app(o.App).messages...)
}

// app gives an app's context, read once.
func (e *Engine) app(id string) *app {
	e.contexts.mu.Lock()
	defer e.contexts.mu.Unlock()
	if a := e.contexts.apps[id]; a != nil {
		return a
	}
	a := &app{byName: map[string]*detection.SavedSearch{}}
	a.base, a.messages = knowledge.LoadWith(e.options.Apps, id, eval.Env{Zone: e.options.Zone, Rules: e.options.Rules}, e.written)
	saved, problems := conf.Load("savedsearches.conf", e.options.Apps, id)
	a.messages = append(a.messages, problems...)
	for _, stanza := range saved.Stanzas() {
		s, problems := detection.ReadSavedSearch(stanza)
		a.messages = append(a.messages, problems...)
		if problems.HasErrors() {
			continue
		}
		a.saved = append(a.saved, &s)
		a.byName[s.Name] = &s
	}
	a.limits, problems = readLimits(e.options.Apps, id)
	a.messages = append(a.messages, problems...)
	a.programs, problems = readPrograms(e.options.Apps, id)
	a.messages = append(a.messages, problems...)
	e.contexts.apps[id] = a
	return a
}

// Refresh has the apps' files read again by the searches that begin after it.
func (e *Engine) Refresh() {
	e.contexts.mu.Lock()
	defer e.contexts.mu.Unlock()
	clear(e.contexts.apps)
}

// Fresh is an engine with the same knowledge and nothing else: an empty index in
// memory, lookup tables as the apps have them, no memory of earlier runs.
func (e *Engine) Fresh() *Engine {
	o := e.options
	o.Index, o.Written = index.New(index.Options{}), lookup.NewStore()
	return &Engine{
		options: o, index: o.Index, written: o.Written, known: e.known, table: e.table, outside: e.outside, contexts: e.contexts, memory: map[string]*remembered{},
	}
}

// Index is the engine's own, with what was appended and written.
func (e *Engine) Index() *index.Index { return e.index }

// Append adds events; they are there for searches when it returns.
func (e *Engine) Append(ctx context.Context, events []event.Event) error {
	ticket, err := e.index.Append(ctx, events)
	if err != nil {
		return err
	}
	return ticket.Wait(ctx)
}

// Arrive does to events what the app's props.conf and transforms.conf say is done
// before events are indexed (SEDCMD, TRANSFORMS), and leaves out those that nobody
// is to see. Load does it by itself; who appends events that come from outside
// calls it before. The slice is written to, the events' bytes are not.
func (e *Engine) Arrive(events []event.Event) []event.Event {
	base := e.app(e.options.App).base
	if !base.Arrives() {
		return events
	}
	kept := events[:0]
	for i := range events {
		if base.Arrive(&events[i]) {
			kept = append(kept, events[i])
		}
	}
	return kept
}

// Saved are the saved searches of the engine's app, in the order of their files.
func (e *Engine) Saved() []*detection.SavedSearch { return e.app(e.options.App).saved }

// SavedSearch is the saved search of a name; the error names the nearest one.
func (e *Engine) SavedSearch(name string) (*detection.SavedSearch, error) {
	a := e.app(e.options.App)
	if s := a.byName[name]; s != nil {
		return s, nil
	}
	names := make([]string, 0, len(a.saved))
	for _, s := range a.saved {
		names = append(names, s.Name)
	}
	return nil, diag.Message{Text: fmt.Sprintf("no saved search is called %q", name), Hint: diag.DidYouMean(name, names)}
}
