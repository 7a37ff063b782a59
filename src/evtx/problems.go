package evtx

import (
	"fmt"
	"slices"

	"riskreplay/src/diag"
)

// problemsShown is how many messages of one kind a file gives; the others are
// counted, for a file may have millions.
const problemsShown = 5

// problems collects what is wrong with one file.
type problems struct {
	text  *diag.Text
	list  diag.List
	kinds []problemKind
}

type problemKind struct {
	name  string
	count int
	last  diag.Message
}

// lost is about records that could not be read.
func (p *problems) lost(kind, format string, args ...any) {
	p.add(kind, diag.Message{Text: fmt.Sprintf(format, args...)})
}

// odd is about what is wrong, though nothing was lost by it.
func (p *problems) odd(kind, format string, args ...any) {
	p.add(kind, diag.Message{Severity: diag.Warning, Text: fmt.Sprintf(format, args...)})
}

func (p *problems) add(kind string, m diag.Message) {
	m.Place = p.text.At(0, 0)
	i := slices.IndexFunc(p.kinds, func(k problemKind) bool { return k.name == kind })
	if i < 0 {
		i = len(p.kinds)
		p.kinds = append(p.kinds, problemKind{name: kind})
	}
	k := &p.kinds[i]
	k.last = m
	if k.count++; k.count <= problemsShown {
		p.list = append(p.list, m)
	}
}

// all gives the messages, and how many more of a kind there were.
func (p *problems) all() diag.List {
	list := slices.Clone(p.list)
	for _, k := range p.kinds {
		if more := k.count - problemsShown; more > 0 {
			m := k.last
			m.Text = fmt.Sprintf("and %d more like this: %s", more, m.Text)
			list = append(list, m)
		}
	}
	return list
}
