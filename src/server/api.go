package server

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"riskreplay/src/clock"
	"riskreplay/src/conf"
	"riskreplay/src/job"
)

// maxForm bounds the parameters of a request, a search among them.
const maxForm = 1 << 20

// APIOptions are what the REST API answers from.
type APIOptions struct {
	// Runner runs the searches.
	Runner job.Runner
	// Password is the admin's.
	Password Password
	Clock    clock.Clock
	// Apps are those whose knowledge a search may be run with.
	Apps []App
	// Saved are the stanzas of the saved searches that are listed.
	Saved []*conf.Stanza
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
	paths    *mux.Router
}

// NewAPI makes the handler.
func NewAPI(o APIOptions) *API {
	a := &API{o: o, sessions: newSessions(o.Password, o.Clock), jobs: newJobs(o.Runner, o.Clock), guid: strings.ToUpper(string(newGUID()))}
	a.paths = a.router()
	return a
}

// Close ends all searches.
func (a *API) Close(ctx context.Context) error { return a.jobs.close(ctx) }

// router is the table of paths, each below /services and /servicesNS/OWNER/APP.
func (a *API) router() *mux.Router {
	root := mux.NewRouter().SkipClean(true).UseEncodedPath()
	root.NotFoundHandler = http.HandlerFunc(notFound)
	root.MethodNotAllowedHandler = http.HandlerFunc(notAllowed)
	for _, prefix := range []string{"/services", "/servicesNS/{owner}/{app}"} {
		on := func(method, path string, h http.HandlerFunc) { root.HandleFunc(prefix+path, h).Methods(method) }
		on(http.MethodPost, "/auth/login", a.login)
		on(http.MethodGet, "/server/info", a.known(a.info))
		on(http.MethodGet, "/apps/local", a.known(a.apps))
		on(http.MethodGet, "/data/indexes", a.known(a.indexes))
		on(http.MethodGet, "/saved/searches", a.known(a.savedSearches))
		on(http.MethodGet, "/saved/searches/{name}", a.known(a.savedSearch))
		for _, jobs := range []string{"/search/jobs", "/search/v2/jobs"} {
			on(http.MethodPost, jobs, a.known(a.createJob))
			on(http.MethodGet, jobs, a.known(a.listJobs))
			on(http.MethodGet, jobs+"/{sid}", a.known(a.showJob))
			on(http.MethodDelete, jobs+"/{sid}", a.known(a.deleteJob))
			on(http.MethodPost, jobs+"/{sid}/control", a.known(a.controlJob))
			for _, what := range []string{"results", "results_preview"} {
				on(http.MethodGet, jobs+"/{sid}/"+what, a.known(a.jobResults))
				on(http.MethodPost, jobs+"/{sid}/"+what, a.known(a.jobResults))
			}
		}
	}
	return root
}

// ServeHTTP answers one request. A slash at the end of a path has no meaning.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.URL.Path, r.URL.RawPath = strings.TrimRight(r.URL.Path, "/"), strings.TrimRight(r.URL.RawPath, "/")
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	a.paths.ServeHTTP(w, r)
}

// known answers those alone who show who they are, and reads the parameters.
func (a *API) known(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch ok, busy := a.sessions.admits(r); {
		case busy:
			refuse(w, r, http.StatusServiceUnavailable, "WARN", "too many logins at once: try again later")
		case !ok:
			w.Header().Set("WWW-Authenticate", `Basic realm="/splunk"`)
			refuse(w, r, http.StatusUnauthorized, "WARN", "call not properly authenticated")
		case !readForm(r):
			refuse(w, r, http.StatusBadRequest, "FATAL", "cannot read the parameters: they are malformed or too long")
		default:
			next(w, r)
		}
	}
}

// readForm reads the parameters. As in Splunk a body is a form whatever its
// Content-Type says: some clients send none.
func readForm(r *http.Request) bool {
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.ParseForm() == nil
}

// login exchanges user and password for a session key.
func (a *API) login(w http.ResponseWriter, r *http.Request) {
	if !readForm(r) {
		refuse(w, r, http.StatusBadRequest, "FATAL", "cannot read the parameters: they are malformed or too long")
		return
	}
	switch ok, busy := a.sessions.login(r.PostForm.Get("username"), r.PostForm.Get("password")); {
	case busy:
		refuse(w, r, http.StatusServiceUnavailable, "WARN", "too many logins at once: try again later")
	case !ok:
		refuse(w, r, http.StatusUnauthorized, "WARN", "Login failed")
	default:
		respond(w, r, http.StatusOK, "sessionKey", a.sessions.open())
	}
}

// variable is a part of the path.
func variable(r *http.Request, name string) string {
	text, err := url.PathUnescape(mux.Vars(r)[name])
	if err != nil {
		return ""
	}
	return text
}

// app is the app that a request is made in, "" for the default: only an app that
// there is has knowledge of its own.
func (a *API) app(r *http.Request) string {
	id := variable(r, "app")
	if id == "" {
		id = r.Form.Get("namespace")
	}
	if slices.ContainsFunc(a.o.Apps, func(app App) bool { return app.ID == id }) {
		return id
	}
	return ""
}

func notFound(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusNotFound, "ERROR", "Not Found")
}

func notAllowed(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusMethodNotAllowed, "ERROR", "Method Not Allowed")
}
