package server

import (
	"net/http"
	"net/url"

	"riskreplay/src/conf"
)

// savedSearches lists the saved searches of the app that searches run in.
func (a *API) savedSearches(c *call) {
	list := make([]entry, 0, len(a.o.Saved))
	for _, s := range a.o.Saved {
		list = append(list, a.savedEntry(s))
	}
	a.sendFeed(c, list)
}

// savedSearch gives the one that the path names.
func (a *API) savedSearch(c *call) {
	name := c.part("name")
	for _, s := range a.o.Saved {
		if s.Name == name {
			a.sendFeed(c, []entry{a.savedEntry(s)})
			return
		}
	}
	c.refuse(http.StatusNotFound, "ERROR", "there is no saved search of that name")
}

// savedEntry has the settings of a stanza as they are written, and is_scheduled,
// which is what REST calls enableSched.
func (a *API) savedEntry(s *conf.Stanza) entry {
	content := map[string]any{"disabled": isTrue(s.Get("disabled")), "is_scheduled": isTrue(s.Get("enableSched"))}
	for _, setting := range s.Settings {
		if _, known := content[setting.Key]; !known {
			content[setting.Key] = setting.Value
		}
	}
	return entry{name: s.Name, path: "/servicesNS/nobody/" + url.PathEscape(s.App) + "/saved/searches/" + url.PathEscape(s.Name), updated: a.o.Clock.Now(), content: content}
}
