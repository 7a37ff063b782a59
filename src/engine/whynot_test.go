package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

func TestExplain(t *testing.T) {
	e := own(t)
	var events []event.Event
	for _, raw := range []string{"a=1 b=x c=1", "a=1 b=y c=2", "a=2 b=x"} {
		events = append(events, event.Event{Raw: []byte(raw), Time: event.Time(100e9), Host: "h", Source: "s", Sourcetype: "st", Index: "main"})
	}
	require.NoError(t, e.Append(t.Context(), events))
	for _, c := range []struct{ name, search, want string }{
		{"found", "a=1 | stats count by b", `
      2 rows: a=1
      2 rows: | stats count BY b
`},
		{"conditions of a search", "a=1 b=z | stats count", `
      0 rows of 3 events: a=1 b=z
                2 meet it, 2 all so far: a=1
                0 meet it, 0 all so far: b=z
the nearest one meets 1 of 2 conditions, not: b=z
    _time = "100"
    host = "h"
    source = "s"
    sourcetype = "st"
    a = "1"
  > b = "y"
`},
		{"conditions of where, after a command", `index=* | eval d=c*2 | where d>3 AND b="x"`, `
      3 rows: index=*
      3 rows: | eval d=c * 2
      0 rows: | where d > 3 AND b="x"
                1 meet it, 1 all so far: d>3
                2 meet it, 0 all so far: b="x"
the nearest one meets 1 of 2 conditions, not: b="x"
    _time = "100"
    host = "h"
    source = "s"
    sourcetype = "st"
    d = "4"
  > b = "y"
`},
		{"a field that is not there", "a=1 c=* nosuch=*", `
      0 rows of 3 events: a=1 c=* nosuch=*
                2 meet it, 2 all so far: a=1
                2 meet it, 2 all so far: c=*
                0 meet it, 0 all so far: nosuch=*
the nearest one meets 2 of 3 conditions, not: nosuch=*
    _time = "100"
    host = "h"
    source = "s"
    sourcetype = "st"
    a = "1"
    c = "2"
  > nosuch = (absent)
`},
		{"no events", "earliest=1 latest=2 a=1", `
no event is in the time range and indexes of: earliest=1 latest=2 a=1
`},
		{"a count of nothing", "| tstats count where index=main host=other", `
      0 rows of 3 events: | tstats count WHERE index=main host=other
                3 meet it, 3 all so far: index=main
                0 meet it, 0 all so far: host=other
the nearest one meets 1 of 2 conditions, not: host=other
    _time = "100"
  > host = "h"
    source = "s"
    sourcetype = "st"
    index = "main"
`},
		{"another command leaves none", "a=1 | stats count by nosuch", `
      2 rows: a=1
      0 rows: | stats count BY nosuch
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := e.Explain(t.Context(), job.Request{Search: c.search, Now: time.Unix(200, 0)})
			require.NoError(t, err)
			require.Equal(t, strings.TrimPrefix(c.want, "\n"), x.String())
		})
	}
	_, err := e.Explain(t.Context(), job.Request{Search: "| nosuch"})
	require.ErrorContains(t, err, `unknown command "nosuch"`)
}

// TestExplainWritesNothing: what the search would write goes nowhere.
func TestExplainWritesNothing(t *testing.T) {
	e := own(t)
	_, err := e.Explain(t.Context(), job.Request{Search: "| makeresults | collect index=summary | outputlookup x.csv | search a=1", Now: time.Unix(200, 0)})
	require.NoError(t, err)
	require.Zero(t, e.Index().Len())
	r, err := e.Run(t.Context(), job.Request{Search: "| inputlookup x.csv", Now: time.Unix(200, 0)})
	require.NoError(t, err)
	rows, err := results.ReadAll(t.Context(), r.Rows)
	require.NoError(t, err)
	require.Zero(t, rows.Len)
}
