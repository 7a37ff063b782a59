package pcre

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSed(t *testing.T) {
	for _, c := range []struct{ expression, text, want string }{
		{`s/a/b/`, "aa", "ba"},
		{`s/a/b/g`, "aa", "bb"},
		{`s/a/b/2`, "aaa", "aba"},
		{`s/a/b/4`, "aaa", "aaa"},
		{`s/(a)(b)?/[\2\1]/`, "ab", "[ba]"},
		{`s#/#\##g`, "a/b/c", "a#b#c"},
		{`s/x y/z/`, "x y", "z"},
		{`y/ab/xy/`, "cab", "cxy"},
	} {
		s, err := ReadSed(c.expression)
		require.NoError(t, err, c.expression)
		got, err := s.Edit(c.text)
		require.NoError(t, err)
		require.Equal(t, c.want, got, c.expression)
	}
	list, err := ReadSeds(" s/a/b/g  y/b/c/ s/c d/e/2 ")
	require.NoError(t, err)
	require.Len(t, list, 3)
	for expression, want := range map[string]string{
		"": "cannot read the sed expression", "s/a/b": "cannot read", "x/a/b/": "cannot read", "s/a/b/ s/c/d/": "cannot read", "s/a/b/q": `sed has no flag "q"`, "s/a/b/0": `sed has no flag "0"`,
		"s/(/b/": "missing", "y/ab/c/": "as many letters", "y/a/b/g": "as many letters",
	} {
		_, err := ReadSed(expression)
		require.ErrorContains(t, err, want, expression)
	}
	_, err = ReadSeds("s/a/b/ x")
	require.ErrorContains(t, err, "cannot read")
}

// FuzzSed: an expression is refused or edits any text.
func FuzzSed(f *testing.F) {
	f.Add(`s/a(b)/\1\2\\/g`, "ab")
	f.Add(`s#x#\##2`, "xx")
	f.Add(`y/ab/xy/ s/a/b/`, "cab")
	f.Fuzz(func(t *testing.T, expression, text string) {
		list, err := ReadSeds(expression)
		if err != nil || len(text) > 1000 {
			return
		}
		for _, s := range list[:min(len(list), 10)] {
			if got, err := s.Edit(text); err != nil {
				require.Equal(t, text, got)
			}
		}
	})
}
