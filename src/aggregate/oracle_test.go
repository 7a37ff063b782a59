package aggregate

import (
	"math"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// The slow way: a group's values as a list of texts, and obvious code.
var slow = map[string]func(values []string, o Options) string{
	"count": func(v []string, _ Options) string { return itoa(len(v)) },
	"dc":    func(v []string, _ Options) string { return itoa(len(distinctTexts(v))) },
	"first": func(v []string, _ Options) string { return at(v, 0) },
	"last":  func(v []string, _ Options) string { return at(v, len(v)-1) },
	"values": func(v []string, _ Options) string {
		d := distinctTexts(v)
		sort.Strings(d)
		return join(d)
	},
	"list": func(v []string, o Options) string { return join(v[:min(len(v), o.List)]) },
	"mode": func(v []string, _ Options) string {
		n := map[string]int{}
		for _, x := range v {
			n[x]++
		}
		d := distinctTexts(v)
		sort.Strings(d)
		best := "-"
		for _, x := range d {
			if n[x] > n[best] {
				best = x
			}
		}
		return best
	},
	"sum": func(v []string, _ Options) string {
		total := 0.0
		for _, x := range nums(v) {
			total += x
		}
		return show(total, len(nums(v)) > 0)
	},
	"avg": func(v []string, _ Options) string {
		total := 0.0
		for _, x := range nums(v) {
			total += x
		}
		return show(total/float64(len(nums(v))), len(nums(v)) > 0)
	},
	"range": func(v []string, _ Options) string {
		n := nums(v)
		if len(n) == 0 {
			return "-"
		}
		return show(slices.Max(n)-slices.Min(n), true)
	},
	"min": func(v []string, _ Options) string { return extremeOf(v, -1) },
	"max": func(v []string, _ Options) string { return extremeOf(v, 1) },
	"perc": func(v []string, o Options) string {
		n := nums(v)
		sort.Float64s(n)
		if len(n) == 0 {
			return "-"
		}
		return show(rank(n, o.Percent, false), true)
	},
	"varp": func(v []string, _ Options) string {
		n := nums(v)
		mean, total := 0.0, 0.0
		for _, x := range n {
			mean += x / float64(len(n))
		}
		for _, x := range n {
			total += (x - mean) * (x - mean)
		}
		return show(total/float64(len(n)), len(n) > 0)
	},
}

func itoa(n int) string { return string(AppendNumber(nil, float64(n))) }

func at(v []string, i int) string {
	if i < 0 || i >= len(v) {
		return "-"
	}
	return v[i]
}

func join(v []string) string {
	if len(v) == 0 {
		return "-"
	}
	return strings.Join(v, ",")
}

func show(x float64, ok bool) string {
	if !ok {
		return "-"
	}
	return string(AppendNumber(nil, x))
}

func distinctTexts(v []string) []string {
	var out []string
	for _, x := range v {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

func nums(v []string) []float64 {
	var out []float64
	for _, x := range v {
		if n, ok := batch.Number(x); ok {
			out = append(out, n)
		}
	}
	return out
}

func extremeOf(v []string, sign int) string {
	best := "-"
	for i, x := range v {
		if c := Natural(x, best); i == 0 || c*sign > 0 && !sameNumber(x, best) {
			best = x
		}
	}
	if n, ok := batch.Number(best); ok && !plainDecimal(best) && !math.IsNaN(n) {
		return show(n, true)
	}
	return best
}

func sameNumber(a, b string) bool {
	x, xok := finite(a)
	y, yok := finite(b)
	return xok && yok && x == y
}

// randomColumn draws n cells, and the same as lists of texts.
func randomColumn(t *rapid.T, shared *batch.Dict, n int) (*batch.Column, [][]string) {
	value := rapid.SampledFrom([]string{"1", "2", "10", "1.0", "-3.5", "a", "B", "b", "", "nan", "1e2", "007"})
	cells := make([][]string, n)
	for i := range cells {
		cells[i] = rapid.SliceOfN(value, 0, rapid.SampledFrom([]int{1, 1, 1, 3}).Draw(t, "most")).Draw(t, "cell")
	}
	switch rapid.IntRange(0, 5).Draw(t, "form") {
	case 0:
		return nil, make([][]string, n)
	case 1:
		c := &batch.Column{Times: make([]event.Time, n)}
		for i := range cells {
			c.Times[i] = event.Time(rapid.IntRange(0, 3).Draw(t, "time")) * 500_000_000
			cells[i] = c.Values(i)
		}
		return c, cells
	case 2:
		c := &batch.Column{Bytes: make([][]byte, n)}
		for i := range cells {
			cells[i] = cells[i][:min(len(cells[i]), 1)]
			if len(cells[i]) > 0 {
				c.Bytes[i] = []byte(cells[i][0])
			}
		}
		return c, cells
	}
	c := &batch.Column{Dict: shared, Codes: make([]batch.Code, n)}
	if rapid.Bool().Draw(t, "own dictionary") {
		c.Dict = batch.NewDict()
	}
	for i := range cells {
		c.Codes[i] = c.Dict.AddValues(cells[i])
	}
	return c, cells
}

func TestFunctionsAgainstTheSlowWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Options{List: 3, Percent: rapid.Float64Range(0, 99.9).Draw(t, "percent")}
		const groups = 3
		fast := map[string]Accumulator{}
		for name := range slow {
			f, _ := Find(name)
			fast[name] = f.New(o)
		}
		var want [groups][]string
		shared := batch.NewDict()
		for range rapid.IntRange(0, 4).Draw(t, "batches") {
			n := rapid.IntRange(0, 8).Draw(t, "rows")
			c, cells := randomColumn(t, shared, n)
			in := Rows{N: groups}
			for r := range n {
				for range rapid.IntRange(0, 2).Draw(t, "times in a group") {
					g := rapid.Int32Range(0, groups-1).Draw(t, "group")
					in.Rows, in.Groups = append(in.Rows, int32(r)), append(in.Groups, g)
					want[g] = append(want[g], cells[r]...)
				}
			}
			for _, a := range fast {
				a.Add(c, in)
			}
		}
		for name, a := range fast {
			out := a.Column(groups)
			for g := range groups {
				got := "-"
				if !out.IsNull(g) {
					got = strings.Join(out.Values(g), ",")
				}
				w := slow[name](want[g], o)
				if name == "varp" {
					requireNear(t, w, got)
					continue
				}
				require.Equal(t, w, got, "%s of %q", name, want[g])
			}
		}
	})
}

