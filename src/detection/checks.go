package detection

import (
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/diag"
)

func quote(s string) string { return strconv.Quote(s) }

// dropDoubles leaves out what stands twice, the second time.
func (c *Content) dropDoubles() diag.List {
	var msgs diag.List
	c.Detections = unique(c.Detections, "detection", func(d *Detection) (string, string) { return d.Name, d.File }, &msgs)
	c.Detections = unique(c.Detections, "detection id", func(d *Detection) (string, string) { return d.ID, d.File }, &msgs)
	c.Stories = unique(c.Stories, "story", func(s *Story) (string, string) { return s.Name, s.File }, &msgs)
	c.Macros = unique(c.Macros, "macro", func(m *Macro) (string, string) { return m.Stanza(), m.File }, &msgs)
	c.DataSources = unique(c.DataSources, "data source", func(s *DataSource) (string, string) { return s.Name, s.File }, &msgs)
	c.Lookups = unique(c.Lookups, "lookup", func(l *Lookup) (string, string) { return l.Name, l.File }, &msgs)
	c.Baselines = unique(c.Baselines, "baseline", func(d *Detection) (string, string) { return d.Name, d.File }, &msgs)
	return msgs
}

func unique[T any](list []*T, what string, id func(*T) (name, file string), msgs *diag.List) []*T {
	seen := map[string]string{}
	return slices.DeleteFunc(list, func(v *T) bool {
		name, file := id(v)
		first, twice := seen[name]
		if !twice {
			seen[name] = file
			return false
		}
		*msgs = append(*msgs, diag.Message{
			Text: what + " " + quote(name) + " is in " + first + " too; this one is left out", Place: diag.Place{Text: &diag.Text{Name: file}},
		})
		return true
	})
}

// missing warns of what detections name and the content does not have. Stories
// and data sources whose files have errors are there all the same.
func (c *Content) missing(brokenStories []*Story, brokenSources []*DataSource) diag.List {
	var msgs diag.List
	stories := mapped(append(brokenStories, c.Stories...), func(s *Story) string { return s.Name })
	sources := mapped(append(brokenSources, c.DataSources...), func(s *DataSource) string { return s.Name })
	techniques := mapped(c.Techniques, func(t Technique) string { return t.ID })
	for _, d := range c.Detections {
		look := func(key, what string, names, known []string) {
			for _, n := range names {
				if !slices.Contains(known, n) {
					msgs = append(msgs, diag.Message{
						Severity: diag.Warning, Place: d.nameIn(key, n), Hint: diag.DidYouMean(n, known),
						Text: "unknown " + what + " " + quote(n),
					})
				}
			}
		}
		look("tags.analytic_story", "analytic story", d.AnalyticStories, stories)
		look("data_source", "data source", d.sources(), sources)
		if len(techniques) > 0 {
			look("tags.mitre_attack_id", "ATT&CK technique", d.MitreAttackIDs, techniques)
		}
	}
	return msgs
}

// nameIn is the place of a name inside a key's value, or of the value.
func (d *Detection) nameIn(key, name string) diag.Place {
	at := d.Place(key)
	if at.Text == nil {
		return diag.Place{Text: &diag.Text{Name: d.File}}
	}
	if i := strings.Index(at.Text.Body[at.Start:], name); i >= 0 {
		return at.Text.At(at.Start+i, at.Start+i+len(name))
	}
	return at
}

// sources are the data sources one by one: "A AND B" names two.
func (d *Detection) sources() []string {
	var out []string
	for _, s := range d.DataSources {
		for one := range strings.SplitSeq(s, " AND ") {
			out = append(out, trim(one))
		}
	}
	return out
}

// mapped applies a function to every item.
func mapped[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}
