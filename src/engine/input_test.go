package engine

import (
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

func TestASearchOverRows(t *testing.T) {
	e, problems := New(Options{})
	require.Empty(t, problems)
	b := batch.New(3)
	b.Set("n", batch.Texts("1", "2", "3"))
	in := &job.Input{Fields: []string{"n"}, Rows: func() iter.Seq2[*batch.Batch, error] {
		return func(yield func(*batch.Batch, error) bool) {
			for range 2 {
				if !yield(b, nil) {
					return
				}
			}
		}
	}}
	for _, c := range []struct{ search, rows string }{
		{"| head 2", "n=1\nn=2\n"},
		{"| search n=3", "n=3\nn=3\n"},
		{"| where n>1 | stats count", "count=4\n"},
		{"| sort - n | dedup n | append [| makeresults | eval n=9 | table n]", "n=3\nn=2\nn=1\nn=9\n"},
	} {
		r, err := e.Run(t.Context(), job.Request{Search: c.search, Input: in})
		require.NoError(t, err, c.search)
		rows, err := results.ReadAll(t.Context(), r.Rows)
		require.NoError(t, err)
		require.Equal(t, c.rows, rows.String(), c.search)
	}
	_, err := e.Run(t.Context(), job.Request{Search: "| inputrows"})
	require.ErrorContains(t, err, "unknown command")
	_, err = e.Run(t.Context(), job.Request{Search: "| foo", Input: in})
	require.ErrorContains(t, err, "unknown command")
}
