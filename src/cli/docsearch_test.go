package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
	"riskreplay/src/job"
	"riskreplay/src/results"
)

// TestDocSearches runs every search in an spl block of the guides over the two
// datasets and what the detections made of them. Those of the reference are parts
// of searches; other tests run them.
func TestDocSearches(t *testing.T) {
	to := fired(t)
	docs, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	ran := 0
	for _, path := range append(docs, "../../README.md", "../../app/README.md") {
		if filepath.Base(path) == "spl.md" || filepath.Base(path) == "riskscore.md" {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, search := range splBlocks(string(text)) {
			ran++
			at := path + ": " + search
			r, err := to.engine.Run(context.Background(), job.Request{Search: search, Earliest: "-7d", Latest: "now", Now: to.now})
			require.NoError(t, err, at)
			rows, err := results.ReadAll(context.Background(), r.Rows)
			require.NoError(t, err, at)
			for _, m := range r.Messages() {
				require.NotEqual(t, diag.Error, m.Severity, at)
			}
			if !strings.Contains(search, "tactics >= 3") { // two detections are too few for that rule
				require.NotZero(t, rows.Len, at)
			}
		}
	}
	require.Greater(t, ran, 6)
}

// splBlocks are the texts between ```spl and ```.
func splBlocks(text string) (out []string) {
	for i, part := range strings.Split(text, fence+"spl\n") {
		if i > 0 {
			block, _, _ := strings.Cut(part, fence)
			out = append(out, block)
		}
	}
	return out
}
