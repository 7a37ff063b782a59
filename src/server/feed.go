package server

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// entry is one thing of the server: a job, an index, a saved search.
type entry struct {
	name, path string // path of the thing itself, escaped
	content    map[string]any
	updated    time.Time
	// acl is whose it is; nil is everybody's, and not to be changed.
	acl *access
	// fields are the settings that it takes.
	fields *fieldNames
	// actions are the last parts of paths that do something with it, as links.
	actions []string
}

// access is whose a thing is.
type access struct {
	app, owner, sharing  string
	read, write          []string
	removable, adminOnly bool
}

// fieldNames are the settings that a thing must have and may have.
type fieldNames struct{ required, optional, wildcard []string }

// withName is the fields of one that is made: it has a name too.
func (f *fieldNames) withName() *fieldNames {
	if f == nil {
		return &fieldNames{required: []string{"name"}}
	}
	return &fieldNames{required: append([]string{"name"}, f.required...), optional: f.optional, wildcard: f.wildcard}
}

const timeForm = "2006-01-02T15:04:05.000-07:00"

// sendFeed answers with the entries that search, sort_key, count and offset ask for:
// Atom, or its JSON form.
func (a *API) sendFeed(c *call, entries []entry) { a.sendFeedAs(c, http.StatusOK, entries) }

func (a *API) sendFeedAs(c *call, status int, entries []entry) {
	total, count, offset := len(entries), 30, 0
	if c.r.Method == http.MethodGet { // of what changes something these are settings
		entries = c.sorted(c.matching(entries))
		total, count, offset = len(entries), c.number("count", 30), c.number("offset", 0)
		entries = entries[min(offset, total):]
	}
	if count > 0 && count < len(entries) {
		entries = entries[:count]
	}
	for i := range entries {
		entries[i].keep(c.form["f"])
	}
	if wantsJSON(c.r) {
		list := make([]any, 0, len(entries))
		for _, e := range entries {
			list = append(list, e.json())
		}
		path := c.r.URL.Path
		sendJSON(c.w, status, map[string]any{
			"links": map[string]string{"create": path + "/_new", "_reload": path + "/_reload"}, "origin": path, "updated": c.now.UTC().Format(timeForm),
			"generator": map[string]string{"build": build, "version": version},
			"entry":     list, "paging": map[string]int{"total": total, "perPage": count, "offset": offset}, "messages": []any{},
		})
		return
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + "<feed " + namespaces + " xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\">\n<title>")
	escape(&b, lastPart(c.r.URL.Path))
	b.WriteString("</title>\n<id>")
	escape(&b, c.r.URL.Path)
	fmt.Fprintf(&b, "</id>\n<updated>%s</updated>\n<generator build=%q version=%q/>\n<author><name>Splunk</name></author>\n", c.now.UTC().Format(timeForm), build, version)
	fmt.Fprintf(&b, "<opensearch:totalResults>%d</opensearch:totalResults>\n<opensearch:itemsPerPage>%d</opensearch:itemsPerPage>\n<opensearch:startIndex>%d</opensearch:startIndex>\n<s:messages/>\n", total, count, offset)
	for _, e := range entries {
		e.xml(&b, "<entry>\n")
	}
	b.WriteString("</feed>\n")
	send(c.w, status, xmlType, b.Bytes())
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

const namespaces = `xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest"`

// sendEntry answers with one entry: as the root in XML, which is how Splunk gives a
// job.
func (a *API) sendEntry(c *call, e entry) {
	if wantsJSON(c.r) {
		a.sendFeed(c, []entry{e})
		return
	}
	e.keep(c.form["f"])
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e.xml(&b, "<entry "+namespaces+">\n")
	send(c.w, http.StatusOK, xmlType, b.Bytes())
}

// keep drops the settings that f does not name; without an f all stay.
func (e *entry) keep(f []string) {
	if len(f) == 0 {
		return
	}
	kept := map[string]any{}
	for key, value := range e.content {
		if slices.ContainsFunc(f, func(pattern string) bool { return wildcard(pattern, key) }) {
			kept[key] = value
		}
	}
	e.content = kept
}

func (e *entry) json() map[string]any {
	out := map[string]any{
		"name": e.name, "id": e.path, "updated": e.updated.UTC().Format(timeForm), "author": e.owner(), "content": e.content,
		"links": e.links(), "acl": e.acl.content(),
	}
	if e.fields != nil {
		out["fields"] = e.fields.content("required", "optional", "wildcard")
	}
	return out
}

// owner is whose it is, nobody's when it is everybody's.
func (e *entry) owner() string {
	if e.acl == nil {
		return "system"
	}
	return e.acl.owner
}

func (e *entry) links() map[string]string {
	out := map[string]string{"alternate": e.path, "list": e.path}
	for _, action := range e.actions {
		switch action {
		case "edit", "remove":
			out[action] = e.path
		default:
			out[action] = e.path + "/" + action
		}
	}
	return out
}

// content is an access as the API tells it.
func (a *access) content() map[string]any {
	if a == nil {
		a = &access{app: "system", owner: "nobody", sharing: "system", adminOnly: true}
	}
	var perms any
	if a.read != nil || a.write != nil {
		perms = map[string]any{"read": texts(a.read), "write": texts(a.write)}
	}
	return map[string]any{
		"app": a.app, "owner": a.owner, "sharing": a.sharing, "modifiable": !a.adminOnly, "removable": a.removable, "can_write": !a.adminOnly, "can_list": true,
		"can_change_perms": !a.adminOnly, "can_share_app": !a.adminOnly, "can_share_global": !a.adminOnly, "can_share_user": false, "perms": perms,
	}
}

// texts is a list that is there also when it is empty.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (f *fieldNames) content(required, optional, wildcard string) map[string]any {
	return map[string]any{required: texts(f.required), optional: texts(f.optional), wildcard: texts(f.wildcard)}
}

