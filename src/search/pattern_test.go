package search

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCapture(t *testing.T) {
	for _, c := range []struct{ pattern, name, parts string }{
		{"Processes.*", "Processes.dest", "dest"},
		{"*", "dest", "dest"},
		{"*", "", ""},
		{"*_*", "a_b_c", "a_b|c"},
		{"a*b*c", "aXbYbZc", "XbY|Z"},
		{"**", "ab", "ab|"},
		{"a", "a", ""},
		{"a*a", "a", "no"},
		{"a*b", "ab", ""},
		{"x*", "ax", "no"},
		{"*x", "xa", "no"},
		{"*_*_*", "a_b", "no"},
		{"a", "b", "no"},
	} {
		parts, ok := Capture(c.pattern, c.name)
		got := strings.Join(parts, "|")
		if !ok {
			got = "no"
		}
		require.Equal(t, c.parts, got, "%s of %s", c.pattern, c.name)
		require.Equal(t, ok, Match(c.pattern, c.name), "%s of %s", c.pattern, c.name)
		if ok {
			require.Equal(t, c.name, Fill(c.pattern, parts))
		}
	}
	require.Equal(t, "x-y", Fill("*-*", []string{"x", "y"}))
}

// TestPatternsAreRegexps: a wildcard is (.*), and takes as much as it can.
func TestPatternsAreRegexps(t *testing.T) {
	text := rapid.StringMatching(`[ab_*.]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		pattern, name := text.Draw(t, "pattern"), strings.ReplaceAll(text.Draw(t, "name"), "*", "")
		re := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, "(.*)") + "$")
		want := re.FindStringSubmatch(name)
		require.Equal(t, want != nil, Match(pattern, name))
		parts, ok := Capture(pattern, name)
		require.Equal(t, want != nil, ok)
		if ok {
			require.Equal(t, want[1:], append([]string{}, parts...))
			require.Equal(t, name, Fill(pattern, parts))
		}
	})
}

func TestMatchAny(t *testing.T) {
	require.True(t, MatchAny([]string{"a", "b*"}, "bc"))
	require.False(t, MatchAny(nil, "a"))
}
