package batch

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
)

func TestDict(t *testing.T) {
	d := NewDict()
	buf := []byte("reg.exe")
	a := d.AddBytes(buf)
	copy(buf, "XXXXXXX")
	require.Equal(t, "reg.exe", d.Text(a), "bytes are copied")
	require.Equal(t, a, d.Add("reg.exe"))
	empty := d.Add("")
	require.NotZero(t, empty, "empty is a value, not null")
	m := d.AddValues([]string{"b", "a", "b"})
	require.Equal(t, m, d.AddValues([]string{"b", "a", "b"}))
	require.NotEqual(t, m, d.AddValues([]string{"a", "b", "b"}), "order counts")
	require.NotEqual(t, m, d.Add("b\na\nb"), "a text with newlines is no multivalue")
	require.Equal(t, []string{"b", "a", "b"}, d.Values(m))
	require.Zero(t, d.AddValues(nil))
	require.Equal(t, a, d.AddValues([]string{"reg.exe"}), "one value is plain")
	require.Empty(t, d.Values(0))
	upper := d.Add("ABC")
	require.Equal(t, "abc", d.Folded()[upper])
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "-1": -1, "1.50": 1.5, "1e3": 1000, ".5": .5, "+2": 2, "-inf": math.Inf(-1), "INF": math.Inf(1),
	} {
		got, ok := Number(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	nan, ok := Number("NaN")
	require.True(t, ok && math.IsNaN(nan))
	for _, text := range []string{"", " 1", "1 ", "0x10", "1_000", "abc", "infinity", "1,5", "-", "--1", "nano"} {
		_, ok := Number(text)
		require.False(t, ok, text)
	}
}

func TestColumnForms(t *testing.T) {
	times := &Column{Times: []event.Time{1_500000000, 1_500000000, 2e9}}
	raw := &Column{Bytes: [][]byte{[]byte("7"), nil, []byte("x")}}
	for _, c := range []*Column{times, raw, Texts("7", "", "x"), Nulls(3)} {
		coded := c.Coded()
		require.Equal(t, 3, c.Len())
		for r := range 3 {
			require.Equal(t, c.IsNull(r), coded.IsNull(r))
			require.Equal(t, c.Text(r), coded.Text(r))
			require.Equal(t, c.Values(r), coded.Values(r))
			n, ok := c.Num(r)
			cn, cok := coded.Num(r)
			require.Equal(t, ok, cok)
			require.Equal(t, n, cn)
			require.Equal(t, c.Text(r), c.Gather([]int32{int32(r)}).Text(0))
			require.Equal(t, c.Text(r), c.Slice(r, r+1).Text(0))
		}
	}
	at, ok := Texts("1595251445.1234567").Time(0)
	require.True(t, ok)
	require.Equal(t, event.Time(1595251445_123456700), at)
}

func TestBatchWithKeepsPlaceAndLeavesTheOld(t *testing.T) {
	b := New(1)
	b.Set("a", Texts("1"))
	b.Set("b", Texts("2"))
	require.Equal(t, "a=9 b=2\n", b.With("a", Texts("9")).String())
	require.Equal(t, "a=1 b=2 c=3\n", b.With("c", Texts("3")).String())
	require.Equal(t, "b=2\n", b.With("a", nil).String())
	require.Equal(t, "a=1 b=2\n", b.String())
}

func TestConcatIsRowByRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var batches []*Batch
		var want []map[string][]string
		for range rapid.IntRange(1, 4).Draw(t, "batches") {
			n := rapid.IntRange(0, 5).Draw(t, "rows")
			b := New(n)
			rows := make([]map[string][]string, n)
			for i := range rows {
				rows[i] = map[string][]string{}
			}
			for _, name := range []string{"a", "b"} {
				if rapid.Bool().Draw(t, "has "+name) {
					c := &Column{Dict: NewDict(), Codes: make([]Code, n)}
					for r := range n {
						v := rapid.SliceOfN(rapid.SampledFrom([]string{"", "x", "y"}), 0, 3).Draw(t, "cell")
						c.Codes[r] = c.Dict.AddValues(v)
						if len(v) > 0 {
							rows[r][name] = v
						}
					}
					b.Set(name, c)
				}
			}
			batches, want = append(batches, b), append(want, rows...)
		}
		got := Concat(batches)
		require.Equal(t, len(want), got.Len)
		for r := range want {
			for _, name := range []string{"a", "b"} {
				var v []string
				if c := got.Column(name); c != nil {
					v = c.Values(r)
				}
				require.True(t, slices.Equal(want[r][name], v))
			}
		}
	})
}