func (e *entry) xml(b *bytes.Buffer, open string) {
	b.WriteString(open + "<title>")
	escape(b, e.name)
	b.WriteString("</title>\n<id>")
	escape(b, e.path)
	fmt.Fprintf(b, "</id>\n<updated>%s</updated>\n", e.updated.UTC().Format(timeForm))
	links := e.links()
	for _, rel := range slices.Sorted(maps.Keys(links)) {
		b.WriteString(`<link href="`)
		escape(b, links[rel])
		b.WriteString(`" rel="` + rel + "\"/>\n")
	}
	b.WriteString("<author><name>")
	escape(b, e.owner())
	b.WriteString("</name></author>\n<content type=\"text/xml\">\n")
	content := map[string]any{}
	maps.Copy(content, e.content)
	content["eai:acl"] = e.acl.content()
	if e.fields != nil {
		content["eai:attributes"] = e.fields.content("requiredFields", "optionalFields", "wildcardFields")
	}
	writeValue(b, content)
	b.WriteString("</content>\n</entry>\n")
}

// writeValue writes a value as Splunk's dictionaries, lists and texts.
func writeValue(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case map[string]any:
		b.WriteString("<s:dict>\n")
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(`<s:key name="`)
			escape(b, key)
			b.WriteString(`">`)
			writeValue(b, v[key])
			b.WriteString("</s:key>\n")
		}
		b.WriteString("</s:dict>\n")
	case []any:
		b.WriteString("<s:list>\n")
		for _, item := range v {
			b.WriteString("<s:item>")
			writeValue(b, item)
			b.WriteString("</s:item>\n")
		}
		b.WriteString("</s:list>\n")
	case []string:
		b.WriteString("<s:list>\n")
		for _, item := range v {
			b.WriteString("<s:item>")
			escape(b, item)
			b.WriteString("</s:item>\n")
		}
		b.WriteString("</s:list>\n")
	case []message:
		byType := map[string]any{}
		for _, m := range v {
			kind := strings.ToLower(m.Type)
			list, _ := byType[kind].([]string)
			byType[kind] = append(list, m.Text)
		}
		writeValue(b, byType)
	default:
		escape(b, plainText(v))
	}
}

// plainText is a value as text: a boolean is 0 or 1, nothing is "".
func plainText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{false: "0", true: "1"}[v]
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
