package scp_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/scp"
)

// table makes rows of texts; "" is null.
func table(fields []string, rows ...[]string) *scp.Table {
	t := &scp.Table{Fields: fields, Rows: len(rows), Cells: make([][][]string, len(fields))}
	for f := range fields {
		for _, r := range rows {
			var cell []string
			if r[f] != "" {
				cell = []string{r[f]}
			}
			t.Cells[f] = append(t.Cells[f], cell)
		}
	}
	return t
}

func TestMockOfTheExample(t *testing.T) {
	rows := table([]string{"user", "dest"}, []string{"alice", "host-1"}, []string{"", "host-2"}, []string{"b\"ob", "host-3"})
	for _, sizes := range [][]int{nil, {1}, {2}, {0, 1}} {
		o, err := (&scp.Mock{Command: shoutCommand, Arguments: "field=user", Sizes: sizes}).Run(rows)
		require.NoError(t, err)
		require.Equal(t, scp.KindStreaming, o.Kind)
		require.Equal(t, []string{"user"}, o.Fields)
		require.Equal(t, *table([]string{"user", "dest", "loud"},
			[]string{"alice", "host-1", "ALICE"}, []string{"", "host-2", ""}, []string{"b\"ob", "host-3", "B\"OB"}), o.Rows)
	}
	_, err := (&scp.Mock{Command: shoutCommand, Arguments: "feild=user"}).Run(rows)
	require.EqualError(t, err, "Error in 'shout' command: Unknown option 'feild'. Did you mean 'field'?")
}
