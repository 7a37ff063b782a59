package pcre

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// engine is the engine that a pattern's first search of s runs on.
func (r *Regexp) engine(s string) string {
	if r.onStd(s) {
		return "std"
	}
	return "back"
}

// The expected results are PCRE2's own (10.42, UTF mode); "-" is no match. Groups
// follow the match after a bar, "~" for one that took no part.
func TestFind(t *testing.T) {
	for _, c := range []struct{ pattern, s, want, engine string }{
		{`b+`, "abbc", "bb", "std"},
		{`x`, "abc", "-", "std"},
		{``, "abc", "", "std"},
		{`a|ab`, "ab", "a", "std"},
		{`(a)|(b)`, "b", "b|~|b", "std"},
		{`(?<n>\d+)(?P<m>x)(?'q'y)`, "12xy", "12xy|12|x|y", "std"},
		// Classes are ASCII; a vertical tab is a space.
		{`\w+`, "é_9k\u212a", "_9k", "std"},
		{`\s+`, "a \v\tb", " \v\t", "std"},
		{`\S+`, "\vab\v", "ab", "std"},
		{`[^\s]+`, "\vab\v", "ab", "std"},
		{`\d+`, "٣3", "3", "std"},
		{`\h+`, "a\u00a0\t b", "\u00a0\t ", "std"},
		{`\H+`, " a\n", "a\n", "std"},
		{`\v`, "a\u2028", "\u2028", "std"},
		{`\N+`, "\nab\n", "ab", "std"},
		{`(?s)\N+.`, "ab\nc", "ab\n", "std"},
		{`[[:alpha:]_]+`, "1a_é", "a_", "std"},
		{`[[:^digit:]]+`, "1ab2", "ab", "std"},
		{`[]a]+`, "x]a]", "]a]", "std"},
		{`[^]a]+`, "]xa", "x", "std"},
		{`[\]\-\\]+`, `a\-]`, `\-]`, "std"},
		{`[\Qa-z\E]+`, "b-az", "-az", "std"},
		{`[a\Q]\E]+`, "x]a", "]a", "std"},
		{`[\b]`, "a\b", "\b", "std"},
		{`\p{Lu}\p{Greek}\pN`, "Aα1", "Aα1", "std"},
		{`\P{L}+`, "ab12", "12", "std"},
		{`\p{^L}+\p{L&}`, "ab12X", "12X", "std"},
		{`[\P{L}x]+`, "ax1", "x1", "std"},
		{`(?i)[\W]`, "kſ", "ſ", "std"},
		// Escapes.
		{`\x41\x{e9}\101\o{102}\cA\e\a\f`, "AéAB\x01\x1b\x07\f", "AéAB\x01\x1b\x07\f", "std"},
		{`\_\/\-\"\:\%\ \é`, `_/-":% é`, `_/-":% é`, "std"},
		{`\Qa.b*\E+`, "a.b**", "a.b**", "std"},
		{`a\Q\E*b`, "aab", "aab", "std"},
		{`a{,2}x{y}{`, "a{,2}x{y}{", "a{,2}x{y}{", "std"},
		{`\0\07`, "\x00\x07", "\x00\x07", "std"},
		{`\8`, "8", "", ""},
		// Case.
		{`(?i)straße`, "STRAßE", "STRAßE", "std"},
		{`(?i)k`, "\u212a", "\u212a", "std"},
		{`(?i)[a-c]+(?-i)D`, "aBcD", "aBcD", "std"},
		{`a(?i)b|c`, "C", "C", "std"},
		{`(?:a(?i)b)c`, "aBC", "-", "std"},
		{`(?i:a)b`, "Ab", "Ab", "std"},
		{`(?i)\w+`, "\u212a", "-", "std"},
		{`(?i)[[:upper:]]+`, "aB", "aB", "std"},
		// Options.
		{"(?x) a b # c\n c", "abc", "abc", "std"},
		{`(?x)a\ b[ ]c`, "a b c", "a b c", "std"},
		{`(?xx)[a b]+`, "a b", "a", "std"},
		{`a(?#comment)+`, "aa", "aa", "std"},
		{`(?U)a+`, "aaa", "a", "std"},
		{`(?U)a+?`, "aaa", "aaa", "std"},
		{`(?n)(a)(?<x>b)`, "ab", "ab|b", "std"},
		{`(?^)A`, "A", "A", "std"},
		{`(*UTF8)é`, "é", "é", "std"},
		// Ends.
		{`b$`, "ab", "b", "std"},
		{`b$`, "ab\n", "b", "back"},
		{`b$`, "ab\n\n", "-", "back"},
		{`b\Z`, "ab\n", "b", "back"},
		{`b\z`, "ab\n", "-", "std"},
		{`b$\n`, "ab\n", "b\n", "back"},
		{`(?m)b$`, "ab\ncb", "b", "std"},
		{`(?m)^b`, "a\nb", "b", "std"},
		{`(?m)^`, "", "", "std"},
		{`(?m)\n^`, "a\n", "-", "back"},
		{`^b`, "a\nb", "-", "std"},
		{`.+`, "ab\r\n", "ab\r", "std"},
		// Only with going back.
		{`a(?=b)`, "acab", "a", "back"},
		{`a(?!b)`, "abac", "a", "back"},
		{`(?<=a)b`, "bab", "b", "back"},
		{`(?<!a)b`, "ab b", "b", "back"},
		{`(?<=a|bc)d`, "bcd", "d", "back"},
		{`(a|b)\1`, "abb", "bb|b", "back"},
		{`(?i)(a)\1`, "aA", "aA|a", "back"},
		{`(?<n>a)(?P=n)\k<n>\k'n'\k{n}\g{n}\g1\g{-1}`, "aaaaaaaa", "aaaaaaaa|a", "back"},
		{`\2(a)|(b)`, "b", "b|~|b", "back"},
		{`(a)\10`, "a\b", "a\b|a", "std"},
		{`(?>a+)b`, "aab", "aab", "back"},
		{`a++a`, "aa", "-", "back"},
		{`a?+a{1,2}+b*+c`, "aac", "aac", "back"},
		{`\R`, "a\r\n", "\r\n", "back"},
		{`\R\n`, "\r\n", "-", "back"},
		{`\X`, "e\u0301x", "e\u0301", "back"},
		{`(a)?(?(1)b|c)`, "c", "c|~", "back"},
		{`(?<x>a)?(?(<x>)b|c)`, "ab", "ab|a", "back"},
		{`(?(?=a)ab|.)`, "xab", "x", "back"},
		{`a\b`, "aé", "a", "std"},
		{`(?=x)\bx`, "éx", "x", "back"},
		{`x(*FAIL)|y`, "xy", "y", "back"},
		{`a{1001}`, strings.Repeat("a", 1001), strings.Repeat("a", 1001), "back"},
		{`(?=(a))`, "xa", "|a", "back"},
		// No UTF-8.
		{`.b`, "\xffb", "\xffb", "std"},
		{`\x{FFFD}b`, "\xffb", "\xffb", "std"},
		{`(?=.)(b)`, "\xff\xfeébc", "b|b", "back"},
	} {
		r, err := Compile(c.pattern)
		if c.engine == "" {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err, c.pattern)
		loc, err := r.Find(c.s, 0)
		require.NoError(t, err, c.pattern)
		require.Equal(t, c.want, texts(c.s, loc), "%q on %q", c.pattern, c.s)
		require.Equal(t, c.engine, r.engine(c.s), "%q on %q", c.pattern, c.s)
		ok, err := r.Match(c.s)
		require.NoError(t, err)
		require.Equal(t, loc != nil, ok, "%q on %q", c.pattern, c.s)
		require.Equal(t, c.pattern, r.String())
	}
}

