package replay

import (
	"bytes"
	"strings"

	"riskreplay/src/event"
)

// maxGroups is how many groups one file may have. What comes behind is counted by
// index, source and sourcetype, with Anything as the host.
const maxGroups = 4096

// Anything stands for all hosts of a Group that are too many to be told apart.
const Anything = "*"

// grouper tells which group of its file an event belongs to.
type grouper struct {
	groups []Group // Events is not counted here
	index  map[Group]int
	ids    map[string]string
	last   Group
	at     int
	closed bool // no new groups
}

// newGrouper knows the groups of a plan.
func newGrouper(known []Group) *grouper {
	g := &grouper{index: map[Group]int{}, ids: map[string]string{}, at: -1, closed: len(known) > 0}
	for i, k := range known {
		k.Events = 0
		g.groups = append(g.groups, k)
		g.index[k] = i
		g.ids[k.EventID] = k.EventID
	}
	return g
}

// of is the number of an event's group; -1 when there is none and none is made.
func (g *grouper) of(e *event.Event) int {
	id := eventID(e.Raw)
	l := &g.last
	if g.at >= 0 && l.EventID == string(id) && l.Host == e.Host && l.Source == e.Source && l.Sourcetype == e.Sourcetype && l.Index == e.Index {
		return g.at
	}
	key := Group{Index: e.Index, Host: e.Host, Source: e.Source, Sourcetype: e.Sourcetype, EventID: g.id(id)}
	at, ok := g.index[key]
	if !ok {
		at = g.find(key)
	}
	if at >= 0 {
		g.last, g.at = key, at
	}
	return at
}

// find is the group of a key that was not met yet.
func (g *grouper) find(key Group) int {
	met := key
	key.clean()
	at, ok := g.index[key]
	if !ok && len(g.groups) >= maxGroups-1 {
		key.Host, key.EventID = Anything, ""
		at, ok = g.index[key]
	}
	switch {
	case !ok && g.closed:
		return -1
	case !ok:
		at = g.add(key)
	}
	if len(g.index) < 4*maxGroups {
		g.index[met] = at
	}
	return at
}

// clean makes a group's texts what JSON can hold.
func (k *Group) clean() {
	for _, s := range []*string{&k.Index, &k.Host, &k.Source, &k.Sourcetype} {
		*s = strings.ToValidUTF8(*s, "\uFFFD")
	}
}

func (g *grouper) add(k Group) int {
	g.groups = append(g.groups, k)
	g.index[k] = len(g.groups) - 1
	return len(g.groups) - 1
}

// id shares the texts of ids.
func (g *grouper) id(b []byte) string {
	s, ok := g.ids[string(b)]
	if !ok {
		s = string(b)
		if len(g.ids) < maxGroups {
			g.ids[s] = s
		}
	}
	return s
}

var (
	xmlStart   = []byte("<Event")
	xmlID      = []byte("<EventID")
	classicID  = []byte("\nEventCode=")
	jsonID     = []byte(`"EventID":`)
	idDistance = 4096 // how far into an event an id is looked for
)

// eventID is the digits of a Windows event's EventID or EventCode, nil when the
// event has none.
func eventID(raw []byte) []byte {
	head := raw[:min(len(raw), idDistance)]
	if i := bytes.Index(head, xmlID); i >= 0 {
		tag := head[i+len(xmlID):]
		if end := bytes.IndexByte(tag, '>'); end >= 0 {
			return digits(tag[end+1:])
		}
		return nil
	}
	if bytes.HasPrefix(head, xmlStart) {
		return nil
	}
	if i := bytes.Index(head, classicID); i >= 0 {
		return digits(head[i+len(classicID):])
	}
	if i := bytes.Index(head, jsonID); i >= 0 {
		return digits(bytes.TrimLeft(head[i+len(jsonID):], ` "`))
	}
	return nil
}

func digits(b []byte) []byte {
	n := 0
	for n < len(b) && n < 10 && b[n]-'0' < 10 {
		n++
	}
	return b[:n]
}
