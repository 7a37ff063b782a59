package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"riskreplay/src/hec"
)

// inputRoutes are the rows of what sends events.
func (a *API) inputRoutes() []route {
	return []route{
		{"POST", receivers + "simple", mayInput, a.simple},
		{"POST", receivers + "stream", mayInput, a.stream},
		{"GET", "/data/inputs/http", mayTokens, a.listTokens},
		{"POST", "/data/inputs/http", mayTokens, a.addToken},
		{"GET", "/data/inputs/http/{name}", mayTokens, a.showToken},
		{"POST", "/data/inputs/http/{name}", mayTokens, a.changeToken},
		{"DELETE", "/data/inputs/http/{name}", mayTokens, a.removeToken},
		{"POST", "/data/inputs/http/{name}/enable", mayTokens, a.enableToken},
		{"POST", "/data/inputs/http/{name}/disable", mayTokens, a.disableToken},
	}
}

// tokenEntry is a token as the API shows one: to who may see it, with its value.
func tokenEntry(c *call, t hec.Token) entry {
	name := tokenStanza + t.Name
	index := or(t.Index, "main")
	indexes := t.Indexes
	if indexes == nil {
		indexes = []string{}
	}
	return entry{name: name, path: "/servicesNS/nobody/splunk_httpinput/data/inputs/http/" + url.PathEscape(name), updated: c.now, content: map[string]any{
		"token": string(t.Value), "disabled": t.Disabled, "index": index, "indexes": indexes, "host": or(t.Host, "$decideOnStartup"), "source": t.Source, "sourcetype": t.Sourcetype,
		"useACK": digit(t.UseACK), "allowQueryStringAuth": digit(t.AllowQuery), "eai:type": "http",
	}}
}

// or is the first text that is not empty.
func or(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

func (a *API) allTokens() hec.TokenList {
	if a.o.Tokens == nil {
		return nil
	}
	return a.o.Tokens.All()
}

func (a *API) listTokens(c *call) {
	var list []entry
	for _, t := range a.allTokens() {
		list = append(list, tokenEntry(c, t))
	}
	a.sendFeed(c, list)
}

// tokenNamed is the token that the path names, with http:// before it or not.
func (a *API) tokenNamed(c *call) (hec.Token, bool) {
	name := strings.TrimPrefix(c.part("name"), tokenStanza)
	list := a.allTokens()
	at := slices.IndexFunc(list, func(t hec.Token) bool { return t.Name == name })
	if at < 0 {
		c.refuse(http.StatusNotFound, "ERROR", "there is no such token")
		return hec.Token{}, false
	}
	return list[at], true
}

func (a *API) showToken(c *call) {
	if t, ok := a.tokenNamed(c); ok {
		a.sendFeed(c, []entry{tokenEntry(c, t)})
	}
}

// fill sets what a call's parameters say of a token.
func fill(t *hec.Token, form url.Values) {
	for name, to := range map[string]*string{"index": &t.Index, "host": &t.Host, "source": &t.Source, "sourcetype": &t.Sourcetype} {
		if form.Has(name) {
			*to = form.Get(name)
		}
	}
	for name, to := range map[string]*bool{"disabled": &t.Disabled, "useACK": &t.UseACK, "allowQueryStringAuth": &t.AllowQuery} {
		if form.Has(name) {
			*to = isTrue(form.Get(name))
		}
	}
	if form.Has("token") {
		t.Value = hec.Secret(form.Get("token"))
	}
	if form.Has("indexes") {
		t.Indexes = nil
		for _, value := range form["indexes"] {
			for name := range strings.SplitSeq(value, ",") {
				if name = strings.TrimSpace(name); name != "" {
					t.Indexes = append(t.Indexes, name)
				}
			}
		}
	}
}

// addToken makes a token of name.
func (a *API) addToken(c *call) {
	if a.o.Tokens == nil {
		notFound(c.w, c.r)
		return
	}
	t := hec.Token{Name: strings.TrimPrefix(c.body.Get("name"), tokenStanza)}
	if slices.ContainsFunc(a.allTokens(), func(o hec.Token) bool { return o.Name == t.Name }) {
		c.refuse(http.StatusConflict, "ERROR", "there is a token of that name already")
		return
	}
	fill(&t, c.body)
	t, err := AddToken(a.o.Tokens.file, t)
	if a.refused(c, err) {
		return
	}
	a.audit(c, "create_http_token", "succeeded", map[string]string{"object": t.Name})
	a.sendCreated(c, tokenEntry(c, t))
}

// editToken changes the token that the path names.
func (a *API) editToken(c *call, change func(*hec.Token)) {
	t, ok := a.tokenNamed(c)
	if !ok {
		return
	}
	change(&t)
	if a.refused(c, ChangeToken(a.o.Tokens.file, t)) {
		return
	}
	a.audit(c, "edit_http_token", "succeeded", map[string]string{"object": t.Name})
	a.sendFeed(c, []entry{tokenEntry(c, t)})
}

func (a *API) changeToken(c *call) { a.editToken(c, func(t *hec.Token) { fill(t, c.body) }) }

func (a *API) enableToken(c *call) { a.editToken(c, func(t *hec.Token) { t.Disabled = false }) }

func (a *API) disableToken(c *call) { a.editToken(c, func(t *hec.Token) { t.Disabled = true }) }

func (a *API) removeToken(c *call) {
	t, ok := a.tokenNamed(c)
	if !ok || a.refused(c, RemoveToken(a.o.Tokens.file, t.Name)) {
		return
	}
	a.audit(c, "remove_http_token", "succeeded", map[string]string{"object": t.Name})
	a.listTokens(c)
}

// sendCreated is sendFeed for what was made.
func (a *API) sendCreated(c *call, e entry) {
	c.w = created{c.w}
	a.sendFeed(c, []entry{e})
}

// created answers 201 instead of 200.
type created struct{ http.ResponseWriter }

func (w created) WriteHeader(status int) {
	if status == http.StatusOK {
		status = http.StatusCreated
	}
	w.ResponseWriter.WriteHeader(status)
}
