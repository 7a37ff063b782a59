package server

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// entry is one thing of the server: a job, an index, an app.
type entry struct {
	name, path string // path of the thing itself, escaped
	content    map[string]any
	updated    time.Time
}

const timeForm = "2006-01-02T15:04:05.000-07:00"

// sendFeed answers with the entries that count and offset ask for: Atom, or its
// JSON form.
func (a *API) sendFeed(c *call, entries []entry) {
	total := len(entries)
	count, offset := c.number("count", 30), c.number("offset", 0)
	entries = entries[min(offset, total):]
	if count > 0 && count < len(entries) {
		entries = entries[:count]
	}
	if wantsJSON(c.r) {
		list := make([]any, 0, len(entries))
		for _, e := range entries {
			list = append(list, e.json())
		}
		sendJSON(c.w, http.StatusOK, map[string]any{
			"origin": c.r.URL.Path, "updated": c.now.UTC().Format(timeForm), "generator": map[string]string{"build": build, "version": version},
			"entry": list, "paging": map[string]int{"total": total, "perPage": count, "offset": offset}, "messages": []any{},
		})
		return
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + "<feed " + namespaces + " xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\">\n<title>")
	escape(&b, c.r.URL.Path)
	fmt.Fprintf(&b, "</title>\n<updated>%s</updated>\n<generator build=%q version=%q/>\n", c.now.UTC().Format(timeForm), build, version)
	fmt.Fprintf(&b, "<opensearch:totalResults>%d</opensearch:totalResults>\n<opensearch:itemsPerPage>%d</opensearch:itemsPerPage>\n<opensearch:startIndex>%d</opensearch:startIndex>\n<s:messages/>\n", total, count, offset)
	for _, e := range entries {
		e.xml(&b, "<entry>\n")
	}
	b.WriteString("</feed>\n")
	send(c.w, http.StatusOK, xmlType, b.Bytes())
}

const namespaces = `xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest"`

// sendEntry answers with one entry: as the root in XML, which is how Splunk gives a
// job.
func (a *API) sendEntry(c *call, e entry) {
	if wantsJSON(c.r) {
		a.sendFeed(c, []entry{e})
		return
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e.xml(&b, "<entry "+namespaces+">\n")
	send(c.w, http.StatusOK, xmlType, b.Bytes())
}

func (e *entry) json() map[string]any {
	return map[string]any{
		"name": e.name, "id": e.path, "updated": e.updated.UTC().Format(timeForm), "author": Admin, "content": e.content,
		"links": map[string]string{"alternate": e.path, "list": e.path}, "acl": acl,
	}
}

// acl is whose all things are.
var acl = map[string]any{
	"app": "search", "owner": Admin, "sharing": "global", "modifiable": true, "removable": false, "can_write": true,
	"perms": map[string]any{"read": []string{Admin}, "write": []string{Admin}},
}

func (e *entry) xml(b *bytes.Buffer, open string) {
	b.WriteString(open + "<title>")
	escape(b, e.name)
	b.WriteString("</title>\n<id>")
	escape(b, e.path)
	fmt.Fprintf(b, "</id>\n<updated>%s</updated>\n<link href=\"", e.updated.UTC().Format(timeForm))
	escape(b, e.path)
	fmt.Fprintf(b, "\" rel=\"alternate\"/>\n<author><name>%s</name></author>\n<content type=\"text/xml\">\n", Admin)
	content := maps.Clone(e.content)
	content["eai:acl"] = acl
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
	case []string:
		b.WriteString("<s:list>\n")
		for _, item := range v {
			b.WriteString("<s:item>")
			escape(b, item)
			b.WriteString("</s:item>\n")
		}
		b.WriteString("</s:list>\n")
	case []message:
		b.WriteString("<s:dict>\n")
		for _, m := range v {
			b.WriteString(`<s:key name="` + m.Type + `">`)
			escape(b, m.Text)
			b.WriteString("</s:key>\n")
		}
		b.WriteString("</s:dict>\n")
	case bool:
		b.WriteString(map[bool]string{false: "0", true: "1"}[v])
	default:
		escape(b, fmt.Sprint(v))
	}
}
