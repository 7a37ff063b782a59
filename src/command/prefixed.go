package command

import (
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/eval"
)

// prefixed is PREFIX(text) of tstats: a field that is made of the tokens of _raw
// that begin with the text.
type prefixed struct {
	written string // PREFIX(kbps=)
	text    string // kbps=, which is also the column's name
}

// prefixOf reads PREFIX(text).
func prefixOf(name string) (prefixed, bool) {
	const call = "PREFIX("
	if len(name) <= len(call)+1 || !strings.EqualFold(name[:len(call)], call) || !strings.HasSuffix(name, ")") {
		return prefixed{}, false
	}
	return prefixed{name, strings.Trim(name[len(call):len(name)-1], ` "`)}, true
}

func (s *tstats) bindPrefixes() {
	for _, n := range append(slices.Clone(s.by), readsOf(s.aggs)...) {
		if p, ok := prefixOf(n); ok && !slices.Contains(s.prefixes, p) {
			s.prefixes = append(s.prefixes, p)
		}
	}
}

// named is the BY fields as columns are called.
func (s *tstats) named() []string {
	out := slices.Clone(s.by)
	for i, n := range out {
		if p, ok := prefixOf(n); ok {
			out[i] = p.text
		}
	}
	return out
}

// withoutPrefixes is the fields to read for those named: _raw for a prefix.
func (s *tstats) withoutPrefixes(list []string) []string {
	for i, n := range list {
		if _, ok := prefixOf(n); ok {
			list[i] = "_raw"
		}
	}
	return list
}

// withPrefixes adds the fields that are made of _raw.
func (s *tstats) withPrefixes(b *batch.Batch) *batch.Batch {
	if len(s.prefixes) == 0 {
		return b
	}
	x := newExtraction(b.Len)
	x.each(b.Column("_raw"), func(text string) {
		for _, p := range s.prefixes {
			eval.Prefixed(text, p.text, func(value string) { x.add(x.column(p.written), value) })
		}
	})
	return x.into(b)
}
