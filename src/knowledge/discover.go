package knowledge

import "slices"

var metaNames = []string{"_raw", "_time", "host", "index", "source", "sourcetype"}

// discover is the names of all fields that some row may have, in byte order. It
// makes their columns on the way.
func (v *View) discover() []string {
	names := append([]string{"eventtype", "tag"}, metaNames...)
	for i := range v.parts.parts {
		p := &v.parts.parts[i]
		names = append(names, v.every(p)...)
		for _, level := range p.rules.defined {
			for name := range level {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// every extracts all fields of a part's rows, and keeps their columns.
func (v *View) every(p *part) []string {
	done := v.set.slot(slotKey{kind: everyField, rules: p.rules.id})
	done.mu.Lock()
	defer done.mu.Unlock()
	if !done.known {
		names, columns := p.rules.extract.every(v.events, p.rows)
		for i, name := range names {
			s := v.set.slot(slotKey{kind: extractedField, rules: p.rules.id, field: name})
			if s.mu.TryLock() {
				s.keep(columns[i], nil)
				s.mu.Unlock()
			}
		}
		done.known, done.names = true, names
	}
	return done.names
}
