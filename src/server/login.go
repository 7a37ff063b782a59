package server

import (
	"net/http"

	"riskreplay/src/job"
)

const tooManyLogins = "too many logins at once, or too many that failed: try again later"

// loginRoutes are the rows of who is who.
func (a *API) loginRoutes() []route {
	return []route{
		{"POST", "/auth/login", anyone, a.login},
		{"DELETE", "/authentication/httpauth-tokens/{key}", known, a.logout},
		{"GET", "/authentication/current-context", known, a.currentContext},
		{"GET", "/authentication/current-context/context", known, a.currentContext},
		{"GET", "/authentication/users", known, a.listUsers},
		{"POST", "/authentication/users", mayUsers, a.addUser},
		{"GET", "/authentication/users/{name}", known, a.showUser},
		{"POST", "/authentication/users/{name}", known, a.changeUser},
		{"DELETE", "/authentication/users/{name}", mayUsers, a.removeUser},
		{"GET", "/authorization/roles", known, a.listRoles},
		{"GET", "/authorization/tokens", known, a.listBearer},
		{"POST", "/authorization/tokens", known, a.addBearer},
		{"POST", "/authorization/tokens/{name}", known, a.changeBearer},
		{"DELETE", "/authorization/tokens/{name}", known, a.removeBearer},
	}
}

// login exchanges user and password for a session key.
func (a *API) login(c *call) {
	switch key, v := a.sessions.begin(c.r, c.body.Get("username"), c.body.Get("password")); v {
	case crowded:
		c.refuse(http.StatusServiceUnavailable, "WARN", tooManyLogins)
	case admitted:
		c.respond(http.StatusOK, "sessionKey", key)
	default:
		c.refuse(http.StatusUnauthorized, "WARN", "Login failed")
	}
}

// logout ends the session of a key, which is its owner's alone to know.
func (a *API) logout(c *call) {
	if !a.sessions.end(c.part("key")) {
		c.refuse(http.StatusNotFound, "ERROR", "there is no such session")
		return
	}
	a.audit(c, "logout", "succeeded", nil)
	c.say(http.StatusOK, nil)
}

// audit writes what the caller did.
func (a *API) audit(c *call, action, info string, more map[string]string) {
	a.o.Audit.Add(Entry{User: c.who.name, Action: action, Info: info, More: more})
}

// auditSearch writes that a search was begun, or why not.
func (a *API) auditSearch(c *call, r job.Request, s *searchJob, err error) {
	more := map[string]string{"search": r.Search, "search_et": r.Earliest, "search_lt": r.Latest}
	info := "granted"
	if err != nil {
		info = "failed"
	} else {
		more["search_id"] = s.sid
	}
	a.audit(c, "search", info, more)
}
