package scp

import "bytes"

// answer is the metadata of a reply. The inspector comes before the error, which
// splunkd reads in that order.
type answer struct {
	Type       Kind      `json:"type,omitempty"`
	Generating bool      `json:"generating,omitempty"`
	Fields     []string  `json:"required_fields,omitempty"`
	Preop      string    `json:"streaming_preop,omitempty"`
	MaxWait    int       `json:"maxwait,omitempty"`
	Inspector  inspector `json:"inspector,omitempty"`
	Finished   bool      `json:"finished"`
	Error      string    `json:"error,omitempty"`

	notes []Note
}

// inspector is what goes to the user and the job inspector: "messages", a list
// of level and text, and "metric.NAME", four numbers.
type inspector map[string]any

// messages are the notes as the inspector has them.
func messages(notes []Note) [][2]string {
	var list [][2]string
	for _, n := range notes {
		list = append(list, [2]string{string(n.Level), n.Text})
	}
	return list
}

func (a *answer) inspect(key string, value any) {
	if a.Inspector == nil {
		a.Inspector = inspector{}
	}
	a.Inspector[key] = value
}

// Metric is how long something took and what it handled, for the job inspector.
type Metric struct {
	Seconds        float64
	Calls, In, Out int64
}

func (m Metric) list() []any { return []any{m.Seconds, m.Calls, m.In, m.Out} }

// encode is the answer as JSON. Texts that are not UTF-8 are made so.
func (a *answer) encode() []byte {
	if len(a.notes) > 0 {
		a.inspect("messages", messages(a.notes))
	}
	b, err := marshal(a)
	if err != nil { // nothing in an answer can fail
		return []byte(`{"finished":true,"error":"cannot encode the reply"}`)
	}
	return bytes.TrimSpace(b)
}
