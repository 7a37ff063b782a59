package command

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	splscripts "riskreplay/testdata/spl"
)

// TestHostileSearches: what would take all memory or all time ends with a message.
func TestHostileSearches(t *testing.T) {
	setup := splscripts.Setup{}
	for i := range 12_000 {
		v := fmt.Sprintf("v%d", i)
		setup.Events = append(setup.Events, event.Event{Time: event.Time(i) * 1e9, Index: "main", Fields: []event.Field{{Name: "a", Value: v}, {Name: "b", Value: v}}})
	}
	w := newWorld(setup)
	w.size = 1000
	for text, want := range map[string]string{
		"* | chart limit=0 count over a by b":               "chart would make 12000 columns and 12000 rows",
		"* | xyseries a b _time":                            `"b" makes more than 10,000 columns`,
		"* | contingency a b":                               `"b" makes more than 10,000 columns`,
		"* | streamstats values(a) as v | stats count as n": "{n=12000}",
		"* | streamstats window=10000 values(a) dc(b) median(_time) | stats count as n": "{n=12000}",
		"* | transaction a | stats count as n":                                          "{n=5000}",
		"* | stats list(a) as a by _time | mvexpand a | stats count as n":               "{n=12000}",
		"* | stats sparkline(count, 1us) as t | mvexpand t | stats count as n":          "{n=101}",
		"* | timechart span=1s limit=0 count by a":                                      "columns and 12000 rows",
	} {
		require.Contains(t, answer(w, text), want, text)
	}
}