func requireNear(t *rapid.T, want, got string) {
	x, xok := batch.Number(want)
	y, yok := batch.Number(got)
	require.Equal(t, xok, yok)
	if xok && !math.IsNaN(x) {
		require.InDelta(t, x, y, 1e-9)
	}
}

func TestVarianceOfLargeNumbers(t *testing.T) {
	c := batch.Texts("1595251445.25", "1595251445.75", "1595251446.25")
	require.Equal(t, "0.25", one("var", Options{}, c, nil))
}

// TestKeysAgainstTheSlowWay groups by maps of joined texts.
func TestKeysAgainstTheSlowWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, 3).Draw(t, "fields")
		o := KeyOptions{NullGroup: rapid.Bool().Draw(t, "null"), Once: rapid.Bool().Draw(t, "once"), HasFill: rapid.Bool().Draw(t, "fill"), Fill: "null"}
		keys := NewKeys(width, o)
		want := map[string]int{}
		if width == 0 {
			want[""] = 0
		}
		var got []int
		shared := batch.NewDict()
		for range rapid.IntRange(0, 4).Draw(t, "batches") {
			n := rapid.IntRange(0, 8).Draw(t, "rows")
			cols, cells := make([]*batch.Column, width), make([][][]string, width)
			for f := range width {
				cols[f], cells[f] = randomColumn(t, shared, n)
			}
			var rows []int32
			for r := range n {
				if rapid.IntRange(0, 3).Draw(t, "kept") > 0 {
					rows = append(rows, int32(r))
					for _, key := range slowKeys(cells, r, o) {
						want[key]++
					}
				}
			}
			in, groups := keys.Group(cols, rows)
			require.Len(t, groups, len(in))
			got = grow(got, keys.Len())
			for _, g := range groups {
				got[g]++
			}
		}
		got = grow(got, keys.Len())
		order := keys.Sorted(false)
		require.Len(t, order, len(want))
		found := keys.Columns(order)
		var before []string
		for i, g := range order {
			var key []string
			for _, c := range found {
				text := "\x00"
				if !c.IsNull(i) {
					text = c.Text(i)
				}
				key = append(key, text)
			}
			require.Equal(t, want[strings.Join(key, "\x01")], got[g], "%q", key)
			if i > 0 {
				require.Negative(t, slices.CompareFunc(before, key, nullsLast), "%q before %q", before, key)
			}
			before = key
		}
	})
}

func nullsLast(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "\x00":
		return 1
	case b == "\x00":
		return -1
	}
	return Natural(a, b)
}

func slowKeys(cells [][][]string, r int, o KeyOptions) []string {
	keys := []string{""}
	for f := range cells {
		values := cells[f][r]
		switch {
		case len(values) == 0 && o.HasFill:
			values = []string{o.Fill}
		case len(values) == 0 && o.NullGroup:
			values = []string{"\x00"}
		case o.Once:
			values = distinctTexts(values)
		}
		var next []string
		for _, k := range keys {
			for _, v := range values {
				if f > 0 {
					v = k + "\x01" + v
				}
				next = append(next, v)
			}
		}
		keys = next
	}
	return keys
}

func TestManyGroupsAreFoundAgain(t *testing.T) {
	n := 5000
	a, b := &batch.Column{Dict: batch.NewDict()}, &batch.Column{Dict: batch.NewDict()}
	for i := range n {
		a.Codes = append(a.Codes, a.Dict.Add(itoa(i%100)))
		b.Codes = append(b.Codes, b.Dict.Add(itoa(i/100)))
	}
	keys := NewKeys(2, KeyOptions{})
	for range 2 {
		_, groups := keys.Group([]*batch.Column{a, b}, batch.AllRows(n))
		for i, g := range groups {
			require.Equal(t, int32(i), g)
		}
	}
	order := keys.Sorted(true)
	cols := keys.Columns(order)
	require.Equal(t, "0 0 / 0 1 / 0 10", cols[0].Text(0)+" "+cols[1].Text(0)+" / "+cols[0].Text(1)+" "+cols[1].Text(1)+" / "+cols[0].Text(2)+" "+cols[1].Text(2))
}
