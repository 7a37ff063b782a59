package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/splunktime"
)

// userEntry is a user as the API shows one.
func (a *API) userEntry(u user, now time.Time) entry {
	return entry{name: u.name, path: "/services/authentication/users/" + url.PathEscape(u.name), updated: now, content: map[string]any{
		"roles": []string{u.role}, "capabilities": u.capabilities(), "realname": "", "email": "", "type": "Splunk", "defaultApp": "search",
	}}
}

// currentContext tells the caller who that is (authentication/current-context).
func (a *API) currentContext(c *call) {
	a.sendFeed(c, []entry{{name: "context", path: "/services/authentication/current-context/context", updated: c.now, content: map[string]any{
		"username": c.who.name, "roles": []string{c.who.role}, "capabilities": c.who.capabilities(), "realname": "", "email": "", "defaultApp": "search",
	}}})
}

// listUsers lists all users to who may change them, and else the caller.
func (a *API) listUsers(c *call) {
	var list []entry
	for _, one := range a.o.Users.current() {
		if one.name == c.who.name || c.who.may(mayUsers) {
			list = append(list, a.userEntry(one.user, c.now))
		}
	}
	a.sendFeed(c, list)
}

// userNamed is the user that the path names, when the caller may see that one.
func (a *API) userNamed(c *call) (user, bool) {
	name := c.part("name")
	one, there := a.o.Users.find(name)
	if !there || name != c.who.name && !c.who.may(mayUsers) {
		c.refuse(http.StatusNotFound, "ERROR", "there is no user of that name")
		return user{}, false
	}
	return one.user, true
}

func (a *API) showUser(c *call) {
	if u, ok := a.userNamed(c); ok {
		a.sendEntry(c, a.userEntry(u, c.now))
	}
}

// addUser makes a user of name, password and roles.
func (a *API) addUser(c *call) {
	name, role := c.body.Get("name"), c.body.Get("roles")
	if _, there := a.o.Users.find(name); there {
		c.refuse(http.StatusConflict, "ERROR", "there is a user of that name already")
		return
	}
	if role == "" {
		role = RoleUser
	}
	if a.refused(c, SetUser(a.o.Users.file, name, role, c.body.Get("password"))) {
		return
	}
	a.audit(c, "create_user", "succeeded", map[string]string{"object": name, "role": role})
	w := user{name, role}
	a.sendEntry(c, a.userEntry(w, c.now))
}

// changeUser gives a user another password: one's own with oldpassword, or who may
// change users anybody's, and roles.
func (a *API) changeUser(c *call) {
	u, ok := a.userNamed(c)
	if !ok {
		return
	}
	role, password := c.body.Get("roles"), c.body.Get("password")
	if !c.who.may(mayUsers) {
		if _, _, v := a.sessions.login(c.r, u.name, c.body.Get("oldpassword")); v != admitted || role != "" {
			c.refuse(http.StatusForbidden, "ERROR", "your own password is what you may change, with oldpassword")
			return
		}
	}
	if a.refused(c, a.o.Users.change(u.name, role, password)) {
		return
	}
	a.audit(c, "edit_user", "succeeded", map[string]string{"object": u.name})
	if role != "" {
		u.role = role
	}
	a.sendEntry(c, a.userEntry(u, c.now))
}

func (a *API) removeUser(c *call) {
	u, ok := a.userNamed(c)
	if !ok || a.refused(c, RemoveUser(a.o.Users.file, u.name)) {
		return
	}
	a.audit(c, "delete_user", "succeeded", map[string]string{"object": u.name})
	a.listUsers(c)
}

func (a *API) listRoles(c *call) {
	var list []entry
	for _, role := range Roles() {
		list = append(list, entry{name: role, path: "/services/authorization/roles/" + role, updated: c.now, content: map[string]any{
			"capabilities": user{role: role}.capabilities(), "imported_roles": []string{},
		}})
	}
	a.sendFeed(c, list)
}

// refused answers why something was not changed.
func (a *API) refused(c *call, err error) bool {
	var wrong diag.Message
	switch {
	case err == nil:
		return false
	case errors.As(err, &wrong):
		c.refuse(http.StatusBadRequest, "ERROR", wrong.Text)
	default:
		c.refuse(http.StatusInternalServerError, "ERROR", "the configuration cannot be written: see the server's own output")
	}
	return true
}

