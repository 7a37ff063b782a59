package index

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
)

func drawEvents(t *rapid.T) []event.Event {
	text := rapid.SampledFrom([]string{"", "a", "b", "host-1", "\xff", "long long long"})
	evs := make([]event.Event, rapid.IntRange(1, 20).Draw(t, "events"))
	for i := range evs {
		evs[i] = event.Event{
			Raw: []byte(rapid.String().Draw(t, "raw")), Time: event.Time(rapid.Int64().Draw(t, "time")),
			Host: text.Draw(t, "host"), Source: text.Draw(t, "source"), Sourcetype: text.Draw(t, "sourcetype"), Index: text.Draw(t, "index"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "fields") {
			evs[i].Fields = append(evs[i].Fields, event.Field{Name: text.Draw(t, "name"), Value: rapid.String().Draw(t, "value")})
		}
	}
	return evs
}

func TestRecordsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		evs := drawEvents(t)
		for _, r := range encodeRecords(evs) {
			require.Equal(t, evs, r.events)
			back, err := decodeRecord(r.bytes[recordHead:])
			require.NoError(t, err)
			require.Equal(t, evs, back)
		}
	})
}

func TestLargeAppendsAreSeveralRecords(t *testing.T) {
	evs := make([]event.Event, 10)
	for i := range evs {
		evs[i].Raw = make([]byte, 1<<20)
	}
	evs[3].Raw = make([]byte, 9<<20)
	var sizes []int
	for _, r := range encodeRecords(evs) {
		sizes = append(sizes, len(r.events))
	}
	require.Equal(t, []int{3, 1, 4, 2}, sizes)
}

// FuzzRecord: whatever is read as a record is what would be written for it.
func FuzzRecord(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0})
	f.Add(encodeRecords([]event.Event{{Raw: []byte("x"), Host: "h", Fields: []event.Field{{Name: "a", Value: "b"}}}})[0].bytes[recordHead:])
	f.Fuzz(func(t *testing.T, payload []byte) {
		evs, err := decodeRecord(payload)
		if err != nil || len(evs) == 0 {
			return
		}
		back, err := decodeRecord(encodeRecord(evs, 0).bytes[recordHead:])
		require.NoError(t, err)
		require.Equal(t, evs, back)
	})
}
