package splscripts

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// TestFormatIsCanonical: what spl.Format and spl.Print make of a search parses to
// the same tree, and is what they make of that.
func TestFormatIsCanonical(t *testing.T) {
	scripts, err := Scripts()
	require.NoError(t, err)
	parse := func(text string) *spl.Search {
		tree, problems := spl.Parse(spl.Plain(&diag.Text{Body: text}))
		if problems.HasErrors() {
			return nil
		}
		return tree
	}
	searches := 0
	for _, s := range scripts {
		for _, step := range s.Steps {
			tree := parse(step.Search)
			if tree == nil {
				continue
			}
			searches++
			for _, write := range []func(*spl.Search) string{spl.Format, spl.Print} {
				text := write(tree)
				again := parse(text)
				require.NotNil(t, again, "%s: %s", step.At, text)
				require.True(t, spl.Equal(tree, again), "%s: %s\nis read as %s", step.At, text, spl.Print(again))
				require.Equal(t, text, write(again), step.At)
			}
		}
	}
	require.Greater(t, searches, 500)
}
