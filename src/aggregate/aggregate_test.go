package aggregate

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// column reads cells parted by blanks: "-" is null, "a,b" a multivalue, "”" the
// empty text.
func column(text string) *batch.Column {
	cells := strings.Fields(text)
	c := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, len(cells))}
	for i, cell := range cells {
		switch cell {
		case "-":
		case "''":
			c.Codes[i] = c.Dict.Add("")
		default:
			c.Codes[i] = c.Dict.AddValues(strings.Split(cell, ","))
		}
	}
	return c
}

// one is a function over cells that are all of one group.
func one(name string, o Options, c, times *batch.Column) string {
	f, ok := Find(name)
	if !ok {
		return "no function " + name
	}
	a := f.New(o)
	a.Add(c, Rows{Rows: batch.AllRows(c.Len()), Groups: make([]int32, c.Len()), N: 1, Time: times})
	out := a.Column(2)
	if !out.IsNull(1) && name != "count" && name != "dc" && name != "estdc" {
		return "the empty group has " + out.Text(1)
	}
	if out.IsNull(0) {
		return "-"
	}
	return strings.Join(out.Values(0), ",")
}

func TestFunctions(t *testing.T) {
	docs := "65 42 40 31 47 53 64"
	for _, c := range []struct{ rule, name, cells, want string }{
		{"F3", "avg", docs, "48.857142857142854"},
		{"6", "sumsq", docs, "17664"},
		{"6", "stdev", docs, "12.615183595289349"},
		{"2.11", "stdevp", "2 4 4 4 5 5 7 9", "2"},
		{"2.11", "varp", "2 4 4 4 5 5 7 9", "4"},
		{"2.11", "var", "1 2 3 4", "1.6666666666666667"},
		{"6", "stdev", "5", "0"},
		{"6", "var", "x 5 -", "0"},
		{"F3", "avg", strings.Repeat("3.99 ", 100), "3.9900000000000055"},
		{"F3", "avg", strings.Repeat("3.99 ", 10000), "3.990000000000215"},
		{"2.17", "sum", "1 a 3", "4"},
		{"2.17", "avg", "1 a 3", "2"},
		{"V3", "sum", "1,2,x 3 -", "6"},
		{"6", "sum", "a b", "-"},
		{"F1", "sum", "9007199254740990 2", "9007199254740992"},
		{"N3", "count", "a - b,c ''", "4"},
		{"6", "dc", "1 1.0 1 - A a ''", "5"},
		{"6", "estdc", "1 1.0 1", "2"},
		{"6", "estdc_error", "1 1.0 1", "0"},
		{"6", "estdc_error", "- -", "-"},
		{"6", "dc", "- -", "0"},
		{"2.11", "min", "10 9 70 100", "9"},
		{"2.11", "max", "10 9 70 100", "100"},
		{"2.11", "min", "b a 7 10", "7"},
		{"2.11", "max", "b a 7 10", "b"},
		{"2.11", "max", "a B b A", "b"},
		{"2.11", "min", "a B b A", "A"},
		{"F3", "max", "1.50 0.5", "1.5"},
		{"F3", "max", "1e3 5", "1000"},
		{"F3", "min", "007 9", "7"},
		{"F3", "min", "+7 9", "7"},
		{"F1", "max", "12345678901234567890 7", "12345678901234567890"},
		{"V3", "max", "1,30,2 7", "30"},
		{"F1", "max", "nan 7", "nan"},
		{"F1", "min", "nan 7 -inf", "-inf"},
		{"6", "range", "7 1,9 x", "8"},
		{"2.11", "median", "10 9 8 7 6 5 4 3 2 1", "5.5"},
		{"2.11", "median", "3", "3"},
		{"2.11", "mode", "b a b a c", "a"},
		{"2.11", "mode", "b a b - ''", "b"},
		{"2.11", "first", "- b a -", "b"},
		{"2.11", "last", "- b a -", "a"},
		{"V5", "values", "100 1 10 2 1 - A a B,2", "1,10,100,2,A,B,a"},
		{"V5", "list", "100 1 10 2 1 - A,A", "100,1,10,2,1,A,A"},
		{"V5", "values", "-", "-"},
		{"6", "rate", "1 2", "-"},
	} {
		require.Equal(t, c.want, one(c.name, Options{}, column(c.cells), nil), "%s: %s(%s)", c.rule, c.name, c.cells)
	}
}

func TestCountWithoutFieldCountsRows(t *testing.T) {
	require.Equal(t, "3", one("count", Options{NoField: true}, column("a - b,c"), nil))
}

func TestPercentiles(t *testing.T) {
	for _, c := range []struct {
		percent     float64
		cells, want string
	}{
		{50, "10 9 8 7 6 5 4 3 2 1", "5.5"},
		{95, "10 9 8 7 6 5 4 3 2 1", "9.55"},
		{50, "0 212 579 1068 1692 2301 2793 3306 3673 4010", "1996.5"},
		{95, "0 212 579 1068 1692 2301 2793 3306 3673 4010", "3858.35"},
		{0, "3 1 2", "1"},
		{99.95, "7", "7"},
		{50, "a", "-"},
	} {
		for _, name := range []string{"perc", "exactperc", "upperperc"} {
			require.Equal(t, c.want, one(name, Options{Percent: c.percent}, column(c.cells), nil), "%s%g(%s)", name, c.percent, c.cells)
		}
	}
	nearest := Options{Percent: 50, NearestRank: true}
	require.Equal(t, "6", one("perc", nearest, column("1 2 3 4 5 6 7 8 9 10"), nil))
	require.Equal(t, "6", one("median", nearest, column("1 2 3 4 5 6 7 8 9 10"), nil))
}

