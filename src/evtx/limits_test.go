package evtx

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// deep is an element so many elements deep.
func deep(n int) tag {
	t := a("E", "x")
	for range n - 1 {
		t = a("E", t)
	}
	return t
}

// doubling is a template that holds two of the next, and so on: 2^n texts.
func doubling(n int) *tag {
	t := a("E", "0123456789abcdef")
	for range n {
		inner := t
		t = a("E", use{&inner, nil}, use{&inner, nil})
	}
	return &t
}

func TestLimits(t *testing.T) {
	long := tag{name: "E", content: []any{a("D", string(bytes.Repeat([]byte("x"), 4000)), sub{id: 0})}}
	itself := a("E")
	itself.content = []any{use{&itself, nil}}
	for _, c := range []struct {
		name  string
		event any
		want  string
	}{
		{"deep", deep(maxDepth), ""},
		{"too deep", deep(maxDepth + 1), "elements or templates lie more than 100 deep"},
		{"far too deep", deep(1000), "elements or templates lie more than 100 deep"},
		{"doubled", use{doubling(10), nil}, ""},
		{"doubled too often", use{doubling(40), nil}, "its templates expand to more than the limit allows"},
		{"nested too deep", use{doubling(120), nil}, "elements or templates lie more than 100 deep"},
		{"an array of long elements", use{&long, []val{array(0x04, make([]byte, 20_000))}}, "its XML has more than 4194304 bytes"},
		{"a template inside itself", use{&itself, nil}, "a template is used inside itself"},
	} {
		file := logOf(testEvent{1, sampleTime, c.event}, testEvent{2, sampleTime, a("E", "good")})
		records, problems := readLog(file, Options{})
		require.Contains(t, said(problems), c.want, c.name)
		require.Equal(t, "<E>good</E>", string(records[len(records)-1].XML), c.name)
		if c.want == "" {
			require.Len(t, records, 2, c.name)
		}
	}
	_, problems := readLog(logOf(testEvent{1, sampleTime, a("E", "0123456789")}), Options{MaxXML: 12})
	require.Equal(t, "error: record 1 at offset 0x1200 cannot be read: its XML has more than 12 bytes", said(problems))
}

// TestABadRecordDoesNotStarveTheOthers reads many records that use up what a
// chunk may take, with good ones between them.
func TestABadRecordDoesNotStarveTheOthers(t *testing.T) {
	bomb, c := doubling(40), newChunk()
	for n := uint64(1); ; n += 2 {
		if !c.record(n, sampleTime, use{bomb, nil}) || !c.record(n+1, sampleTime, a("E", "good")) {
			break
		}
	}
	records, problems := readLog(log(c.bytes()), Options{})
	require.NotEmpty(t, problems)
	require.Len(t, records, int(c.last)/2)
	for _, r := range records {
		require.Equal(t, "<E>good</E>", string(r.XML))
	}
}
