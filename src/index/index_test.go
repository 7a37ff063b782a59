package index_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/index"
)

func line(i int) event.Event {
	return event.Event{Raw: fmt.Appendf(nil, "n=%d", i), Time: event.Time(i) * 1e9, Host: "h", Source: "s", Sourcetype: "st", Index: "main"}
}

func appendAll(t testing.TB, x *index.Index, evs ...event.Event) {
	t.Helper()
	ticket, err := x.Append(context.Background(), evs)
	require.NoError(t, err)
	require.NoError(t, ticket.Wait(context.Background()))
}

func TestASearchSeesWhatWasAppendedBefore(t *testing.T) {
	x, base := index.New(index.Options{Events: 8}), newBase(t)
	for i := range 50 {
		appendAll(t, x, line(i))
		require.Equal(t, i+1, scan(t, x, base, index.Query{Fields: []string{"n"}}).Len)
		require.Equal(t, i+1, x.Len())
	}
	b := scan(t, x, base, index.Query{Fields: []string{"n"}, NewestFirst: true})
	for r := range b.Len {
		require.Equal(t, fmt.Sprint(49-r), b.Column("n").Text(r))
	}
}

func TestRawIsKeptAsItIs(t *testing.T) {
	x := index.New(index.Options{})
	e := line(1)
	appendAll(t, x, e)
	b := scan(t, x, newBase(t), index.Query{Fields: []string{"_raw"}})
	require.Same(t, &e.Raw[0], &b.Column("_raw").Bytes[0][0])
}

func TestTimesBeforeTheEpoch(t *testing.T) {
	x, base := index.New(index.Options{}), newBase(t)
	appendAll(t, x, line(-5), line(5))
	require.Equal(t, 2, scan(t, x, base, index.Query{}).Len)
	require.Equal(t, 1, scan(t, x, base, index.Query{Latest: 1}).Len)
	require.Equal(t, 1, scan(t, x, base, index.Query{Earliest: 5e9}).Len)
	require.Equal(t, 0, scan(t, x, base, index.Query{Earliest: 6e9}).Len)
	require.Equal(t, 1, scan(t, x, base, index.Query{Earliest: -5e9, Latest: 5e9}).Len)
}

func TestIndexesThatASearchSees(t *testing.T) {
	x, base := index.New(index.Options{}), newBase(t)
	for _, name := range []string{"main", "risk", "notable", "summary", "_audit", "web"} {
		e := line(1)
		e.Index = name
		appendAll(t, x, e)
	}
	for _, c := range []struct {
		named []string
		want  int
	}{{nil, 2}, {[]string{"*"}, 5}, {[]string{"_*"}, 1}, {[]string{"*", "_*"}, 6}, {[]string{"*udit"}, 0}, {[]string{"RISK", "w*"}, 2}, {[]string{"nosuch"}, 0}} {
		require.Equal(t, c.want, scan(t, x, base, index.Query{Indexes: c.named}).Len, c.named)
	}
}

func TestAnUnknownDataModelIsAnError(t *testing.T) {
	for _, err := range index.New(index.Options{}).Scan(context.Background(), newBase(t), index.Query{Model: "Endpont"}) {
		var m diag.Message
		require.ErrorAs(t, err, &m)
		require.Equal(t, `data model "Endpont" was not found`, m.Text)
		return
	}
	t.Fatal("no error")
}

func TestCancel(t *testing.T) {
	x, base := index.New(index.Options{Events: 10}), newBase(t)
	evs := make([]event.Event, 1000)
	for i := range evs {
		evs[i] = line(i)
	}
	appendAll(t, x, evs...)
	for _, newest := range []bool{false, true} {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var got error
		for _, err := range x.Scan(ctx, base, index.Query{Fields: []string{"*"}, NewestFirst: newest}) {
			cancel()
			got = err
		}
		require.ErrorIs(t, got, context.Canceled)
		_, err := x.Append(ctx, evs)
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Equal(t, 1000, x.Len())
}

// TestWhoStopsEarlyLeavesNothingRunning counts goroutines.
func TestWhoStopsEarlyLeavesNothingRunning(t *testing.T) {
	x, base := index.New(index.Options{Events: 10}), newBase(t)
	for i := range 1000 {
		appendAll(t, x, line(i))
	}
	before := runtime.NumGoroutine()
	const times = 50 // what a scan leaves behind adds up; others' goroutines come and go
	for i := range times {
		for b, err := range x.Scan(context.Background(), base, index.Query{Fields: []string{"n"}, NewestFirst: i%2 == 0}) {
			require.NoError(t, err)
			require.NotZero(t, b.Len)
			break
		}
	}
	require.Less(t, runtime.NumGoroutine(), before+times/2)
}

var errStop = errors.New("stop")

// TestAPanicOfTheReaderEndsTheScan: range-over-func runs the reader inside the
// scan.
func TestAPanicOfTheReaderEndsTheScan(t *testing.T) {
	x, base := index.New(index.Options{Events: 10}), newBase(t)
	for i := range 100 {
		appendAll(t, x, line(i))
	}
	before := runtime.NumGoroutine()
	const times = 20 // as above
	for range times {
		require.PanicsWithValue(t, errStop, func() {
			for range x.Scan(context.Background(), base, index.Query{Fields: []string{"n"}}) {
				panic(errStop)
			}
		})
	}
	require.Less(t, runtime.NumGoroutine(), before+times/2)
}
