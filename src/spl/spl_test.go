package spl

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

// Each § marks where a node must begin and each ¶ where it must end.
func TestSpans(t *testing.T) {
	for marked, find := range map[string]func(*Search) Span{
		"§index=a | head 1¶":                           func(s *Search) Span { return s.Span },
		"index=a | §head 1¶ | tail 2":                  func(s *Search) Span { return s.Stages[1].Span },
		"index=a | §head¶ 1":                           func(s *Search) Span { return s.Stages[1].NameSpan },
		"| head§ 1¶ | tail":                            func(s *Search) Span { return s.Stages[0].ArgSpan },
		"a §b=c¶ d":                                    func(s *Search) Span { return s.Stages[0].Predicate.(*And).List[1].At() },
		"a §b IN (c, d)¶":                              func(s *Search) Span { return s.Stages[0].Predicate.(*And).List[1].At() },
		"a §NOT (b c)¶":                                func(s *Search) Span { return s.Stages[0].Predicate.(*And).List[1].At() },
		"§(a OR b) c¶ | head":                          func(s *Search) Span { return s.Stages[0].Predicate.At() },
		"| where §(a OR b) AND (c)¶ ":                  func(s *Search) Span { return s.Stages[0].Expr.At() },
		"a §[search b]¶ c":                             func(s *Search) Span { return s.Stages[0].Predicate.(*And).List[1].At() },
		`a=§"b c"¶ d`:                                  func(s *Search) Span { return s.Stages[0].Predicate.(*And).List[0].(*Compare).Value.Span },
		"| where §a=1 AND f(b, c)¶":                    func(s *Search) Span { return s.Stages[0].Expr.At() },
		"| where a=1 §AND¶ f(b, c)":                    func(s *Search) Span { return s.Stages[0].Expr.(*Binary).OpSpan },
		"| where a=1 AND §f(b, c)¶":                    func(s *Search) Span { return s.Stages[0].Expr.(*Binary).Y.At() },
		"| eval x=§'a b'¶":                             func(s *Search) Span { return s.Stages[0].Assigns[0].Expr.At() },
		"| eval §x¶=1":                                 func(s *Search) Span { return s.Stages[0].Assigns[0].Name.Span },
		"| stats count §avg(x) AS y¶ by z":             func(s *Search) Span { return s.Stages[0].Aggs[1].Span },
		"| stats count by a, §b¶ c":                    func(s *Search) Span { return s.Stages[0].By[1].Span },
		"| bin §span¶=1h _time":                        func(s *Search) Span { return s.Stages[0].Options[0].NameSpan },
		"| bin span=§1h¶ _time":                        func(s *Search) Span { return s.Stages[0].Options[0].Value.Span },
		"| tstats count from §datamodel=A.B¶ by _time": func(s *Search) Span { return s.Stages[0].Dataset.Span },
		"| append [§search a¶]":                        func(s *Search) Span { return s.Stages[0].Subs[0].Stages[0].Span },
	} {
		t.Run(marked, func(t *testing.T) {
			start := strings.Index(marked, "§")
			body := strings.Replace(marked, "§", "", 1)
			end := strings.Index(body, "¶")
			tree, problems := parse(strings.Replace(body, "¶", "", 1))
			require.NoError(t, problems.Err())
			require.Equal(t, Span{start, end}, find(tree))
		})
	}
}

// Every byte of an expanded search is placed at the same byte where it was
// written.
func TestPlacesOfExpandedText(t *testing.T) {
	text := &diag.Text{Name: "search", Body: "a `m(x y, \"p \\\"q\\\"\")` ```gone``` b `n`"}
	defs := map[string]Macro{
		"m": {Name: "m", Args: []string{"one", "two"}, Definition: "<$one$|$two$|$one$ `n`>"},
		"n": {Name: "n", Definition: "N"},
	}
	src, problems := Expand(text, func(name string, _ int) (Macro, bool) { m, ok := defs[name]; return m, ok })
	require.NoError(t, problems.Err())
	require.Equal(t, "a <x y|p \"q\"|x y N>   b N", src.Text)
	for i := range src.Text {
		place := src.At(Span{i, i + 1})
		if from := place.Text.Body[place.Start:place.End]; from != "`" {
			require.Equal(t, src.Text[i:i+1], from, "byte %d", i)
		}
	}
	at := func(what string) string {
		i := strings.Index(src.Text, what)
		p := src.At(Span{i, i + len(what)})
		return p.Text.Name + ":" + p.Text.Body[p.Start:p.End]
	}
	require.Equal(t, "search:x y", at("x y"))
	require.Equal(t, "macro n:N", at("N"))
	require.Equal(t, "search:b ", at("b N"), "a span that ends in a macro ends before its use")
}

