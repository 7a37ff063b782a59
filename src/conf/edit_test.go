package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEdit(t *testing.T) {
	set := func(pairs ...string) (out []Setting) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, Setting{Key: pairs[i], Value: pairs[i+1]})
		}
		return out
	}
	for _, c := range []struct {
		before, stanza string
		set            []Setting
		after          string
	}{
		{"", "a", set("k", "v"), "[a]\nk = v\n"},
		{"", "a", nil, "[a]\n"},
		{"# note\n[b]\nx=1", "a", set("k", "v"), "# note\n[b]\nx=1\n\n[a]\nk = v\n"},
		{"[a]\n# why\nk = old\\\nmore\nl=2\n\n[b]\nk=3\n", "a", set("k", "v\nw", "m", ""), "[a]\n# why\nk = v\\\nw\nl=2\nm =\n\n[b]\nk=3\n"},
		{"[a]\nk=1\n[b]\n[a]\nk=2\n", "a", set("k", "3"), "[a]\nk = 3\n[b]\n[a]\n"},
		{"k=1\n", "default", set("k", "2"), "k = 2\n"},
		{"\uFEFF[a]\nk=1\r\n", "a", set("l", "2"), "\uFEFF[a]\nk=1\r\nl = 2\n"},
		{"[a", "a", set("k", "1"), "[a\nk = 1\n"},
	} {
		f, _ := Parse("f", []byte(c.before))
		after, err := f.Edit(c.stanza, c.set)
		require.NoError(t, err)
		require.Equal(t, c.after, after)
	}
	f, _ := Parse("f", []byte("[a]\nk=1\n\n[b]\nk=2\n[a]\nl=3\n"))
	require.Equal(t, "[b]\nk=2\n", f.Remove("a"))
	for _, bad := range []struct{ stanza, key, value string }{{"", "k", "v"}, {"a\nb", "k", "v"}, {"a", "", "v"}, {"a", "k=", "v"}, {"a", "#k", "v"}, {"a", "k", ` \`}} {
		_, err := f.Edit(bad.stanza, set(bad.key, bad.value))
		require.Error(t, err)
	}
}

// TestEditIsRead edits any file: what was set is read back, and nothing else has
// changed.
func TestEditIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`((\[[ab]\]|#x|k ?= ?[12]|l=\\|junk|[\r ]|)\n){0,12}(\[a|k=3\\)?`).Draw(t, "text")
		stanza := rapid.SampledFrom([]string{"a", "b", "new", "x]y", "default"}).Draw(t, "stanza")
		value := rapid.SampledFrom([]string{"", "1", "a\nb", `\ \n x`, "= [x]", "ü"}).Draw(t, "value")
		before, _ := Parse("f", []byte(text))
		edited, err := before.Edit(stanza, []Setting{{Key: "k", Value: value}, {Key: "new", Value: value}})
		require.NoError(t, err)
		after, _ := Parse("f", []byte(edited))
		s, ok := after.Stanza(stanza)
		require.True(t, ok, "%q", edited)
		require.Equal(t, value, s.Get("k"), "%q", edited)
		require.Equal(t, value, s.Get("new"), "%q", edited)
		for _, old := range before.Stanzas {
			now, ok := after.Stanza(old.Name)
			require.True(t, ok)
			for _, setting := range old.Settings {
				if old.Name != stanza || setting.Key != "k" {
					require.Equal(t, old.Get(setting.Key), now.Get(setting.Key), "%q", edited)
				}
			}
		}
		gone, _ := Parse("f", []byte(after.Remove(stanza)))
		_, ok = gone.Stanza(stanza)
		require.False(t, ok)
	})
}
