package knowledge

// rules is what the configuration says of events of one kind: those that the
// same stanzas of props.conf speak of. Steps follow Splunk's order of search-time
// operations: extractions, aliases, calculations, lookups.
type rules struct {
	// id names the stanzas; the same configuration gives the same id.
	id      string
	extract extractor
	// sourcetype is what `rename` makes of the events' sourcetype, "" when it
	// stays.
	sourcetype string
	defined    [levels]map[string]node
	// arrival is what happens to events before they are indexed.
	arrival arrival
}

// The levels of an event's fields: a definition of a level reads fields of the
// levels before it.
const (
	levelExtracted = iota
	levelAlias
	levelCalculated
	levelLookup
	levels
)

// definition is the last definition of a field among the first steps, nil when
// the field is what was extracted.
func (r *rules) definition(name string, level int) node {
	for l := min(level, levels-1); l > levelExtracted; l-- {
		if n, ok := r.defined[l][name]; ok {
			return n
		}
	}
	return nil
}

// leaves calls found for every extracted field that a field may depend on.
func (r *rules) leaves(name string, level int, found func(string)) {
	n := r.definition(name, level)
	if n == nil {
		if !isMeta(name) {
			found(name)
		}
		return
	}
	n.inputs(func(input string, at int) { r.leaves(input, at, found) })
}

// partition tells which rules hold for which rows of an Events.
type partition struct {
	parts []part
	of    []uint16 // by row; nil when there is one part
}

// part is the rows that the same rules hold for.
type part struct {
	rules *rules
	rows  []int32
}

// partition finds the rules of each row. Rows of one host, source and sourcetype
// have one.
func (b *Base) partition(e *Events) *partition {
	type kind struct{ host, source, sourcetype uint32 }
	known := map[kind]uint16{}
	numbers := map[*rules]uint16{}
	p := &partition{of: make([]uint16, e.Len())}
	var last kind
	var number uint16
	for r := range p.of {
		k := kind{e.Host.Codes[r], e.Source.Codes[r], e.Sourcetype.Codes[r]}
		if r == 0 || k != last {
			n, ok := known[k]
			if !ok {
				n = p.number(b.rulesFor(e.Host.Text(r), e.Source.Text(r), e.Sourcetype.Text(r)), numbers)
				known[k] = n
			}
			last, number = k, n
		}
		p.of[r] = number
	}
	p.fill()
	return p
}

func (p *partition) number(r *rules, numbers map[*rules]uint16) uint16 {
	n, ok := numbers[r]
	if !ok {
		n = uint16(len(p.parts))
		numbers[r] = n
		p.parts = append(p.parts, part{rules: r})
	}
	return n
}

// fill lists the rows of each part.
func (p *partition) fill() {
	if len(p.parts) == 1 {
		p.parts[0].rows = allRows(len(p.of))
		p.of = nil
		return
	}
	sizes := make([]int, len(p.parts))
	for _, n := range p.of {
		sizes[n]++
	}
	for i := range p.parts {
		p.parts[i].rows = make([]int32, 0, sizes[i])
	}
	for r, n := range p.of {
		p.parts[n].rows = append(p.parts[n].rows, int32(r))
	}
}

// gather is the partition of the rows named.
func (p *partition) gather(rows []int32) *partition {
	out := &partition{parts: make([]part, len(p.parts)), of: make([]uint16, len(rows))}
	for i := range p.parts {
		out.parts[i].rules = p.parts[i].rules
	}
	if p.of != nil {
		for i, r := range rows {
			out.of[i] = p.of[r]
		}
	}
	out.fill()
	return out
}
