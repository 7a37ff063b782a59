package server

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/results"
)

// message is what is said beside an answer.
type message = results.Message

// messagesOf are an engine's messages in Splunk's form.
func messagesOf(list []diag.Message) []message {
	out := make([]message, 0, len(list))
	for _, m := range list {
		kind := "INFO"
		switch m.Severity {
		case diag.Error:
			kind = "ERROR"
		case diag.Warning:
			kind = "WARN"
		}
		out = append(out, message{Type: kind, Text: m.Error()})
	}
	return out
}

// wantsJSON tells whether output_mode asks for JSON; Splunk's default is XML.
func wantsJSON(r *http.Request) bool { return strings.HasPrefix(outputMode(r), "json") }

func outputMode(r *http.Request) string {
	if mode := r.Form.Get("output_mode"); mode != "" || r.Form != nil {
		return mode
	}
	return r.URL.Query().Get("output_mode")
}

// refuse answers that it cannot be done, and why.
func refuse(w http.ResponseWriter, r *http.Request, status int, kind, text string) {
	sayMessages(w, r, status, []message{{Type: kind, Text: text}})
}

func sayMessages(w http.ResponseWriter, r *http.Request, status int, list []message) {
	if wantsJSON(r) {
		sendJSON(w, status, map[string]any{"messages": list})
		return
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + "<response>\n")
	writeMessages(&b, list)
	b.WriteString("</response>\n")
	send(w, status, xmlType, b.Bytes())
}

func writeMessages(b *bytes.Buffer, list []message) {
	b.WriteString("<messages>\n")
	for _, m := range list {
		b.WriteString(`<msg type="` + m.Type + `">`)
		escape(b, m.Text)
		b.WriteString("</msg>\n")
	}
	b.WriteString("</messages>\n")
}

// respond answers with one named text.
func respond(w http.ResponseWriter, r *http.Request, status int, name, text string) {
	if wantsJSON(r) {
		sendJSON(w, status, map[string]string{name: text})
		return
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + "<response>\n<" + name + ">")
	escape(&b, text)
	b.WriteString("</" + name + ">\n</response>\n")
	send(w, status, xmlType, b.Bytes())
}

const (
	xmlType  = "text/xml; charset=UTF-8"
	jsonType = "application/json; charset=UTF-8"
)

func sendJSON(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"messages":[{"type":"ERROR","text":"internal error"}]}`)
	}
	send(w, status, jsonType, data)
}

func send(w http.ResponseWriter, status int, kind string, data []byte) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(data) // who went away is told nothing
}

// escape writes a text for XML; what XML cannot hold becomes U+FFFD.
func escape(b *bytes.Buffer, text string) { _ = xml.EscapeText(b, []byte(text)) }