// bearerEntry is a bearer token as the API shows one: without the token.
func bearerEntry(t bearerToken, used, now time.Time) entry {
	status, expires := "enabled", int64(0)
	if t.Disabled {
		status = "disabled"
	}
	if !t.Expires.IsZero() {
		expires = t.Expires.Unix()
	}
	content := map[string]any{
		"claims": map[string]any{"aud": t.Audience, "sub": t.User, "iat": t.Made.Unix(), "exp": expires, "iss": "riskreplay"}, "status": status, "lastUsed": int64(0),
	}
	if !used.IsZero() {
		content["lastUsed"] = used.Unix()
	}
	return entry{name: t.ID, path: "/services/authorization/tokens/" + t.ID, updated: now, content: content}
}

// listBearer lists bearer tokens: one's own, or all to who may change them.
func (a *API) listBearer(c *call) {
	var list []entry
	if a.o.Bearer != nil {
		all, used := a.o.Bearer.all()
		for _, t := range all {
			if t.User == c.who.name || c.who.may(mayAuthorize) {
				list = append(list, bearerEntry(t, used[t.ID], c.now))
			}
		}
	}
	a.sendFeed(c, list)
}

// addBearer makes a bearer token for name, the caller when it is not given: its text
// is in the answer, once. expires_on is a time as searches take it.
func (a *API) addBearer(c *call) {
	name, audience := c.body.Get("name"), c.body.Get("audience")
	if name == "" {
		name = c.who.name
	}
	if _, there := a.o.Users.find(name); !there || name != c.who.name && !c.who.may(mayAuthorize) || a.o.Bearer == nil {
		c.refuse(http.StatusForbidden, "ERROR", "you may not make a token for that user")
		return
	}
	if len(audience) > 200 {
		c.refuse(http.StatusBadRequest, "ERROR", "cannot use that audience: it is longer than 200 characters")
		return
	}
	var expires time.Time
	if text := c.body.Get("expires_on"); text != "" && text != "never" {
		t, err := splunktime.Parse(text, event.At(c.now), time.UTC)
		if err != nil || !t.Std().After(c.now) {
			c.refuse(http.StatusBadRequest, "ERROR", fmt.Sprintf("cannot read expires_on %.40q: expected a time to come, such as +30d", text))
			return
		}
		expires = t.Std()
	}
	token, made, err := a.o.Bearer.add(name, audience, expires)
	if a.refused(c, err) {
		return
	}
	a.audit(c, "create_token", "succeeded", map[string]string{"object": made.ID, "for": name})
	a.sendEntry(c, entry{name: "tokens", path: "/services/authorization/tokens/" + made.ID, updated: c.now, content: map[string]any{"id": made.ID, "token": token}})
}

// changeBearer enables or disables the tokens of a user, or the one of id.
func (a *API) changeBearer(c *call) {
	status := c.body.Get("status")
	if status != "enabled" && status != "disabled" {
		c.refuse(http.StatusBadRequest, "ERROR", `expected status "enabled" or "disabled"`)
		return
	}
	a.eachBearer(c, "edit_token", func(t *bearerToken) bool {
		t.Disabled = status == "disabled"
		return true
	})
}

func (a *API) removeBearer(c *call) {
	a.eachBearer(c, "delete_token", func(*bearerToken) bool { return false })
}

// eachBearer changes the tokens that the path and id name.
func (a *API) eachBearer(c *call, action string, change func(*bearerToken) bool) {
	name, id := c.part("name"), c.form.Get("id")
	if name != c.who.name && !c.who.may(mayAuthorize) || a.o.Bearer == nil {
		c.refuse(http.StatusForbidden, "ERROR", "you may not change the tokens of that user")
		return
	}
	n, err := a.o.Bearer.change(name, id, change)
	if a.refused(c, err) {
		return
	}
	if n == 0 {
		c.refuse(http.StatusNotFound, "ERROR", "there is no such token")
		return
	}
	a.audit(c, action, "succeeded", map[string]string{"object": id, "of": name})
	c.refuse(http.StatusOK, "INFO", fmt.Sprintf("%d changed", n))
}
