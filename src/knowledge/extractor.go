package knowledge

import (
	"slices"
	"strings"
	"sync"

	"riskreplay/src/eval"
)

// Extractor is a set of fields wanted of events, or of a dataset: it follows
// calculations, aliases and lookups backwards to what must be extracted. Filter
// is called before the first View; then it is safe for concurrent use.
type Extractor struct {
	base    *Base
	dataset *Dataset
	want    []string
	filter  *wish
	wanting *wish
}

// wish is fields that are wanted together, by their names inside the dataset.
type wish struct {
	names []string
	mu    sync.Mutex
	known map[*rules][]string
}

func newExtractor(b *Base, d *Dataset, want []string) *Extractor {
	e := &Extractor{base: b, dataset: d, want: want, filter: &wish{}}
	e.wanting = &wish{names: e.inners(want)}
	return e
}

// Filter says which fields a condition will ask for.
func (e *Extractor) Filter(fields []string) {
	e.filter.names = e.inners(fields)
	e.wanting = &wish{names: append(slices.Clone(e.filter.names), e.wanting.names...)}
}

// Open tells whether it takes the events to know which fields are wanted.
func (e *Extractor) Open() bool { return e.dataset == nil && slices.ContainsFunc(e.want, isPattern) }

func isPattern(name string) bool { return strings.Contains(name, "*") }

// wanted is the fields wanted with those of the condition.
func (e *Extractor) wanted() *wish { return e.wanting }

// inners is the names inside; patterns stand for the dataset's fields, and for
// nothing in events, whose fields are not known.
func (e *Extractor) inners(names []string) []string {
	var out []string
	for _, n := range names {
		if isPattern(n) {
			for _, f := range e.matching(n) {
				out = append(out, f.inner)
			}
			continue
		}
		if inner, ok := e.inner(n); ok {
			out = append(out, inner)
		}
	}
	return out
}

// inner is the name of a field inside: without the dataset's prefix.
func (e *Extractor) inner(name string) (string, bool) {
	if e.dataset == nil || isMeta(name) {
		return name, true
	}
	return e.dataset.inner(name)
}

// field is a column's name outside and inside.
type field struct{ outer, inner string }

// matching is the fields of the dataset that a pattern means.
func (e *Extractor) matching(pattern string) []field {
	if e.dataset == nil {
		return nil
	}
	p := eval.CompilePattern(pattern)
	var out []field
	for _, name := range metaNames {
		if p.Match(name) {
			out = append(out, field{name, name})
		}
	}
	for _, f := range e.dataset.fields {
		if p.Match(f.outer) {
			out = append(out, f)
		}
	}
	return out
}

// leaves is the extracted fields that the fields of a wish depend on.
func (e *Extractor) leaves(r *rules, w *wish) []string {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if list, ok := w.known[r]; ok {
		return list
	}
	seen := map[string]bool{}
	var out []string
	found := func(name string) {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, name := range w.names {
		e.eventFields(name, func(name string) {
			if isClass(name) {
				for _, f := range e.base.classInputs() {
					r.leaves(f, levels, found)
				}
				return
			}
			r.leaves(name, levels, found)
		})
	}
	if w.known == nil {
		w.known = map[*rules][]string{}
	}
	w.known[r] = out
	return out
}

// eventFields calls found for the fields of events that a field depends on.
func (e *Extractor) eventFields(name string, found func(string)) {
	if e.dataset == nil {
		found(name)
		return
	}
	e.dataset.leaves(name, e.dataset.top(), found)
}

// View opens events for this extractor; what is made of them is kept in the
// cache, which belongs to them.
func (e *Extractor) View(events *Events, cache *Cache) *View {
	v := &View{fields: e, events: events, set: cache.set(e.base.hash), rows: allRows(events.Len())}
	v.parts = v.set.partition(e.base, events)
	if e.dataset == nil {
		return v
	}
	v.fields = e.dataset.plain
	m := v.set.membership(e.dataset, v)
	return &View{fields: e, events: m.events, set: m.set, parts: m.parts, rows: allRows(m.events.Len()), given: m.given}
}

// names is the columns of a batch, in order, each once.
func (v *View) names() []field {
	var out []field
	seen := map[string]bool{}
	add := func(f field) {
		if !seen[f.outer] {
			seen[f.outer] = true
			out = append(out, f)
		}
	}
	var all []string
	for _, w := range v.fields.want {
		switch {
		case !isPattern(w):
			if inner, ok := v.fields.inner(w); ok {
				add(field{w, inner})
			}
		case v.fields.dataset != nil:
			for _, f := range v.fields.matching(w) {
				add(f)
			}
		default:
			if all == nil {
				all = v.discover()
			}
			p := eval.CompilePattern(w)
			for _, name := range all {
				if p.Match(name) {
					add(field{name, name})
				}
			}
		}
	}
	return out
}
