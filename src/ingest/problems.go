package ingest

import (
	"strconv"

	"riskreplay/src/diag"
)

// problemsShown is how many messages of one kind a file gives; the others are
// counted, for a file may have millions.
const problemsShown = 5

// problems collects messages.
type problems struct {
	list  diag.List
	kinds []problemKind
}

// problemKind counts the messages of one kind.
type problemKind struct {
	name  string
	count int
	last  diag.Message
}

// add takes a message of a kind.
func (p *problems) add(kind string, m diag.Message) {
	for i := range p.kinds {
		if k := &p.kinds[i]; k.name == kind {
			if k.count++; k.count <= problemsShown {
				p.list = append(p.list, m)
			}
			k.last = m
			return
		}
	}
	p.kinds = append(p.kinds, problemKind{name: kind, count: 1, last: m})
	p.list = append(p.list, m)
}

// full tells that a further message of a kind would only be counted: its place
// need not be worked out.
func (p *problems) full(kind string) bool {
	for i := range p.kinds {
		if p.kinds[i].name == kind {
			return p.kinds[i].count > problemsShown
		}
	}
	return false
}

// all gives the messages, and how many more of a kind there were.
func (p *problems) all() diag.List {
	for _, k := range p.kinds {
		if more := k.count - problemsShown; more > 0 {
			p.list = append(p.list, diag.Message{
				Severity: k.last.Severity,
				Text:     "and " + strconv.Itoa(more) + " more like this: " + k.last.Text,
				Place:    k.last.Place,
			})
		}
	}
	return p.list
}
