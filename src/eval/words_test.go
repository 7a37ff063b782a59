package eval

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// parsePredicate compiles the text of a condition of search.
func parsePredicate(t testing.TB, text string, rules Rules) *Predicate {
	t.Helper()
	source := spl.Plain(&diag.Text{Name: "<search>", Body: text})
	tree, problems := spl.ParsePredicate(source)
	require.Empty(t, problems, text)
	p, problems := CompilePredicate(tree, &spl.Stage{Source: source}, testEnv(rules))
	require.Empty(t, problems, text)
	return p
}

func rawColumn(lines ...string) *batch.Batch {
	b := batch.New(len(lines))
	c := &batch.Column{Bytes: make([][]byte, len(lines))}
	for i, l := range lines {
		c.Bytes[i] = []byte(l)
	}
	b.Set("_raw", c)
	return b
}

// TestWords is rule S5: the condition, then texts it is true of, then texts it is
// not.
func TestWords(t *testing.T) {
	for _, c := range []struct {
		text     string
		yes, not []string
	}{
		{`error`, []string{"error", "an Error.", "x=ERROR;", "a/error-1", "my_error", "5%error%"}, []string{"errors", "terror", "xerrorx"}},
		{`attach policy`, []string{"policy was attach ed", "attach,policy"}, []string{"attach", "attachpolicy"}},
		{`"attach policy"`, []string{"Attach Policy now", "(attach policy)"}, []string{"policy attach", "attach  policy", "attach policyx"}},
		{`err*`, []string{"errors", "an ERRand"}, []string{"terror", "er"}},
		{`*ror`, []string{"terror", "x error"}, []string{"errors"}},
		{`e*r`, []string{"error", "ear", "e=r", "e.x.r"}, []string{"e r", "ex", "eAr1"}},
		{`e*r*s`, []string{"errors", "exrs"}, []string{"er s", "ers1"}},
		{`*error*`, []string{"terrors"}, []string{"err or"}},
		{`TERM(10.0.0.1)`, []string{"ip 10.0.0.1 x", "[10.0.0.1]", "a%2010.0.0.1"}, []string{"ip=10.0.0.1", "10.0.0.10", "10.0.0.1:80"}},
		{`10.0.0.1`, []string{"ip=10.0.0.1", "10.0.0.1:80"}, []string{"10.0.0.10", "110.0.0.1"}},
		{`CASE(Error)`, []string{"an Error here"}, []string{"an error here"}},
		{`NOT error`, []string{"fine"}, []string{"error"}},
		{`*`, []string{"", "x"}, nil},
		{`Ärger`, []string{"der ÄRGER!", "ärger"}, []string{"arger"}},
		{`error OR fail NOT ok`, []string{"error", "fail"}, []string{"error ok", "none"}},
		{`_raw="*err*"`, []string{"xERRx"}, []string{"er"}},
		{`"C:\\Windows\\x.exe"`, []string{`run c:\windows\x.exe now`}, []string{`c:\windows\x.exes`}},
	} {
		t.Run(c.text, func(t *testing.T) {
			p := parsePredicate(t, c.text, Rules{})
			for _, s := range append(append([]string{}, c.yes...), c.not...) {
				b := rawColumn(s)
				got := len(p.Select(Of(b), batch.AllRows(1))) == 1
				require.Equal(t, got, len(p.Select(Of(coded(b)), batch.AllRows(1))) == 1, s)
				want := false
				for _, y := range c.yes {
					want = want || y == s
				}
				require.Equal(t, want, got, s)
			}
		})
	}
}

// coded is the batch with _raw in dictionary form.
func coded(b *batch.Batch) *batch.Batch {
	out := batch.New(b.Len)
	out.Set("_raw", b.Columns[0].Coded())
	return out
}

// TestWordsLinear: a pattern that could go back and forth over a long text.
func TestWordsLinear(t *testing.T) {
	long := strings.Repeat("a", 4<<20)
	for _, text := range []string{`a*a*a*b`, `*a*a*b`, `"a*a*a b"`, `TERM(a*b)`} {
		require.Empty(t, parsePredicate(t, text, Rules{}).Select(Of(rawColumn(long)), batch.AllRows(1)))
	}
	p := CompilePattern("*a*a*a*a*b")
	require.False(t, p.Match(long))
}

