package server

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/hec"
	"riskreplay/src/job"
)

// maxForm bounds the parameters of a request, a search among them.
const maxForm = 1 << 20

// APIOptions are what the REST API answers from.
type APIOptions struct {
	// Runner runs the searches.
	Runner job.Runner
	// Users are who may log in.
	Users *Users
	// Bearer are tokens for programs that search; nil is none, and none are made.
	Bearer *BearerTokens
	// Audit is told who did what; nil is nobody.
	Audit *Audit
	// Tokens are the collector's; nil has them not be seen and changed.
	Tokens *Tokens
	// Known are the indexes that events may be sent to; nil lists those with events.
	Known *IndexNames
	// Store takes what is sent to the receivers, and Break makes events of it: unless
	// it is the end, what may go on comes back. A nil Store has no receivers.
	Store hec.Store
	Break func(base event.Event, body []byte, end bool) (events []event.Event, rest []byte)
	Clock clock.Clock
	// Apps are those whose knowledge a search may be run with.
	Apps []App
	// Layers are the .conf files.
	Layers *Layers
	// Zone is that of searches and schedules; nil is UTC.
	Zone *time.Location
	// Dir is where the rows of searches lie that are too many for memory: a folder
	// of its own, emptied at the start; "" is the system's for temporary files.
	Dir string
	// Events is where the events lie; nil removes none.
	Events Events
	// Secrets keeps storage/passwords; nil keeps none.
	Secrets *Secrets
	// Scheduler runs the saved searches by themselves; nil runs none.
	Scheduler Scheduler
}

// App is an app as the API lists it.
type App struct{ ID, Label, Version string }

// API is splunkd's REST API, as far as docs/serve.md says: logins, searches as jobs.
// It is an http.Handler.
type API struct {
	o        APIOptions
	sessions *sessions
	jobs     *jobs
	guid     string
	began    time.Time
	edits    sync.Mutex // held while a thing is looked up and changed
	paths    *mux.Router

	mu   sync.Mutex
	held map[string]time.Time // saved searches that are held back, until when
}

// zone is that of searches and schedules.
func (a *API) zone() *time.Location {
	if a.o.Zone == nil {
		return time.UTC
	}
	return a.o.Zone
}

// NewAPI makes the handler.
func NewAPI(o APIOptions) *API {
	a := &API{o: o, sessions: newSessions(o), jobs: newJobs(o.Runner, o.Clock, o.Dir), held: map[string]time.Time{}, began: o.Clock.Now(), guid: strings.ToUpper(string(newGUID()))}
	a.paths = a.router()
	return a
}

// Close ends all searches.
func (a *API) Close(ctx context.Context) error { return a.jobs.close(ctx) }

// ServeHTTP answers one request. A slash at the end of a path has no meaning.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.URL.Path, r.URL.RawPath = strings.TrimRight(r.URL.Path, "/"), strings.TrimRight(r.URL.RawPath, "/")
	if !receives(r.URL.Path) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	a.paths.ServeHTTP(w, r)
}
