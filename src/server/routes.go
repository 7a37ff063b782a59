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
		{"GET", "/apps/local", known, a.apps},
		{"GET", "/data/indexes", known, a.indexes},
		{"GET", "/saved/searches", maySearch, a.savedSearches},
		{"GET", "/saved/searches/{name}", maySearch, a.savedSearch},
	}, a.loginRoutes(), a.inputRoutes(), a.jobRoutes("/search/jobs"), a.jobRoutes("/search/v2/jobs"))
}

// jobRoutes are the rows of search jobs; their second version has the same forms.
func (a *API) jobRoutes(jobs string) []route {
	return []route{
		{"POST", jobs, maySearch, a.createJob},
		{"GET", jobs, maySearch, a.listJobs},
		{"GET", jobs + "/{sid}", maySearch, a.showJob},
		{"DELETE", jobs + "/{sid}", maySearch, a.deleteJob},
		{"POST", jobs + "/{sid}/control", maySearch, a.controlJob},
		{"GET", jobs + "/{sid}/results", maySearch, a.jobResults},
		{"POST", jobs + "/{sid}/results", maySearch, a.jobResults},
		{"GET", jobs + "/{sid}/results_preview", maySearch, a.jobResults},
		{"POST", jobs + "/{sid}/results_preview", maySearch, a.jobResults},
	}
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