func TestProblemsNameTheUsesOfMacros(t *testing.T) {
	defs := map[string]string{"outer": "| `inner`", "inner": "bogus"}
	src, problems := Expand(&diag.Text{Name: "search", Body: "x `outer`"}, func(name string, _ int) (Macro, bool) {
		def, ok := defs[name]
		return Macro{Name: name, Definition: def}, ok
	})
	require.NoError(t, problems.Err())
	_, problems = Parse(src)
	require.Len(t, problems, 1)
	require.Equal(t, "macro inner:1:1", problems[0].Place.String())
	require.Equal(t, []string{"macro outer:1:3", "search:1:3"}, []string{problems[0].Notes[0].Place.String(), problems[0].Notes[1].Place.String()})
}

func TestFormat(t *testing.T) {
	tree, problems := parse("index=a | join type=left user [search index=b | stats count as n by user | where n>2 | append [| inputlookup c | head 1]]" +
		"| append [search d] ```a note``` | search NOT [search e | fields f] | `a_filter(x)` | stats count")
	require.NoError(t, problems.Err())
	require.Equal(t, strings.Join([]string{
		"index=a",
		"| join type=left user",
		"    [ search index=b",
		"    | stats count AS n BY user",
		"    | where n > 2",
		"    | append",
		"        [ | inputlookup c",
		"        | head 1]]",
		"| append [search d] ```a note```",
		"| search NOT [ search e",
		"    | fields f]",
		"| `a_filter(x)`",
		"| stats count",
	}, "\n"), Format(tree))
}

func TestEqual(t *testing.T) {
	same := func(a, b string) bool {
		x, problems := parse(a)
		require.NoError(t, problems.Err())
		y, problems := parse(b)
		require.NoError(t, problems.Err())
		return Equal(x, y)
	}
	for _, c := range [][2]string{
		{"a=1   b=2", "a = 1 AND b=2"},
		{"| where a==1 and b", "|where (a=1) AND (b)"},
		{"| stats avg( x ) as y by a b", "| stats avg(x) AS y BY a,b"},
		{"| bucket _time span=1h", "| bin span=1h _time"},
		{"| head 1 ```note```", "| head 1"},
		{"| sort - a b", "| sort -a, -b"},
		{"| rest  /x   y=1", "| rest /x y=1"},
	} {
		require.True(t, same(c[0], c[1]), c)
	}
	for _, c := range [][2]string{
		{"a=1 b=2", "b=2 a=1"},
		{"a=1", `a="1"`},
		{"| stats avg(x)", "| stats mean(x)"},
		{"| where a=1", "| where a!=1"},
		{"| where a", "| where 'a'"},
		{"| head 1", "| head 1 | head 1"},
		{"search a", "a"},
		{"| fields a", "| fields + a"},
	} {
		require.False(t, same(c[0], c[1]), c)
	}
}

func TestCommandsAreKnown(t *testing.T) {
	names := Commands()
	require.True(t, slices.IsSorted(names))
	for _, name := range strings.Fields(`search where eval stats tstats rename convert bin bucket discretize table fields
		lookup rex regex join dedup eventstats fillnull mvexpand sort iplocation spath foreach xmlkv transaction transam append
		appendpipe map inputlookup outputlookup makemv replace addtotals fromjson timechart from streamstats top rare head tail
		chart filldown mvcombine nomv makeresults format return multisearch union collect stash sendalert extract kv reverse uniq
		addinfo fieldformat strcat addcoltotals appendcols accum delta transpose xyseries untable rangemap tojson multikv inputcsv
		outputcsv datamodel set gentimes selfjoin require noop localop mstats apply summary fit anomalydetection outlier cluster
		kmeans predict geostats rest script dbinspect metadata savedsearch`) {
		require.Contains(t, names, name)
	}
	names[0] = "changed"
	require.NotEqual(t, names[0], Commands()[0])
}

// Rows of the table are right in themselves: names of options in lower case,
// kinds that exist, no name twice.
func TestFormsAreConsistent(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range table {
		require.NotNil(t, f.args.read, f.name)
		require.NotNil(t, f.args.print, f.name)
		for _, n := range append(strings.Fields(f.aliases), f.name) {
			require.False(t, seen[n], n)
			seen[n] = true
		}
		for _, kinds := range []map[string]string{f.kinds, f.byKinds} {
			for name, kind := range kinds {
				require.Equal(t, strings.ToLower(name), name)
				known := slices.Contains([]string{"", "b", "n", "filter", "expr"}, kind) || strings.Contains(kind, "|")
				require.True(t, known, fmt.Sprint(f.name, " ", name, " ", kind))
			}
		}
	}
}

