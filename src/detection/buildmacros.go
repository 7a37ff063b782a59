package detection

import (
	"slices"
	"strings"

	"riskreplay/src/conf"
)

// macros are the app's own and a filter macro for each detection that calls one
// the app does not define, also for those that do not ship: their searches can be
// checked all the same.
func (b *builder) macros() []*conf.Stanza {
	var out []*conf.Stanza
	known := map[string]bool{}
	add := func(m *Macro) {
		if known[m.Stanza()] {
			return
		}
		known[m.Stanza()] = true
		l := stanza(m.Stanza())
		if len(m.Arguments) > 0 {
			l.add("args", strings.Join(m.Arguments, ", "))
		}
		l.add("definition", m.Definition, "description", m.Description)
		out = append(out, l.stanza)
	}
	for _, m := range b.Macros {
		add(m)
	}
	for _, d := range slices.Concat(b.Detections, b.Baselines) {
		if name := d.filter(); name != "" {
			add(&Macro{
				Name: name, Definition: "search *",
				Description: "Update this macro to limit the output results to filter out false positives.",
			})
		}
	}
	slices.SortStableFunc(out, func(x, y *conf.Stanza) int { return strings.Compare(x.Name, y.Name) })
	return out
}