func texts(s string, loc []int) string {
	if loc == nil {
		return "-"
	}
	var parts []string
	for i := 0; i < len(loc); i += 2 {
		if loc[i] < 0 {
			parts = append(parts, "~")
		} else {
			parts = append(parts, s[loc[i]:loc[i+1]])
		}
	}
	return strings.Join(parts, "|")
}

func TestCompileErrors(t *testing.T) {
	for _, c := range []struct {
		pattern string
		offset  int
		reason  string
	}{
		{`a(b`, 1, `missing ")" for "("`},
		{`a)b`, 1, `")" without "("`},
		{`a[b`, 1, `missing "]" for "["`},
		{`[]`, 0, `missing "]" for "["`},
		{`*a`, 0, `nothing to repeat before "*"`},
		{`a|+`, 2, `nothing to repeat before "+"`},
		{`({2})`, 1, `nothing to repeat before "{"`},
		{`a**`, 2, "a quantifier behind a quantifier"},
		{`^*`, 1, "a quantifier behind an anchor or a verb"},
		{`a{3,2}`, 1, "numbers out of order in {3,2}"},
		{`a{65536}`, 1, "number larger than 65535 in braces"},
		{`[z-a]`, 1, "range out of order in a class"},
		{`[\w-z]`, 3, `"-" beside a class: write it first, last or as \-`},
		{`[[:foo:]]`, 1, `unknown class "[:foo:]"`},
		{`[:alpha:]`, 0, "a class like [:alpha:] must stand in brackets of its own: [[:alpha:]]"},
		{`[\N]`, 1, `\N has no meaning in a class`},
		{`a\`, 1, "backslash at the end of the pattern"},
		{`C:\Users`, 2, `\U means nothing; a backslash itself is \\`},
		{`\N{U+41}`, 0, `\N{...} is no escape of PCRE here; a character by its code is \x{...}`},
		{`\x{110000}`, 0, `no character has the code "110000"`},
		{`\x{}`, 0, `no character has the code ""`},
		{`\c`, 0, `\c needs a printable ASCII character`},
		{`\p{Foo}`, 0, `unknown property "Foo"`},
		{`\1`, 0, "reference to group 1, which does not exist"},
		{`(?P=x)`, 0, `reference to group "x", which does not exist`},
		{`\g{x y}`, 0, `\g needs the number or the name of a group`},
		{`\k`, 0, `\k needs the name of a group`},
		{`(?<user-name>a)`, 7, `group name "user" goes on with something other than letters, digits and _`},
		{`(?<1a>a)`, 3, `group name "1a" starts with a digit`},
		{`(?<>a)`, 3, "a group needs a name of letters, digits and _ here"},
		{`(?<a>x)(?<a>y)`, 7, `two groups are named "a"`},
		{`(?<=a+)b`, 0, "each alternative of a lookbehind must have one fixed length"},
		{`(?z)`, 2, `unknown letter after "(?"`},
		{`(?i`, 0, `missing ")" for "("`},
		{`(?#`, 0, `comment without ")"`},
		{`a\Kb`, 1, `\K, which moves the start of the match, cannot be run here; use a lookbehind or a group`},
		{`\C`, 0, `\C, one byte, cannot be run here`},
		{`(?R)`, 0, "recursion into a group cannot be run here; write the group's pattern out"},
		{`(a)(?1)`, 3, "recursion into a group cannot be run here; write the group's pattern out"},
		{`(?<a>a)(?&a)`, 7, "recursion into a group cannot be run here; write the group's pattern out"},
		{`(?<a>a)(?P>a)`, 7, "recursion into a group cannot be run here; write the group's pattern out"},
		{`(a)\g<1>`, 3, "recursion into a group cannot be run here; write the group's pattern out"},
		{`(?(DEFINE)a)`, 0, "recursion into a group cannot be run here; write the group's pattern out"},
		{`(?|a|b)`, 0, `branch reset "(?|" cannot be run here; give each branch its own group and coalesce() them`},
		{`a(*COMMIT)b`, 1, `verb "(*COMMIT)" cannot be run here`},
		{`(*UCP)a`, 0, `verb "(*UCP)" cannot be run here`},
		{`a(?C1)`, 1, `callout "(?C" cannot be run here`},
		{`(a)(?(1)b|c|d)`, 3, "a condition has more than two branches"},
		{`(?(2)a)`, 0, "condition on group 2, which does not exist"},
		{`(?((a))b)`, 3, "a group needs a name of letters, digits and _ here"},
		{`(?(?=(a))b)`, 0, "a condition with groups in its assertion cannot be run here"},
		{"a\xff", 1, "the pattern is not valid UTF-8"},
		{strings.Repeat("(", 300) + strings.Repeat(")", 300), 250, "more than 250 open parentheses"},
		{strings.Repeat("a", 70000), 0, "the pattern is longer than 64 KiB"},
	} {
		_, err := Compile(c.pattern)
		var e *Error
		require.ErrorAs(t, err, &e, c.pattern)
		require.Equal(t, Error{c.pattern, c.offset, c.reason}, *e)
	}
	_, err := Compile("a(b")
	require.EqualError(t, err, `cannot compile regex "a(b": missing ")" for "(" at 1`)
}

func TestNames(t *testing.T) {
	for pattern, want := range map[string][]string{
		`a`: {""}, `(a)(?<x>b)(?:c)(?P<y_1>d)`: {"", "", "x", "y_1"}, `(?J)(?<x>a)|(?<x>b)`: {"", "x", "x"}, `(?=(?<x>a))`: {"", "x"},
	} {
		r, err := Compile(pattern)
		require.NoError(t, err)
		require.Equal(t, want, r.Names())
	}
}

// A search from the middle sees what stands before it.
func TestFindFrom(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		from       int
		want       []int
	}{
		{`a`, "aba", 1, []int{2, 3}},
		{`^a`, "aa", 1, nil},
		{`\Aa|b`, "aab", 1, []int{2, 3}},
		{`x*\Aa`, "aaa", 1, nil},
		{`\ba`, "aa a", 1, []int{3, 4}},
		{`\Ba`, "aa", 1, []int{1, 2}},
		{`(?m)^(a)`, "a\na", 1, []int{2, 3, 2, 3}},
		{`\b(é)|(z)`, "aéz é", 1, []int{1, 3, 1, 3, -1, -1}}, // é is no word character
		{`\B(é)|(z)`, "aéz é", 1, []int{3, 4, -1, -1, 3, 4}},
		{`\b`, "é a", 2, []int{3, 3}},
		{`(?<=a)b`, "ab", 1, []int{1, 2}},
		{`\Ga`, "aaba", 1, []int{1, 2}},
		{`\Ga`, "aaba", 2, nil},
		{`a$`, "a\na\n", 1, []int{2, 3}},
		{`a`, "aba", 4, nil},
		{`$`, "ab", 2, []int{2, 2}},
		{`a`, "a", -5, []int{0, 1}},
		{`(?=é)`, "éé", 1, []int{2, 2}}, // from inside a character: the next one
	} {
		r, err := Compile(c.pattern)
		require.NoError(t, err)
		loc, err := r.Find(c.s, c.from)
		require.NoError(t, err)
		require.Equal(t, c.want, loc, "%q on %q from %d", c.pattern, c.s, c.from)
	}
}

func TestFindAll(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		n          int
		want       string
	}{
		{`\w(?<v>\d)`, "a1 b2 c3", -1, "a1|1 b2|2 c3|3"},
		{`\w(?<v>\d)`, "a1 b2 c3", 2, "a1|1 b2|2"},
		{`a`, "aa", 0, ""},
		{`\ba`, "aa a", -1, "a a"},
		{`a*`, "baac", -1, " aa  "},
		{`(?=é)`, "éé", -1, " "},
		{`^a`, "aaa", -1, "a"},
		{`x`, "", -1, ""},
		{``, "", -1, ""},
	} {
		r, err := Compile(c.pattern)
		require.NoError(t, err)
		all, err := r.FindAll(c.s, c.n)
		require.NoError(t, err)
		var got []string
		for _, loc := range all {
			got = append(got, texts(c.s, loc))
		}
		require.Equal(t, c.want, strings.Join(got, " "), "%q on %q", c.pattern, c.s)
	}
}

func TestReplace(t *testing.T) {
	for _, c := range []struct {
		pattern, s, repl string
		n                int
		want             string
	}{
		{`^(\d{1,2})/(\d{1,2})/`, "1/14/2025", `\2/\1/`, -1, "14/1/2025"},
		{`a`, "banana", "o", -1, "bonono"},
		{`a`, "banana", "o", 2, "bonona"},
		{`a`, "banana", "o", 0, "banana"},
		{`x`, "banana", "o", -1, "banana"},
		{`(a)|(n)`, "ban", `[\1\2]`, -1, "b[a][n]"},
		{`a`, "a", `$1 ${1} \0\0 \5 \n \\ \`, -1, `$1 ${1} aa  \n \ \`},
		{`\\`, `C:\x`, "/", -1, "C:/x"},
		{`/`, "C:/x", `\\`, -1, `C:\x`},
		{`a*`, "baac", "x", -1, "xbxxcx"},
		{`^`, "ab", "> ", -1, "> ab"},
		{`(?<=a)b`, "abab", "c", -1, "acac"},
		{`\Bé`, "aéé b", "x", -1, "aéx b"},
		{`.`, "", "x", -1, ""},
		{``, "", "x", -1, "x"},
		{`\s+$`, "ab  \n", "", -1, "ab"},
		{`a`, "a", "", -1, ""},
	} {
		r, err := Compile(c.pattern)
		require.NoError(t, err)
		got, err := r.Replace(c.s, c.repl, c.n)
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%q on %q with %q", c.pattern, c.s, c.repl)
	}
}

// Patterns that would run for years give up; those that std can run need not.
func TestBacktrackingWithoutEndGivesUp(t *testing.T) {
	long := strings.Repeat("a", 40) + "b"
	for _, pattern := range []string{`(?=a)(a+)+$`, `(?=a)(a|aa)+$`, `(.*)*(?<!b)$`} {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			r, err := Compile(pattern)
			require.NoError(t, err)
			_, err = r.FindAll(long, -1)
			require.ErrorIs(t, err, ErrLimit)
			require.NotContains(t, err.Error(), "aaaaaaaaaa", "the text stays out of the message")
		})
	}
	r, err := Compile(`(a+)+$`)
	require.NoError(t, err)
	ok, err := r.Match(long)
	require.NoError(t, err)
	require.False(t, ok)
	deep, err := Compile(`(?=a)(?:ab|a)*c`)
	require.NoError(t, err)
	_, err = deep.Match(strings.Repeat("ab", 1<<19))
	require.ErrorIs(t, err, ErrLimit)
	_, err = deep.Replace(strings.Repeat("ab", 1<<19)+"c", "", -1)
	require.ErrorIs(t, err, ErrLimit)
}

// Counts in braces multiply; none may blow up the compiler.
func TestHugeCountsCompile(t *testing.T) {
	for _, pattern := range []string{`((a{65535}){65535}){65535}`, `(?:(?:(?:x{999}){999}){999}y)?`, `(?=a)((((a{1000}){1000}){1000}){1000}){1000}`} {
		r, err := Compile(pattern)
		require.NoError(t, err)
		ok, err := r.Match("b")
		require.NoError(t, err)
		require.Equal(t, strings.HasSuffix(pattern, "?"), ok)
	}
	r, err := Compile(strings.Repeat("(?:a?", 200) + strings.Repeat("){2}", 200))
	require.NoError(t, err)
	_, err = r.Match("b")
	require.ErrorIs(t, err, ErrLimit)
	require.Less(t, len(err.Error()), 400, "a long pattern is cut in messages")
}

func TestNeed(t *testing.T) {
	for pattern, want := range map[string]need{
		`a`: {}, `foo`: {"foo", false}, `(?i)FOX`: {"fox", true}, `(?i)task`: {"ta", true}, `(?i)12:34`: {"12:34", false},
		`x(foo|bar)bazz`: {"bazz", false}, `foo?bar`: {"bar", false}, `(foo)+x`: {"foo", false}, `(foo)*ab`: {"ab", false},
		`ab(?i)cdé(?-i)fgh`: {"fgh", false}, `foo|bar`: {}, `(?=foo)x`: {}, `(?<=foo)xy`: {"xy", false}, `(?>foo)`: {"foo", false}, `a\x{FFFD}b`: {}, `éa`: {"éa", false},
	} {
		r, err := Compile(pattern)
		require.NoError(t, err)
		require.Equal(t, want, r.need, pattern)
		require.Equal(t, pattern == "foo" || pattern == "(?i)FOX" || pattern == "(?i)12:34" || pattern == "éa", r.whole, pattern)
	}
	require.True(t, need{"fox", true}.in("the FoX"))
	require.False(t, need{"fox", true}.in("fo"))
	require.False(t, need{"fox", true}.in("fofoy"))
}

func TestConcurrentUse(t *testing.T) {
	for _, pattern := range []string{`(?<= )b$`, `\bb$`, `\b(b)`} {
		r, err := Compile(pattern)
		require.NoError(t, err)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 50 {
					loc, err := r.Find("éab ab b\n", 1)
					if err != nil || loc == nil {
						t.Error("no match", err)
					}
					if _, err := r.Replace("ab b\n", "x", -1); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	}
}

func FuzzEnginesAgree(f *testing.F) {
	for _, pattern := range []string{
		`(?<n>\d+)[^\s]*$`, `(?i)\bk[a-z]+|(x)?`, `(?m)^\s*(\S+?)\h`, `(?s).{2,3}[[:alpha:]\D]`, `\p{L}\P{Lu}(?U)a+`, `(a|b)\1(?=c)`, `(?x) a b # c`, `\Qa*\E+[\]x-]`,
		`(a(?i)b|c)*(?:x{2,}|\x{e9})`, `\R\X(?(1)a|b)`, `(?<!a)(?>b+)c*+`,
	} {
		for _, s := range []string{"12 foo\nbar 7\n", "Kelvin \u212aX", "a\xffé\r\n", ""} {
			f.Add(pattern, s)
		}
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > 60 || len(s) > 60 {
			return
		}
		r, err := Compile(pattern)
		if err != nil {
			var e *Error
			require.ErrorAs(t, err, &e)
			require.True(t, e.Offset >= 0 && e.Offset <= len(pattern))
			return
		}
		back, err := r.back()
		require.NoError(t, err, "what std runs regexp2 must run too: %q", r.print(1))
		back.MatchTimeout = 100 * time.Millisecond
		for from := 0; from <= len(s); from++ {
			if from == len(s) || utf8.RuneStart(s[from]) {
				requireAgreement(t, r, s, from)
			}
		}
		_, err = r.Replace(s, `\1`, -1)
		require.True(t, err == nil || errors.Is(err, ErrLimit))
	})
}

func requireAgreement(t *testing.T, r *Regexp, s string, from int) {
	t.Helper()
	loc, err := r.Find(s, from)
	if err != nil {
		require.ErrorIs(t, err, ErrLimit)
		return
	}
	if from == 0 {
		ok, err := r.Match(s)
		require.NoError(t, err)
		require.Equal(t, loc != nil, ok)
	}
	if !r.onStd(s) {
		return
	}
	sc := scan{r: r, s: s}
	defer sc.close()
	other, err := sc.findBack(from)
	if err != nil {
		return
	}
	require.Equal(t, other, loc, "%q on %q from %d, std %q, regexp2 %q", r, s, from, r.print(std), r.print(back))
}

func BenchmarkMatch(b *testing.B) {
	line := `C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule user=NT AUTHORITY\SYSTEM parent=C:\Windows\System32\services.exe ` +
		strings.Repeat("some more words of a command line ", 6)
	for name, pattern := range map[string]string{
		"std, absent need":    `(?i)powershell\.exe.*-enc`,
		"std, present":        `(?i)parent=(?<p>\S+)`,
		"std, no need":        `\d{3,}\s`,
		"regexp2, look":       `(?<=parent=)\S+`,
		"regexp2, absent":     `(?<!x)powershell`,
		"literal":             `services.exe`,
		"literal in any case": `(?i)NT AUTHORITY`,
	} {
		b.Run(name, func(b *testing.B) {
			r, err := Compile(pattern)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Match(line); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	line := strings.Repeat("x", 200) + " user=alice src=10.0.0.1 " + strings.Repeat("y", 120)
	for name, pattern := range map[string]string{"std": `user=(?<user>\w+)\s+src=(?<src>\S+)`, "regexp2": `(?<=user=)(?<user>\w+)\s+src=(?<src>\S+)`} {
		b.Run(name, func(b *testing.B) {
			r, _ := Compile(pattern)
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				if loc, err := r.Find(line, 0); loc == nil || err != nil {
					b.Fatal("no match", err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(`(?i)(?<user>\w+)@(?<domain>[\w.-]+)\s*$`); err != nil {
			b.Fatal(err)
		}
	}
}
