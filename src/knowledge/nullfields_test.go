package knowledge

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/eval"
)

var update = flag.Bool("update", false, "write the list of fields that stay null into docs/compatibility.md")

// TestFieldsThatStayNullAreDocumented compares the list of fields of the data models
// that no built-in source fills with docs/compatibility.md; -update writes it.
func TestFieldsThatStayNullAreDocumented(t *testing.T) {
	const path, from, to = "../../docs/compatibility.md", "<!-- fields that stay null -->\n", "<!-- end of fields -->"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(text), from)
	require.True(t, ok)
	_, tail, ok := strings.Cut(rest, to)
	require.True(t, ok)
	want := head + from + nullFields(t) + to + tail
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "docs/compatibility.md is stale: make generate writes it")
}

// ofEnterpriseSecurity are fields that correlation with assets and identities fills.
var ofEnterpriseSecurity = regexp.MustCompile(`(_bunit|_category|_priority|_requires_av|_should_timesync|_should_update|_is_expected|_watchlist|_identity_tag|_asset_tag)$`)

func nullFields(t *testing.T) string {
	b, problems := Load(nil, "", eval.Env{})
	require.Empty(t, problems)
	var out strings.Builder
	out.WriteString("| dataset | built-in sources | fields that none of them fills |\n|---|---|---|\n")
	for _, name := range b.Models() {
		for _, o := range b.models[name].Objects {
			if name == "Risk" || o.Parent != "BaseEvent" && o.Parent != "BaseSearch" {
				continue
			}
			sources, defined := b.reaching(o)
			missing := "all that the event itself has not"
			if len(sources) > 0 {
				missing = strings.Join(b.unfilled(b.models[name], o, defined), ", ")
			}
			fmt.Fprintf(&out, "| %s.%s | %s | %s |\n", name, o.Name, strings.Join(sources, ", "), missing)
		}
	}
	return out.String()
}

// unfilled are the fields of a root dataset and those below it that neither the
// model nor a source makes.
func (b *Base) unfilled(m *Model, root *Object, defined map[string]bool) []string {
	below := map[string]bool{root.Name: true}
	var out []string
	for _, o := range m.Objects {
		if below[o.Parent] {
			below[o.Name] = true
		}
		if !below[o.Name] {
			continue
		}
		made := map[string]bool{}
		for _, c := range o.Calculations {
			for _, f := range c.Outputs {
				made[f.Name] = true
			}
		}
		for _, f := range o.Fields {
			if !made[f.Name] && !defined[f.Name] && !isMeta(f.Name) && f.Name != "tag" && !ofEnterpriseSecurity.MatchString(f.Name) {
				out = append(out, f.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	tagOf    = regexp.MustCompile(`\btag="?(\w+)`)
	sourceOf = regexp.MustCompile(`\bsource="([^"]+)"|\bsourcetype="?([\w:]+)|\bsourcetype IN \(([^)]*)\)`)
)

// reaching are the sources of the event types that have a dataset's tags, and the
// fields that aliases, calculations and lookups make of their events.
func (b *Base) reaching(o *Object) (sources []string, defined map[string]bool) {
	text := o.BaseSearch
	for _, c := range o.Constraints {
		text += " " + c.Search
	}
	text, _, _ = strings.Cut(text, "|")
	tags := map[string]bool{}
	for _, m := range tagOf.FindAllStringSubmatch(text, -1) {
		tags[m[1]] = true
	}
	defined = map[string]bool{}
	for _, e := range b.eventTypes {
		has := 0
		for _, t := range b.tags.list {
			if t.field == "eventtype" && t.value == e.name {
				for _, tag := range t.tags {
					if tags[tag] {
						has++
					}
				}
			}
		}
		if has < len(tags) || len(tags) == 0 {
			continue
		}
		for _, m := range sourceOf.FindAllStringSubmatch(e.text.Body, -1) {
			for _, name := range strings.Split(m[1]+m[2]+strings.ReplaceAll(m[3], `"`, ""), ", ") {
				sources = append(sources, name)
				b.made(m[1] != "", name, defined)
			}
		}
	}
	slices.Sort(sources)
	return slices.Compact(sources), defined
}

// made adds the fields that are made of a source's events.
func (b *Base) made(isSource bool, name string, into map[string]bool) {
	source, sourcetype := "x", name
	if isSource {
		source = name
		sourcetype, _, _ = strings.Cut(name, ":")
	}
	r := b.rulesFor("", source, sourcetype)
	for _, definitions := range r.defined {
		for field := range definitions {
			into[field] = true
		}
	}
	for _, s := range r.extract.steps {
		if s, ok := s.(*regexStep); ok {
			for _, o := range s.outputs {
				into[o.name] = true
			}
		}
	}
}
