package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/lookup"
	splscripts "riskreplay/testdata/spl"
)

// TestSearchesWithinSearchesEnd: what runs itself, and what multiplies rows without
// measure, ends with a message.
func TestSearchesWithinSearchesEnd(t *testing.T) {
	w := newWorld(splscripts.Setup{Saved: []splscripts.Saved{
		{Name: "loop", Search: "| makeresults count=9 | map loop"},
		{Name: "wide", Search: `| makeresults count=200 | map maxsearches=200 search="| makeresults count=200 | map maxsearches=200 search=\"\|makeresults\""`},
	}})
	require.ErrorContains(t, w.Search("| savedsearch loop").Err, "searches run each other more than 8 deep")
	require.ErrorContains(t, w.Search("| savedsearch wide").Err, "runs more than 10,000 searches for its rows")
	require.ErrorContains(t, w.Search("| makeresults count=20000 | eval k=1 | join max=0 k [| makeresults count=20000 | eval k=1] | stats count").Err, "join makes more than 50,000,000 rows")
	require.ErrorContains(t, w.Search("| makeresults count=50000"+strings.Repeat(" | appendpipe [search *]", 30)).Err, "appendpipe makes more than 10,000,000 rows")
	require.NoError(t, w.WriteLookup(t.Context(), "k.csv", lookup.Rows{Rows: sameKeys(200)}))
	again := w.Search("| makeresults | eval k=1" + strings.Repeat(" | lookup k.csv k OUTPUT v AS k", 6) + " | stats count")
	require.NoError(t, again.Err)
	require.Contains(t, strings.Join(again.Warnings, " "), "finds more than 10,000 rows")
	deep := strings.Repeat("[search ", 9) + "a=1" + strings.Repeat("]", 9)
	require.ErrorContains(t, w.Search("* "+deep).Err, "subsearches are nested more than 8 deep")
	require.NoError(t, w.Search("* "+deep[len("[search "):len(deep)-1]).Err)
}

// sameKeys is n rows that find each other.
func sameKeys(n int) *batch.Batch {
	out := batch.New(n)
	out.Set("k", batch.Constant("1", n))
	out.Set("v", batch.Constant("1", n))
	return out
}
