package hec

import (
	"net/http"
	"slices"

	"github.com/gorilla/mux"
)

const root = "/services/collector"

// resource is what stands at a path behind /services/collector, and there also
// with /1.0 behind it, which Splunk's own clients send.
type resource struct {
	path      string
	versioned bool
	allow     string
	methods   []string
	serve     func(*Server, http.ResponseWriter, *http.Request)
}

var resources = []resource{
	{"/event", true, "POST,OPTIONS", []string{"POST"}, (*Server).takeEvents},
	{"", false, "POST,OPTIONS", []string{"POST"}, (*Server).takeEvents},
	{"/raw", true, "POST,OPTIONS", []string{"POST"}, (*Server).takeRaw},
	{"/ack", true, "POST,OPTIONS", []string{"POST", "GET"}, (*Server).answerAcks},
	{"/health", true, "GET,HEAD,OPTIONS", []string{"GET", "HEAD"}, (*Server).health},
}

// router finds the resource of a path and method. A path is taken as it was sent:
// Splunk cleans none, and a redirect would lose the events of a POST.
func (s *Server) router() *mux.Router {
	m := mux.NewRouter().SkipClean(true)
	m.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.reply(w, r, newReply(codeNotFound))
	})
	for _, res := range resources {
		s.mount(m.Path(root+res.path).Subrouter(), res)
		if res.versioned {
			s.mount(m.Path(root+res.path+"/1.0").Subrouter(), res)
		}
	}
	return m
}

// mount has a path's router answer each method.
func (s *Server) mount(m *mux.Router, res resource) {
	m.Methods(slices.Clone(res.methods)...).HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.faulty(w, r, res.serve) })
	m.Methods(http.MethodOptions).HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Allow", res.allow) })
	m.NewRoute().HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", res.allow)
		wrong := newReply(codeNotFound)
		wrong.Status = http.StatusMethodNotAllowed
		s.reply(w, r, wrong)
	})
}
