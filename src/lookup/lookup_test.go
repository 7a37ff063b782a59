package lookup_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/lookup"
)

func places(t testing.TB, transforms string, files ...string) lookup.Places {
	t.Helper()
	fsys := fstest.MapFS{"default/transforms.conf": {Data: []byte(transforms)}}
	for i := 0; i+1 < len(files); i += 2 {
		fsys["lookups/"+files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	apps := []conf.App{{ID: "a", FS: fsys}}
	c, problems := conf.Load("transforms.conf", apps, "")
	require.Empty(t, problems)
	return lookup.Places{Transforms: c, Apps: apps}
}

const table = "ip,host,owner\n10.0.0.0/8,pc*,kim\n10.1.0.0/16,*,ann\n10.1.2.3,PC1,bob\nfe80::/10,srv-*-x,eve\n*,,nobody\n"

func TestMatch(t *testing.T) {
	for _, c := range []struct{ settings, columns, values, want string }{
		{"", "ip", "10.1.2.3", "bob"},
		{"", "ip", "10.1.2.4", ""},
		{"", "host", "PC1", "bob"},
		{"", "host", "pc1", ""},
		{"case_sensitive_match = false", "host", "pc1", "bob"},
		{"", "ip host", "10.1.2.3 PC1", "bob"},
		{"", "ip host", "10.1.2.3 pc", ""},
		{"match_type = CIDR(ip)", "ip", "10.1.2.3", "kim ann bob"},
		{"match_type = CIDR(ip)", "ip", "::ffff:10.2.0.1", "kim"},
		{"match_type = CIDR(ip)", "ip", "fe80::1", "eve"},
		{"match_type = CIDR(ip)", "ip", "host", ""},
		{"match_type = CIDR(ip)\nmax_matches = 2", "ip", "10.1.2.3", "kim ann"},
		{"match_type = WILDCARD(host)", "host", "pc77", "kim ann"},
		{"match_type = WILDCARD(host)", "host", "PC1", "ann bob"},
		{"match_type = WILDCARD(host)\ncase_sensitive_match = 0", "host", "Pc1", "kim ann bob"},
		{"match_type = WILDCARD(host)", "host", "srv-a-b-x", "ann eve"},
		{"match_type = WILDCARD(host)", "host", "srv--", "ann"},
		{"match_type = wildcard(host), CIDR( ip )", "host ip", "pc2 10.1.0.1", "kim ann"},
		{"match_type = WILDCARD(host), EXACT(ip)", "ip host", "10.0.0.0/8 pcx", "kim"},
		{"max_matches = 1", "owner", "kim", "kim"},
		{"min_matches = 1\ndefault_match = none", "ip", "x", "none"},
		{"min_matches = 2\ndefault_match = none", "ip", "10.1.2.3", "bob none"},
		{"min_matches = 1", "ip", "x", "NULL"},
	} {
		p := places(t, "[t]\nfilename = t.csv\n"+c.settings, "t.csv", table)
		tab, problems := lookup.Open("t", p)
		require.Empty(t, problems)
		m, err := tab.Matcher(strings.Fields(c.columns))
		require.NoError(t, err)
		owner, err := tab.Column("owner")
		require.NoError(t, err)
		var got []string
		for _, row := range m.Match(strings.Fields(c.values)) {
			got = append(got, tab.Value(row, owner))
		}
		require.Equal(t, c.want, strings.Join(got, " "), "%s: %s = %s", c.settings, c.columns, c.values)
	}
}

func TestOpen(t *testing.T) {
	p := places(t, "[t]\nfilename = t.csv\n[gone]\nfilename = gone.csv\n[kv]\nexternal_type = kvstore\n[bad]\nfilename = t.csv\nmatch_type = FUZZY(x)\n[worse]\nfilename = t.csv\nmax_matches = 0\ncase_sensitive_match = perhaps\n[regex]\nREGEX = x",
		"t.csv", "\xef\xbb\xbfa,b\r\n1,\"x,\"\"y\"\"\"\r\n2\r\n3,4,5\r\n", "empty.csv", "", "header.csv", "a,b\n")
	tab, problems := lookup.Open("t.csv", p)
	require.Len(t, problems, 1)
	require.Equal(t, diag.Warning, problems[0].Severity)
	require.Equal(t, "line 3 has 1 columns, the header has 2", problems[0].Text)
	require.Equal(t, []string{"a", "b"}, tab.Columns())
	require.Equal(t, `x,"y"`, tab.Value(0, 1))
	require.Equal(t, "", tab.Value(1, 1))
	require.Equal(t, 3, tab.Len())
	tab, problems = lookup.Parse("blanks.csv", []byte("a, b\n1, yes\n\" 2\",\n"))
	require.Empty(t, problems)
	require.Equal(t, []string{"a", "b"}, tab.Columns())
	require.Equal(t, []string{"yes", " 2"}, []string{tab.Value(0, 1), tab.Value(1, 0)})
	tab, problems = lookup.Open("header.csv", p)
	require.Empty(t, problems)
	require.Zero(t, tab.Len())
	require.Equal(t, []string{"bad", "empty.csv", "gone", "header.csv", "kv", "t", "t.csv", "worse"}, p.Names())
	for name, want := range map[string]string{
		"tt":             `unknown lookup table "tt"` + "\n    hint: did you mean \"t\"?",
		"gone":           `cannot open lookup table "gone": there is no file "gone.csv"`,
		"kv":             `cannot open lookup table "kv": it is no CSV file`,
		"bad":            `cannot read match_type "FUZZY(x)"`,
		"worse":          `expected a number of at least 1 for max_matches, found "0"`,
		"empty.csv":      `cannot read lookup table "a/lookups/empty.csv": it is empty`,
		"../default/x":   `unknown lookup table "../default/x"`,
		"regex":          `unknown lookup table "regex"`,
		`..\default\x`:   `unknown lookup table`,
		"lookups/t.csv":  `unknown lookup table`,
		"definitely.csv": `unknown lookup table "definitely.csv"`,
	} {
		tab, problems := lookup.Open(name, p)
		require.Nil(t, tab, name)
		require.Contains(t, problems.Error(), want)
	}
	tab, _ = lookup.Open("t", p)
	_, err := tab.Matcher([]string{"c"})
	require.ErrorContains(t, err, `lookup table "t" has no column "c"`)
}

func TestAppsHideEachOthersFiles(t *testing.T) {
	file := func(text string) fstest.MapFS {
		return fstest.MapFS{"lookups/t.csv": {Data: []byte("x\n" + text + "\n")}}
	}
	p := lookup.Places{Apps: []conf.App{{ID: "a", FS: file("a")}, {ID: "b", FS: file("b")}, {ID: "c"}}}
	for in, want := range map[string]string{"": "b", "a": "a", "b": "b", "c": "b"} {
		p.In = in
		tab, problems := lookup.Open("t.csv", p)
		require.Empty(t, problems)
		require.Equal(t, want, tab.Value(0, 0))
	}
}

// TestMatchIsRowByRow compares the index of exact columns with a look at every
// row.
func TestMatchIsRowByRow(t *testing.T) {
	cell := rapid.SampledFrom([]string{"", "a", "A", "ab", "b\x00", "\x00"})
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 2), 0, 8).Draw(rt, "rows")
		o := lookup.Options{IgnoreCase: rapid.Bool().Draw(rt, "ignore case")}
		tab := lookup.New("t", []string{"x", "y"}, rows, o)
		m, err := tab.Matcher([]string{"x", "y"})
		require.NoError(rt, err)
		values := rapid.SliceOfN(cell, 2, 2).Draw(rt, "values")
		var want []int
		for i, r := range rows {
			same := func(k int) bool {
				return r[k] == values[k] || o.IgnoreCase && strings.EqualFold(r[k], values[k])
			}
			if same(0) && same(1) {
				want = append(want, i)
			}
		}
		require.Equal(rt, fmt.Sprint(want), fmt.Sprint(m.Match(values)))
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("a,\"b\n\"\n1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, problems := lookup.Parse("t", data)
		require.Equal(t, tab == nil, problems.HasErrors())
		if tab == nil {
			return
		}
		for r := range tab.Len() {
			for c := range tab.Columns() {
				tab.Value(r, c)
			}
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	rows := make([][]string, 100_000)
	for i := range rows {
		rows[i] = []string{fmt.Sprint("host", i), "owner"}
	}
	tab := lookup.New("t", []string{"host", "owner"}, rows, lookup.Options{})
	m, err := tab.Matcher([]string{"host"})
	require.NoError(b, err)
	values := []string{"host777"}
	b.ReportAllocs()
	for b.Loop() {
		m.Match(values)
	}
}
