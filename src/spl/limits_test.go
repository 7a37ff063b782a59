package spl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

func parse(body string) (*Search, diag.List) { return Parse(Plain(&diag.Text{Name: "t", Body: body})) }

func TestNestingIsLimited(t *testing.T) {
	for name, body := range map[string]string{
		"parentheses of search": "search " + strings.Repeat("(", 100000) + "a",
		"NOT in search":         "search " + strings.Repeat("NOT ", 100000) + "a",
		"parentheses of where":  "| where " + strings.Repeat("(", 100000) + "a",
		"functions":             "| where " + strings.Repeat("f(", 100000) + "a",
		"NOT in where":          "| where " + strings.Repeat("NOT ", 100000) + "a",
		"signs":                 "| where " + strings.Repeat("-", 100000) + "a",
		"bangs":                 "| where " + strings.Repeat("!", 100000) + "a",
		"lists":                 "| where a IN " + strings.Repeat("(b IN ", 100000),
		"brackets":              "search " + strings.Repeat("[search ", 100000) + "a",
		"words with brackets":   "| table " + strings.Repeat("a(", 100000),
		"transaction":           "| transaction startswith=" + strings.Repeat("(", 100000),
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := parse(body)
			require.True(t, problems.HasErrors())
			require.LessOrEqual(t, len(problems), maxMessages)
		})
	}
}

func TestNestingWithinTheLimit(t *testing.T) {
	for _, body := range []string{
		"| where " + strings.Repeat("(", 200) + "X" + strings.Repeat(")", 200),
		"search " + strings.Repeat("(", 200) + "X" + strings.Repeat(")", 200),
		"| where " + strings.Repeat("f(", 199) + "X" + strings.Repeat(")", 199),
	} {
		_, problems := parse(body)
		require.NoError(t, problems.Err())
		_, problems = parse(strings.Replace(body, "X", "((X))", 1))
		require.ErrorContains(t, problems.Err(), "more than 200 deep")
	}
}

func TestLongListsAreRead(t *testing.T) {
	terms := strings.Repeat(`a="b*" OR `, 50000) + "c=1"
	tree, problems := parse(terms)
	require.NoError(t, problems.Err())
	require.Len(t, tree.Stages[0].Predicate.(*Or).List, 50001)

	tree, problems = parse("| table " + strings.Repeat("field ", 100000))
	require.NoError(t, problems.Err())
	require.Len(t, tree.Stages[0].Fields, 100000)

	tree, problems = parse("a" + strings.Repeat("| head 1", 100000))
	require.NoError(t, problems.Err())
	require.Len(t, tree.Stages, 100001)
}

func TestOperatorsAreLimited(t *testing.T) {
	tree, problems := parse("| eval x=" + strings.Repeat("a+", maxOperators) + "b")
	require.NoError(t, problems.Err())
	again, problems := parse(Print(tree))
	require.NoError(t, problems.Err())
	require.True(t, Equal(tree, again))
	_, problems = parse("| eval x=" + strings.Repeat("a+", maxOperators+1) + "b")
	require.ErrorContains(t, problems.Err(), "more than 10,000 operators")
}

func TestLengthIsLimited(t *testing.T) {
	body := strings.Repeat("a", maxText+1)
	_, problems := parse(body)
	require.ErrorContains(t, problems.Err(), "longer than 1 MB")
	require.Len(t, problems, 1)
	_, problems = Expand(&diag.Text{Name: "t", Body: body}, nil)
	require.ErrorContains(t, problems.Err(), "longer than 1 MB")
}

// Every kind of bracket, quote and sign, repeated up to the limit, is read in
// time that grows with the length, not with its square.
func TestRepetitionsEnd(t *testing.T) {
	for _, unit := range []string{`"`, `'`, "`", "```", "(", ")", "[", "]", "|", `\`, ",", "=", "a=", "!", "<", "$", "<<", `""a`, "a(", "a[", "- ", "NOT ", "by ", `x="`} {
		for _, prefix := range []string{"", "search a ", "| where ", "| eval a=", "| stats count by ", "| tstats count where ", "| rename a as ", "| foo ", "| table ", "| rest "} {
			body := prefix + strings.Repeat(unit, 20000/len(unit))
			require.NotPanics(t, func() { _, _ = parse(body) }, "%q", body[:40])
			require.NotPanics(t, func() { _, _ = Expand(&diag.Text{Body: body}, nil) }, "%q", body[:40])
		}
	}
}

func TestExpansionIsLimited(t *testing.T) {
	def := func(format string) func(string, int) (Macro, bool) {
		return func(name string, nargs int) (Macro, bool) {
			n := 0
			if _, err := fmt.Sscanf(name, "m%d", &n); err != nil {
				return Macro{}, false
			}
			m := Macro{Name: name, Definition: strings.ReplaceAll(format, "NEXT", fmt.Sprintf("m%d", n+1))}
			if nargs == 1 {
				m.Args = []string{"x"}
			}
			return m, true
		}
	}
	for name, c := range map[string]struct{ use, definition, want string }{
		"deeper and deeper": {"`m0`", "a `NEXT`", "100 deep"},
		"twice each":        {"`m0`", "`NEXT``NEXT`", "deep"},
		"growing":           {"`m0(abcdefgh)`", "`NEXT($x$$x$)`", "1 MB"},
		"large":             {strings.Repeat("`m0` ", 200), strings.Repeat("x", 10000), "1 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			src, problems := Expand(&diag.Text{Name: "t", Body: c.use}, def(c.definition))
			require.ErrorContains(t, problems.Err(), c.want)
			require.Less(t, len(src.Text), 4*maxText)
			require.Len(t, problems, 1)
		})
	}
}
