package engine

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHostileSearches: searches that would take all memory or all time are
// refused, with what was too much, and have not allocated much until then.
func TestHostileSearches(t *testing.T) {
	e := wrongEngine(t)
	for name, c := range map[string]struct{ text, want string }{
		"parentheses":          {strings.Repeat("(", 10_000) + "a" + strings.Repeat(")", 10_000), "more than 200 deep"},
		"parentheses of where": {"| makeresults | where " + strings.Repeat("(", 10_000) + "a=1" + strings.Repeat(")", 10_000), "more than 200 deep"},
		"long":                 {"index=main user=" + strings.Repeat("x", 10<<20), "longer than 1 MB"},
		"subsearches":          {strings.Repeat("search a [", 50) + "search a" + strings.Repeat("]", 50), "deep"},
		"rows":                 {"| makeresults count=1000000000000 | stats count", ""},
		"no number":            {"| makeresults count=1e12", "wants a number"},
		"regex":                {`| makeresults | eval a="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" | rex field=a "(?<x>(?=a)(a+)+$)"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := refusalOrNone(t, e, c.text)
			runtime.ReadMemStats(&after)
			require.Contains(t, got, c.want)
			require.Less(t, len(got), 64<<10)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<20))
		})
	}
}
