package ingest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLint(t *testing.T) {
	good := "author: a\nid: 7b5d5c4e-0000-4000-8000-00000000000X\ndate: '2026-01-15'\ndescription: d\nenvironment: e\ndatasets:\n- name: n\n  path: /FILE\n  sourcetype: XmlWinEventLog\n  source: XmlWinEventLog:Security\n"
	at := func(digit, file string) string {
		return strings.ReplaceAll(strings.ReplaceAll(good, "X\n", digit+"\n"), "FILE", file)
	}
	for name, c := range map[string]struct{ text, said string }{
		"right":     {"-- a.yml --\n" + at("1", "a.log") + "-- a.log --\n" + first + "\n", ""},
		"mixed":     {"-- a.yml --\n" + at("1", "a.log") + "-- a.log --\n" + first + "\n" + third + "\n", `a.yml:8:9: the catalogue says source "XmlWinEventLog:Security", but 1 of its 2 events are of the log "System"`},
		"bad id":    {"-- a.yml --\n" + at("g", "a.log") + "-- a.log --\n" + first, `a.yml:2:5: the id "7b5d5c4e-0000-4000-8000-00000000000g" is no UUID`},
		"nothing":   {"-- a.txt --\nx\n", `cannot find a catalogue in "DIR" [` + newForm + "]"},
		"no list":   {"-- a.yml --\n" + strings.Split(at("1", ""), "datasets")[0] + "datasets: 7\n", `a.yml:6:11: expected "datasets" to be a list, found a number`},
		"no YAML":   {"-- a.yml --\ndatasets: [\n", "a.yml:1:11: cannot read the YAML: sequence end token ']' not found"},
		"in a zip":  {"-- a.yml --\n" + at("1", "a.log") + "-- a.log --\n" + zipped(t, "x.log", second), `a.yml:8:9: the catalogue says source "XmlWinEventLog:Security", but its events are of the log "System"`},
		"not named": {"-- a.yml --\n" + at("1", "a.log") + "-- a.log --\n" + first + "\n-- b.log --\nx\n-- README.md --\nx\n", `no catalogue names "b.log"`},
	} {
		root := tree(t, c.text)
		got := strings.ReplaceAll(said(Lint(t.Context(), root)), `"`+strings.TrimSuffix(root, "/")+`"`, `"DIR"`)
		got = strings.ReplaceAll(got, strings.TrimSuffix(root, "/")+"/", "")
		if name == "nothing" {
			require.Contains(t, got, newForm)
			continue
		}
		require.Equal(t, c.said, got, name)
	}
}
