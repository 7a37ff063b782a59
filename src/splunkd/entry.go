package splunkd

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Entry is one thing of a Splunk: a saved search, an index, a stanza.
type Entry struct {
	Name, ID, Author, Updated string
	// App, Owner and Sharing are whose it is (its access control list).
	App, Owner, Sharing string
	Content             Content
}

// Content is the settings of an entry. Splunk writes a boolean as true, 1 or "1",
// and a number with or without quotes; the methods read them all.
type Content map[string]any

// Text is a setting as text: "" when it is absent, null or a list.
func (c Content) Text(name string) string {
	switch v := c[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// Bool is a setting that is true, 1 or "1".
func (c Content) Bool(name string) bool {
	v, err := strconv.ParseBool(c.Text(name))
	return err == nil && v
}

// Int is a setting that is a whole number, also where it is written 3.000; 0
// otherwise.
func (c Content) Int(name string) int64 {
	whole, frac, _ := strings.Cut(c.Text(name), ".")
	if strings.Trim(frac, "0") != "" {
		return 0
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// List is a setting that is a list of texts, or one text.
func (c Content) List(name string) []string {
	list, ok := c[name].([]any)
	if !ok {
		if text := c.Text(name); text != "" {
			return []string{text}
		}
		return nil
	}
	var out []string
	for _, v := range list {
		out = append(out, Content{"": v}.Text(""))
	}
	return out
}

// Get lists what is at a path: "saved/searches" in the client's namespace, or
// "/servicesNS/-/-/saved/searches" as it stands. The path is escaped already (see
// Path). Without a count in params all entries come.
func (c *Client) Get(ctx context.Context, path string, params url.Values) ([]Entry, error) {
	return c.list(ctx, "read \""+path+"\"", path, params)
}

func (c *Client) list(ctx context.Context, doing, path string, params url.Values) ([]Entry, error) {
	if !strings.HasPrefix(path, "/") {
		path = c.path("", "") + "/" + path
	}
	query := url.Values{"count": {"0"}}
	for name, values := range params {
		query[name] = values
	}
	query.Set("output_mode", "json")
	data, _, err := c.whole(ctx, &call{doing: doing, method: http.MethodGet, path: path, query: query})
	if err != nil {
		return nil, err
	}
	entries, fault := ParseEntries(data)
	if fault != nil {
		return nil, c.problem(doing, fault)
	}
	return entries, nil
}

// Path escapes names and joins them by slashes.
func Path(names ...string) string {
	for i, n := range names {
		names[i] = segment(n)
	}
	return strings.Join(names, "/")
}

// ParseEntries reads a feed in JSON (output_mode=json): {"entry":[{"name":...,
// "acl":{...},"content":{...}}]}. An entry that is no object is left out.
func ParseEntries(data []byte) ([]Entry, *Error) {
	var feed struct {
		Entry *[]json.RawMessage `json:"entry"`
	}
	if err := json.Unmarshal(data, &feed); err != nil || feed.Entry == nil {
		return nil, &Error{Kind: Foreign, Text: "the answer is no list of entries in JSON" + pageTitle(data), cause: err}
	}
	var out []Entry
	for _, raw := range *feed.Entry {
		var read struct {
			Name    string `json:"name"`
			ID      string `json:"id"`
			Author  string `json:"author"`
			Updated string `json:"updated"`
			ACL     struct {
				App     string `json:"app"`
				Owner   string `json:"owner"`
				Sharing string `json:"sharing"`
			} `json:"acl"`
			Content Content `json:"content"`
		}
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if dec.Decode(&read) != nil {
			continue
		}
		out = append(out, Entry{
			Name: read.Name, ID: read.ID, Author: read.Author, Updated: read.Updated,
			App: read.ACL.App, Owner: read.ACL.Owner, Sharing: read.ACL.Sharing, Content: read.Content,
		})
	}
	return out, nil
}

// only is the one entry of an answer that has one.
func (c *Client) only(ctx context.Context, doing, path string) (Entry, error) {
	entries, err := c.list(ctx, doing, path, nil)
	if err != nil {
		return Entry{}, err
	}
	if len(entries) == 0 {
		return Entry{}, c.problem(doing, &Error{Kind: Missing, Text: "the answer holds no entry"})
	}
	return entries[0], nil
}
