package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

func TestOutline(t *testing.T) {
	e, problems := New(Options{})
	require.Empty(t, problems)
	for _, c := range []struct{ search, commands, events, report string }{
		{"index=main foo | head 5 | stats count by a | where count>1", "search(index=main foo) head(5) stats(count BY a) where(count > 1)", "index=main foo | head 5", "| stats count BY a | where count > 1"},
		{"search index=main", "search(index=main)", "| search index=main", ""},
		{"| tstats count where index=*", "tstats(count WHERE index=*)", "", "| tstats count WHERE index=*"},
	} {
		o, err := e.Outline(job.Request{Search: c.search})
		require.NoError(t, err)
		var list []string
		for _, command := range o.Commands {
			list = append(list, fmt.Sprintf("%s(%s)", command.Name, command.Args))
		}
		require.Equal(t, c.commands, strings.Join(list, " "))
		require.Equal(t, c.events, o.Events)
		require.Equal(t, c.report, o.Report)
	}
	_, err := e.Outline(job.Request{Search: "| foo"})
	require.ErrorContains(t, err, `unknown command "foo"`)
}

// TestWatchHoldsAndEndsASearch asks before each block: io.EOF leaves the rows so far,
// another error is the search's.
func TestWatchHoldsAndEndsASearch(t *testing.T) {
	e, problems := New(Options{})
	require.Empty(t, problems)
	for i := range 4 {
		require.NoError(t, e.Append(t.Context(), []event.Event{{Raw: []byte("x"), Time: event.Time(1_795_000_000e9 + i), Index: "main"}}))
	}
	count := func(watch func(context.Context, int) error) (string, error) {
		r, err := e.Run(t.Context(), job.Request{Search: "index=main | stats count", Watch: watch})
		require.NoError(t, err)
		rows, err := results.ReadAll(t.Context(), r.Rows)
		if err != nil {
			return "", err
		}
		return rows.Column("count").Text(0), nil
	}
	read := 0
	n, err := count(func(_ context.Context, rows int) error { read += rows; return nil })
	require.NoError(t, err)
	require.Equal(t, "4", n)
	require.Equal(t, 4, read)
	n, err = count(func(context.Context, int) error { return io.EOF })
	require.NoError(t, err)
	require.Equal(t, "0", n)
	_, err = count(func(context.Context, int) error { return errors.New("no") })
	require.ErrorContains(t, err, "no")
	_, err = count(func(context.Context, int) error { panic("a mistake") })
	require.ErrorContains(t, err, "a fault of the program: a mistake")
}
