package spl

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

// FuzzParse: reading ends, without panic and with places inside the text; what
// reads without errors prints as a text that reads as the same tree.
func FuzzParse(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		tree, problems := Parse(Plain(&diag.Text{Name: "fuzz", Body: body}))
		inside(t, problems, len(body))
		if problems.HasErrors() {
			return
		}
		for _, printed := range []string{Print(tree), Format(tree)} {
			again, problems := Parse(Plain(&diag.Text{Name: "printed", Body: printed}))
			require.NoError(t, problems.Err(), "%q printed as %q", body, printed)
			require.True(t, Equal(tree, again), "%q printed as %q, which prints as %q", body, printed, Print(again))
		}
	})
}

// FuzzExpand: expansion ends, without panic, and every message and every byte of
// the result has a place inside the text it came from.
func FuzzExpand(f *testing.F) {
	f.Add("`a` `b(1)` \"`a`\" ```c``` `c(x, \"y,z\")`", "$x$ `a`", "x=$x$ y=\"$y$\" `b($x$)`")
	f.Add("`a`", "`a`", "`b(`a`)`")
	f.Add("| `a` | `b(\"\\\"\")`", "tstats count", "\\")
	f.Add("`c(y=1, x=\"2\")`", "", "`c($y$,$x$)`")
	f.Fuzz(func(t *testing.T, body, one, two string) {
		text := &diag.Text{Name: "fuzz", Body: body}
		find := func(name string, nargs int) (Macro, bool) {
			switch {
			case name == "a" && nargs == 0:
				return Macro{Name: name, Definition: one}, true
			case name == "b" && nargs == 1:
				return Macro{Name: name, Args: []string{"x"}, Definition: one}, true
			case name == "c" && nargs == 2:
				return Macro{Name: name, Args: []string{"x", "y"}, Definition: two, Text: &diag.Text{Name: "two", Body: "definition = " + two}}, true
			}
			return Macro{}, false
		}
		src, problems := Expand(text, find)
		inside(t, problems, len(body)+len(one)+len(two)+len("definition = "))
		for i := range src.Text {
			p := src.At(Span{i, i + 1})
			require.NotNil(t, p.Text)
			require.GreaterOrEqual(t, p.Start, 0)
			require.LessOrEqual(t, p.End, len(p.Text.Body))
			require.Less(t, p.Start, p.End)
		}
		_, problems = Parse(src)
		inside(t, problems, len(body)+len(one)+len(two)+len("definition = "))
	})
}

// inside checks that messages have places in their texts, and that they print.
func inside(t *testing.T, list diag.List, limit int) {
	t.Helper()
	for _, m := range list {
		require.NotNil(t, m.Place.Text, m.Text)
		require.GreaterOrEqual(t, m.Place.Start, 0, m.Text)
		require.LessOrEqual(t, m.Place.Start, m.Place.End, m.Text)
		require.LessOrEqual(t, m.Place.End, min(len(m.Place.Text.Body), limit), m.Text)
		require.NotEmpty(t, m.Error())
		inside(t, m.Notes, limit)
	}
}