func TestCustomCommands(t *testing.T) {
	src := Plain(&diag.Text{Name: "t", Body: "index=a | RiskScore rule=\"x y\" b,c [search d] ] "})
	_, problems := Parse(src)
	require.ErrorContains(t, problems.Err(), `unknown command "RiskScore"`)

	src = Plain(&diag.Text{Name: "t", Body: "index=a | riskscore rule=\"x y\" b,c [search d] | head 1"})
	tree, problems := ParseWith(src, Options{Commands: func(name string) bool { return name == "riskscore" }})
	require.NoError(t, problems.Err())
	st := tree.Stages[1]
	require.Equal(t, `rule="x y" b,c [search d]`, st.Raw)
	v, ok := st.Option("rule")
	require.True(t, ok)
	require.Equal(t, "x y", v.Text)
	require.Len(t, st.Words, 2)
	require.Len(t, st.Subs, 1)
}

func TestBracketedText(t *testing.T) {
	for body, wrong := range map[string]string{
		"eval a=1 | head 1":   "",
		"| eval a=1":          "",
		" stats count by b ":  "",
		"index=a":             `unknown command "index"`,
		"":                    "there is no search in the brackets",
		"head 1 ] | tail 1":   "the bracket closes nothing",
		"append [search a]":   "",
		"append [search a] ]": "the bracket closes nothing",
	} {
		_, problems := ParseWith(Plain(&diag.Text{Name: "t", Body: body}), Options{Bracketed: true})
		if wrong == "" {
			require.NoError(t, problems.Err(), body)
		} else {
			require.ErrorContains(t, problems.Err(), wrong, body)
		}
	}
}

func TestExpressionsAndConditionsAlone(t *testing.T) {
	plain := func(body string) *Source { return Plain(&diag.Text{Name: "t", Body: body}) }
	e, problems := ParseExpr(plain(` if(a=1, "x", b) `))
	require.NoError(t, problems.Err())
	require.Equal(t, `(if() (= a 1) "x" b)`, dumpExpr(e))
	for body, wrong := range map[string]string{
		"": "expected a value, found the end", "a b": "expected the end of the expression", "a | head": "expected the end", "a)": "expected the end",
	} {
		_, problems := ParseExpr(plain(body))
		require.ErrorContains(t, problems.Err(), wrong, body)
	}

	x, problems := ParsePredicate(plain(`a=1 OR b c`))
	require.NoError(t, problems.Err())
	require.Equal(t, `(and (or (= a 1) b) c)`, dumpPredicate(x))
	x, problems = ParsePredicate(plain(" "))
	require.NoError(t, problems.Err())
	require.Nil(t, x)
	_, problems = ParsePredicate(plain("a | head 1"))
	require.ErrorContains(t, problems.Err(), "expected the end of the condition, found the next pipe")
}

func TestOptionValues(t *testing.T) {
	for s, want := range map[string]string{
		"true": "true", "T": "true", "1": "true", "YES": "true", "false": "false", "f": "false", "0": "false", "No": "false", "maybe": "none", "": "none", "2": "none",
	} {
		value, ok := Bool(s)
		if want == "none" {
			require.False(t, ok, s)
			continue
		}
		require.True(t, ok, s)
		require.Equal(t, want, fmt.Sprint(value), s)
	}
}

func TestStageLookups(t *testing.T) {
	tree, problems := parse("| timechart span=1h count by host bins=5 useother=f where sum in top5")
	require.NoError(t, problems.Err())
	st := tree.Stages[0]
	v, ok := st.Option("span")
	require.True(t, ok)
	require.Equal(t, "1h", v.Text)
	v, ok = st.ByOption("bins")
	require.True(t, ok)
	require.Equal(t, "5", v.Text)
	_, ok = st.Option("useother")
	require.True(t, ok, "it is the command's, wherever it stands")
	_, ok = st.Option("bins")
	require.False(t, ok)
	_, ok = st.ByOption("span")
	require.False(t, ok)
	require.NotNil(t, st.Clause("where"))
	require.Nil(t, st.Clause("split"))
	require.Equal(t, "t:1:13", st.Problem(st.Options[0].NameSpan, "x", "").Place.String()[:len("t:1:13")])
}

// A NUL byte is reported, and what stands behind it is read.
func TestNulByte(t *testing.T) {
	tree, problems := parse("a=1\x00b=2 | head 1")
	require.ErrorContains(t, problems.Err(), "NUL")
	require.Len(t, tree.Stages, 2)
	require.Equal(t, "(and (= a 1) (= b 2))", dumpPredicate(tree.Stages[0].Predicate))
}