func TestAllNumVoidsAGroup(t *testing.T) {
	for _, name := range []string{"sum", "avg", "min", "max", "stdev", "range", "perc"} {
		require.Equal(t, "-", one(name, Options{AllNum: true}, column("1 2 test"), nil), name)
		require.Equal(t, "-", one(name, Options{AllNum: true}, column("1 2,x"), nil), name)
		require.NotEqual(t, "-", one(name, Options{AllNum: true}, column("1 2 -"), nil), name)
	}
	require.Equal(t, "1,2,test", one("values", Options{AllNum: true}, column("1 2 test"), nil))
}

func TestByTime(t *testing.T) {
	times := column("30 20 - 10 30")
	for _, c := range []struct{ name, cells, want string }{
		{"earliest", "a b c d e", "d"},
		{"latest", "a b c d e", "a"},
		{"earliest", "a b c - e", "b"},
		{"earliest", "a - c - e", "e"},
		{"latest", "- - c d -", "d"},
		{"earliest_time", "a b c d e", "10.000000"},
		{"latest_time", "- b c d -", "20.000000"},
		{"rate", "9 5 x 1 -", "0.4"},
		{"rate", "3 5 - 1 -", "0.35"},
	} {
		require.Equal(t, c.want, one(c.name, Options{}, column(c.cells), times), "%s(%s)", c.name, c.cells)
	}
	exact := &batch.Column{Times: []event.Time{1534143600_123456700, -1500000000}}
	require.Equal(t, "1534143600.123456", one("latest_time", Options{}, exact, exact))
	require.Equal(t, "-1.500000", one("earliest_time", Options{}, exact, exact))
	require.Equal(t, "e", one("earliest", Options{}, column("a b e"), nil), "without _time the last seen is the earliest")
	require.Equal(t, "a", one("latest", Options{}, column("a b e"), nil))
	require.Equal(t, "-", one("latest_time", Options{}, column("a b e"), nil))
}

func TestTimesKeepTheirNanoseconds(t *testing.T) {
	times := &batch.Column{Times: []event.Time{1595251445_123456700, 1595251445_123456800, 1595251445_123456600}}
	require.Equal(t, "1595251445.1234566", one("min", Options{}, times, nil))
	require.Equal(t, "1595251445.1234568", one("max", Options{}, times, nil))
	require.Equal(t, "3", one("count", Options{}, times, nil))
	require.Equal(t, "3", one("dc", Options{}, times, nil))
	f, _ := Find("max")
	a := f.New(Options{})
	a.Add(times, Rows{Rows: []int32{0}, Groups: []int32{0}, N: 1})
	a.Add(column("7 1595251446.5 -"), Rows{Rows: []int32{0, 1, 2}, Groups: []int32{0, 0, 0}, N: 1})
	a.Add(times, Rows{Rows: []int32{1}, Groups: []int32{0}, N: 1})
	require.Equal(t, "1595251446.5", a.Column(1).Text(0))
}

func TestListTellsOfItsLimit(t *testing.T) {
	f, _ := Find("list")
	a := f.New(Options{List: 2}).(Limited)
	a.Add(column("a b"), Rows{Rows: []int32{0, 1}, Groups: []int32{0, 0}, N: 1})
	require.False(t, a.Limited())
	a.Add(column("c d"), Rows{Rows: []int32{0, 1}, Groups: []int32{0, 1}, N: 2})
	require.True(t, a.Limited())
	require.Equal(t, []string{"a", "b"}, a.Column(2).Values(0))
	require.Equal(t, []string{"d"}, a.Column(2).Values(1))
}

func TestTable(t *testing.T) {
	for i, f := range All() {
		require.NotEmpty(t, f.Help, f.Name)
		got, ok := Find(f.Name)
		require.True(t, ok && got.Name == f.Name)
		require.NotNil(t, f.New(Options{}).Column(3))
		if i > 0 {
			require.Less(t, table[i-1].Name, f.Name)
		}
	}
	_, ok := Find("sparkline")
	require.False(t, ok)
	reason, known := Refused("rate_avg")
	require.True(t, known && reason != "")
	require.Len(t, Names(), len(All()))
}

func TestAppendNumber(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 1e20: "100000000000000000000", -2.5: "-2.5", 1e-7: "0.0000001", 48.857142857142854: "48.857142857142854"} {
		require.Equal(t, want, string(AppendNumber(nil, x)))
	}
	negative, _ := strconv.ParseFloat("-0", 64)
	require.Equal(t, "0", string(AppendNumber(nil, negative)))
}

func ExampleAccumulator() {
	keys := NewKeys(1, KeyOptions{})
	f, _ := Find("sum")
	sum := f.New(Options{})
	rows, groups := keys.Group([]*batch.Column{batch.Texts("x", "y", "x")}, batch.AllRows(3))
	sum.Add(batch.Texts("1", "2", "3"), Rows{Rows: rows, Groups: groups, N: keys.Len()})
	order := keys.Sorted(false)
	by, sums := keys.Columns(order)[0], sum.Column(keys.Len()).Gather(order)
	for i := range order {
		fmt.Println(by.Text(i), sums.Text(i))
	}
	// Output:
	// x 4
	// y 2
}
