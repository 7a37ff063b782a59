package alert

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/detection"
)

func TestRisesAndDrops(t *testing.T) {
	for _, c := range []struct {
		relation string
		quantity float64
		before   int
		rows     int
		want     bool
	}{
		{"rises by", 2, 1, 3, true},
		{"rises by", 3, 1, 3, false},
		{"rises by", 0, 3, 3, false},
		{"drops by", 2, 5, 3, true},
		{"drops by", 1, 1, 3, false},
	} {
		s := &detection.SavedSearch{Trigger: detection.Trigger{CountType: "number of events", Relation: c.relation, Quantity: c.quantity}}
		fires, count, problems := triggered(s, batch.New(c.rows), Conditions{Previous: func() (int, bool) { return c.before, true }})
		require.Equal(t, c.want, fires, c)
		require.Equal(t, c.rows, count)
		require.Empty(t, problems)
		fires, _, _ = triggered(s, batch.New(c.rows), Conditions{Previous: func() (int, bool) { return 0, false }})
		require.False(t, fires, "there was no run before")
		fires, _, _ = triggered(s, batch.New(c.rows), Conditions{})
		require.False(t, fires)
	}
}

func TestCustomCondition(t *testing.T) {
	s := &detection.SavedSearch{Name: "x", Trigger: detection.Trigger{CountType: "custom", Condition: "search count > 5"}}
	for rows, want := range map[int]bool{0: false, 1: true} {
		fires, _, problems := triggered(s, batch.New(3), Conditions{Search: func(text string) (int, error) {
			require.Equal(t, "search count > 5", text)
			return rows, nil
		}})
		require.Equal(t, want, fires)
		require.Empty(t, problems)
	}
	fires, _, problems := triggered(s, batch.New(3), Conditions{Search: func(string) (int, error) { return 0, errors.New("no such command") }})
	require.False(t, fires)
	require.ErrorContains(t, problems, `x: cannot run the alert condition "search count > 5": no such command`)
}

func TestDigestWithoutFieldsIsOneAlert(t *testing.T) {
	s := saved(t, stanza+"alert.suppress = 1\nalert.suppress.period = 1h\n")
	rows := table("user", "u,v", "dest", "a,b", "parent", "p,p")
	out := Fire(s, run, rows, known, Conditions{Fires: func(func(string) []string) bool { return true }})
	require.Equal(t, []int{0, 1}, out.Fired)
	out = Fire(s, run, rows, known, Conditions{Fires: func(func(string) []string) bool { return false }})
	require.Equal(t, 2, out.Suppressed)
	require.Empty(t, out.Events())
	s.Digest = false
	asked := 0
	out = Fire(s, run, rows, known, Conditions{Fires: func(func(string) []string) bool { asked++; return asked == 1 }})
	require.Equal(t, []int{0}, out.Fired, "each result is an alert of its own")
}

func TestSummaryIndex(t *testing.T) {
	s := saved(t, "[sum]\nsearch = x\naction.summary_index = 1\naction.summary_index._name = hosts\naction.summary_index.report = a \"b\"\naction.summary_index.inline = 1\n")
	out := Fire(s, run, table("_time", "1768474800", "dest", "WS-01", "_x", "hidden"), known, Conditions{})
	require.Len(t, out.Events(), 1)
	e := out.Events()[0]
	require.Equal(t, []string{"hosts", "sum", "stash"}, []string{e.Index, e.Source, e.Sourcetype})
	require.Equal(t, `01/15/2026 11:00:00 +0000, search_name="sum", search_now=1768478400.000, info_min_time=1768474200.000, info_max_time=1768477800.000, info_search_time=1768478400.000, report="a \"b\"", dest="WS-01"`, string(e.Raw))
	out = Fire(s, Run{SID: "s", At: run.At}, table("dest", "WS-01"), known, Conditions{})
	require.Equal(t, run.At, out.Summary[0].Time, "without a window the moment")
	require.Contains(t, string(out.Summary[0].Raw), "info_max_time=+Infinity")
}
