package server

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strings"

	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/splunktime"
)

// parse tells of a search without running it: its commands, and which part of it
// gives events.
func (a *API) parse(c *call) {
	o, ok := a.o.Runner.(job.Outliner)
	text := searchText(c.form.Get("q"))
	if !ok || text == "" {
		c.refuse(http.StatusBadRequest, "FATAL", "empty search: expected q")
		return
	}
	out, err := o.Outline(job.Request{Search: text, App: a.app(c), Owner: c.who.name, Without: c.who.without(), Now: c.now})
	if err != nil {
		refuseSearch(c, err)
		return
	}
	commands := []any{}
	for _, one := range out.Commands {
		commands = append(commands, map[string]any{
			"command": one.Name, "rawargs": one.Args, "pipeline": map[bool]string{true: "streaming", false: "report"}[strings.Contains(one.Kind, "streaming")],
			"args": one.Args, "isGenerating": one.Generating, "streamType": streamTypes[one.Kind],
		})
	}
	content := map[string]any{
		"remoteSearch": out.Events, "remoteTimeOrdered": true, "eventsSearch": out.Events, "eventsTimeOrdered": true, "eventsStreaming": true,
		"reportsSearch": out.Report, "canSummarize": out.Report != "", "commands": commands,
	}
	if wantsJSON(c.r) {
		sendJSON(c.w, http.StatusOK, content)
		return
	}
	sendDict(c, content)
}

// streamTypes are Splunk's names of the types of commands here.
var streamTypes = map[string]string{
	"streaming": "SP_STREAM", "centralized streaming": "SP_STATEFUL", "dataset processing": "SP_EVENTS", "transforming": "SP_STREAMREPORT", "generating": "SP_STREAMREPORT",
}

// sendDict answers with a dictionary as XML.
func sendDict(c *call, content map[string]any) {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<response xmlns:s="http://dev.splunk.com/ns/rest">` + "\n")
	writeValue(&b, content)
	b.WriteString("</response>\n")
	send(c.w, http.StatusOK, xmlType, b.Bytes())
}

// parseTimes tells what times mean now (search/timeparser): each parameter time.
func (a *API) parseTimes(c *call) {
	out := map[string]any{}
	for _, text := range c.form["time"] {
		t, err := splunktime.Parse(text, event.At(c.now), a.zone())
		if err != nil {
			c.refuse(http.StatusBadRequest, "FATAL", "cannot read the time "+text+": "+err.Error())
			return
		}
		out[text] = t.Std().In(a.zone()).Format(timeForm)
	}
	if wantsJSON(c.r) {
		sendJSON(c.w, http.StatusOK, out)
		return
	}
	sendDict(c, out)
}
