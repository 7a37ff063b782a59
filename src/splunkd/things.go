package splunkd

import (
	"context"
	"strings"
)

// Info is what a Splunk says of itself (server/info).
type Info struct {
	Name, Version, Build, GUID string
	// OS is the operating system's name; Product is enterprise, lite, ...; Cloud
	// tells that it is Splunk Cloud.
	OS, Product string
	Cloud       bool
	Roles       []string
}

// Info asks a Splunk who it is.
func (c *Client) Info(ctx context.Context) (Info, error) {
	e, err := c.only(ctx, "read the server's information", "/services/server/info")
	if err != nil {
		return Info{}, err
	}
	v := e.Content
	return Info{
		Name: v.Text("serverName"), Version: v.Text("version"), Build: v.Text("build"), GUID: v.Text("guid"), OS: v.Text("os_name"),
		Product: v.Text("product_type"), Cloud: v.Text("instance_type") == "cloud", Roles: v.List("server_roles"),
	}, nil
}

// Index is an index of a Splunk.
type Index struct {
	Name     string
	Disabled bool
	// Metric tells that it takes metrics, not events.
	Metric bool
	Events int64
}

// Indexes lists the indexes that the user sees, the internal ones too.
func (c *Client) Indexes(ctx context.Context) ([]Index, error) {
	entries, err := c.list(ctx, "list the indexes", "data/indexes", nil)
	out := make([]Index, 0, len(entries))
	for _, e := range entries {
		out = append(out, Index{Name: e.Name, Disabled: e.Content.Bool("disabled"), Metric: e.Content.Text("datatype") == "metric", Events: e.Content.Int("totalEventCount")})
	}
	return out, err
}

// Collector is a token of the HTTP Event Collector (a stanza http://NAME).
type Collector struct {
	Name  string
	Token Secret
	// Index is the default, Indexes those that may be written; none means any.
	Index, Host, Source, Sourcetype string
	Indexes                         []string
	UseACK, Disabled                bool
}

// Collectors lists the tokens of the HTTP Event Collector.
func (c *Client) Collectors(ctx context.Context) ([]Collector, error) {
	entries, err := c.list(ctx, "list the tokens of the HTTP Event Collector", "/servicesNS/-/-/data/inputs/http", nil)
	out := make([]Collector, 0, len(entries))
	for _, e := range entries {
		v := e.Content
		out = append(out, Collector{
			Name: strings.TrimPrefix(e.Name, "http://"), Token: Secret(v.Text("token")), Index: v.Text("index"), Host: v.Text("host"), Source: v.Text("source"),
			Sourcetype: v.Text("sourcetype"), Indexes: v.List("indexes"), UseACK: v.Bool("useACK"), Disabled: v.Bool("disabled"),
		})
	}
	return out, err
}

// App is an app that is installed.
type App struct {
	ID, Label, Version string
	Disabled           bool
}

// Apps lists the apps that the user sees.
func (c *Client) Apps(ctx context.Context) ([]App, error) {
	entries, err := c.list(ctx, "list the apps", "/services/apps/local", nil)
	out := make([]App, 0, len(entries))
	for _, e := range entries {
		out = append(out, App{ID: e.Name, Label: e.Content.Text("label"), Version: e.Content.Text("version"), Disabled: e.Content.Bool("disabled")})
	}
	return out, err
}

// SavedSearch is a saved search.
type SavedSearch struct {
	Name, App, Owner, Search   string
	Earliest, Latest, Cron     string
	Scheduled, Disabled        bool
	CorrelationSearch, Summary bool // it is a detection of Enterprise Security; it fills a summary index
	Content                    Content
}

func savedSearch(e Entry) SavedSearch {
	v := e.Content
	return SavedSearch{
		Name: e.Name, App: e.App, Owner: e.Owner, Search: v.Text("search"), Earliest: v.Text("dispatch.earliest_time"), Latest: v.Text("dispatch.latest_time"),
		Cron: v.Text("cron_schedule"), Scheduled: v.Bool("is_scheduled"), Disabled: v.Bool("disabled"),
		CorrelationSearch: v.Bool("action.correlationsearch.enabled"), Summary: v.Bool("action.summary_index"), Content: v,
	}
}

// SavedSearches lists the saved searches of an app, "" for those of all.
func (c *Client) SavedSearches(ctx context.Context, app string) ([]SavedSearch, error) {
	entries, err := c.list(ctx, "list the saved searches", c.path("-", orElse(app, "-"), "saved", "searches"), nil)
	out := make([]SavedSearch, 0, len(entries))
	for _, e := range entries {
		out = append(out, savedSearch(e))
	}
	return out, err
}

// SavedSearch is the saved search of a name as app sees it, "" for the client's
// namespace.
func (c *Client) SavedSearch(ctx context.Context, app, name string) (SavedSearch, error) {
	e, err := c.only(ctx, "read the saved search \""+name+"\"", c.path("", app, "saved", "searches", name))
	if err != nil {
		return SavedSearch{}, err
	}
	return savedSearch(e), nil
}

// Password is the secret that app keeps under a realm and a name
// (storage/passwords); the realm may be empty.
func (c *Client) Password(ctx context.Context, app, realm, name string) (Secret, error) {
	doing := "read the password \"" + realm + ":" + name + "\""
	key := colons.Replace(realm) + ":" + colons.Replace(name) + ":"
	e, err := c.only(ctx, doing, c.path("nobody", orElse(app, c.o.App), "storage", "passwords", key))
	if err != nil {
		return "", err
	}
	clear, ok := e.Content["clear_password"].(string)
	if !ok || e.Content.Text("username") != name || e.Content.Text("realm") != realm {
		return "", c.problem(doing, &Error{Kind: Missing, Text: "the answer holds no such password"})
	}
	return Secret(clear), nil
}

// colons escapes the sign between realm and name.
var colons = strings.NewReplacer(`:`, `\:`)
