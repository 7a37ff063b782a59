package server

import (
	"net/http"
	"slices"

	"github.com/gorilla/mux"
)

// route is one thing that can be asked of the API.
type route struct {
	// method and path, below /services and below /servicesNS/OWNER/APP; parts of a
	// path in braces are what a call names.
	method, path string
	// needs is what who asks must be allowed to do.
	needs capability
	do    func(*call)
}

// routes is the table of all that the API answers: one row a method of a resource.
// Of two paths that fit a request the upper counts.
func (a *API) routes() []route {
	return slices.Concat([]route{
		{"GET", "/server/info", known, a.info},
		{"GET", "/server/info/server-info", known, a.info},
		{"GET", "/server/settings", known, a.settings},
		{"GET", "/server/settings/settings", known, a.settings},
		{"GET", "/messages", known, a.notices},
		{"GET", "/apps/local", known, a.apps},
		{"GET", "/apps/local/{name}", known, a.showApp},
		{"GET", "/authorization/capabilities", known, a.capabilities},
		{"GET", "/search/parser", maySearch, a.parse},
		{"POST", "/search/parser", maySearch, a.parse},
		{"GET", "/search/v2/parser", maySearch, a.parse},
		{"POST", "/search/v2/parser", maySearch, a.parse},
		{"GET", "/search/timeparser", maySearch, a.parseTimes},
	}, a.loginRoutes(), a.inputRoutes(), a.indexRoutes(), a.secretRoutes(), a.savedRoutes(), a.jobRoutes("/search/jobs"), a.jobRoutes("/search/v2/jobs"), a.confRoutes())
}

// router has each row of the table below both prefixes.
func (a *API) router() *mux.Router {
	root := mux.NewRouter().SkipClean(true).UseEncodedPath()
	root.NotFoundHandler = http.HandlerFunc(notFound)
	root.MethodNotAllowedHandler = http.HandlerFunc(notAllowed)
	for _, prefix := range []string{"/services", "/servicesNS/{owner}/{app}"} {
		for _, row := range a.routes() {
			root.HandleFunc(prefix+row.path, a.answer(row)).Methods(row.method)
		}
	}
	return root
}

func notFound(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusNotFound, "ERROR", "Not Found")
}

func notAllowed(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusMethodNotAllowed, "ERROR", "Method Not Allowed")
}
