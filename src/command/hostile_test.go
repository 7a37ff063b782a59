package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	splscripts "riskreplay/testdata/spl"
)

// TestSearchesWithinSearchesEnd: what runs itself, and what runs without measure,
// ends with a message.
func TestSearchesWithinSearchesEnd(t *testing.T) {
	w := newWorld(splscripts.Setup{Saved: []splscripts.Saved{
		{Name: "loop", Search: "| makeresults count=9 | map loop"},
		{Name: "wide", Search: `| makeresults count=200 | map maxsearches=200 search="| makeresults count=200 | map maxsearches=200 search=\"\|makeresults\""`},
	}})
	require.ErrorContains(t, w.Search("| savedsearch loop").Err, "searches run each other more than 8 deep")
	require.ErrorContains(t, w.Search("| savedsearch wide").Err, "runs more than 10,000 searches for its rows")
	deep := strings.Repeat("[search ", 9) + "a=1" + strings.Repeat("]", 9)
	require.ErrorContains(t, w.Search("* "+deep).Err, "subsearches are nested more than 8 deep")
	require.NoError(t, w.Search("* "+deep[len("[search "):len(deep)-1]).Err)
}