// TestSearchRules is condition, rows (as rowsOf has them) and the rows that are
// true.
func TestSearchRules(t *testing.T) {
	for _, c := range []struct {
		rule, text, rows, want string
		rules                  Rules
	}{
		{"S1", `s!=a*`, "s=A.exe;s=b;z=1", "1", Rules{}},
		{"S3", `NOT s=a*`, "s=A.exe;s=b;z=1", "1 2", Rules{}},
		{"P1", `a=1 OR b=2 c=3`, "a=1;a=1 c=3;b=2 c=3;c=3", "1 2", Rules{}},
		{"P1", `a=1 b=2 OR c=3 d=4`, "a=1 b=2 d=4;a=1 c=3 d=4;a=1 b=2;c=3 d=4", "0 1", Rules{}},
		{"P1", `NOT a=1 OR b=2`, "a=1;a=1 b=2;z=1", "1 2", Rules{}},
		{"D7", `Country!="Canada"`, "Country=Canada;z=1", "", Rules{}},
		{"D7", `ip="192.0.2.0/24"`, "ip=192.0.2.56;ip=192.0.3.1", "0", Rules{}},
		{"D7", `ip="2001:db8::ff00/120"`, "ip=2001:db8::ff99;ip=2001:db8::fe99", "0", Rules{}},
		{"S4", `ip!=10.0.0.0/8`, "ip=10.1.1.1;ip=11.1.1.1;ip=host", "1 2", Rules{}},
		{"S4", `ip IN (10.0.0.0/8, host*)`, "ip=10.1.1.1;ip=11.1.1.1;ip=host1", "0 2", Rules{}},
		{"L2", `p="*\\SYSTEM\\X*"`, `p=HKLM\system\x1;p=HKLM\system`, "0", Rules{}},
		{"L2", `p="\\\\*\\SYSVOL"`, `p=\\dc1\sysvol;p=\dc1\sysvol`, "0", Rules{}},
		{"2.15", `f=""`, "f=x;g=1", "", Rules{}},
		{"2.15", `f=""`, "f=x;g=1", "1", Rules{EmptyMatchesAbsent: true}},
		{"2.15", `m!=x`, "m=x|y;m=x;m=y", "0 2", Rules{}},
		{"2.15", `m!=x`, "m=x|y;m=x;m=y", "2", Rules{MVNotEqualNone: true}},
		{"2.15", `m=x`, "m=x|y;m=y|x", "0", Rules{MVCompare: MVFirst}},
		{"2.15", `m=x*`, "m=x|y;m=x|xx", "1", Rules{MVCompare: MVAll}},
		{"S7", `tag::host=dmz tag=web`, "tag::host=dmz tag=web|x;tag=web", "0", Rules{}},
		{"S1", `_time>=1595251445.1234567`, "_time=1595251445.1234566;_time=1595251445.1234567", "1", Rules{}},
		{"S1", `v<b`, "v=A;v=a;v=B;v=c", "0 1", Rules{}},
		{"S2", `a=b`, "a=b b=x;a=x b=x", "0", Rules{}},
	} {
		t.Run(c.rule+" "+c.text, func(t *testing.T) {
			b := rowsOf(t, strings.Split(c.rows, ";")...)
			got := parsePredicate(t, c.text, c.rules).Select(Of(b), batch.AllRows(b.Len))
			require.Equal(t, c.want, strings.Trim(fmt.Sprint(got), "[]"))
		})
	}
}

// slowWord is rule S5 by its definition: some text the pattern stands for, in
// which `*` holds no major breaker, with breakers or ends around it.
func slowWord(pattern, s string, term bool) bool {
	edge := func(at int) bool {
		return at == 0 || at == len(s) || majorBefore(s, at) || majorAt(s, at) ||
			!term && (isMinor(s[at-1]) || isMinor(s[at]))
	}
	var goes func(p string, at int) bool
	goes = func(p string, at int) bool {
		switch {
		case p == "":
			return edge(at)
		case p[0] == '*':
			return len(p) == 1 || goes(p[1:], at) || at < len(s) && !majorAt(s, at) && goes(p, at+1)
		}
		return at < len(s) && s[at] == p[0] && goes(p[1:], at+1)
	}
	for at := range len(s) + 1 {
		if (edge(at) || pattern[0] == '*') && goes(pattern, at) {
			return true
		}
	}
	return false
}

func TestWordsAgainstSlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alphabet := func(of ...string) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(of), 1, 12).Draw(t, "text"), "")
		}
		pattern := alphabet("a", "b", "a", "b", "*", ".")
		s := alphabet("a", "b", "a", "b", " ", ".", "%20", "-")
		if strings.Trim(pattern, "*") == "" {
			return
		}
		kind := rapid.SampledFrom([]string{"", "term"}).Draw(t, "kind")
		p := mustPredicate(t, bareWord(pattern, kind), Rules{})
		got := len(p.Select(Of(rawColumn(s)), batch.AllRows(1))) == 1
		require.Equal(t, slowWord(pattern, s, kind == "term"), got, "%q in %q %s", pattern, s, kind)
	})
}

func TestSharedByGoroutines(t *testing.T) {
	rows := Of(processes(5000, 700))
	p := parsePredicate(t, `process_name="*proc3*" OR process="*session 12*" NOT process=*99*`, Rules{})
	x := mustExpr(t, `match(process, "session ".substr(process_name, -6, 2)) OR random()<1000`, Rules{})
	var group sync.WaitGroup
	results := make([]string, 8)
	for i := range results {
		group.Go(func() {
			named := batch.AllRows(5000)
			x.Select(rows, named)
			results[i] = fmt.Sprint(p.Select(rows, named))
		})
	}
	group.Wait()
	for _, r := range results {
		require.Equal(t, results[0], r)
	}
}
