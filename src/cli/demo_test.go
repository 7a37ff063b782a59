package cli

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"riskreplay/src/clock"
)

// TestDemoIsTheSameAtEveryMinute runs the demo at 60 different minutes: the
// datasets are moved into the window of the same tick, no key of a search lies on
// both sides of an hour, so that findings and risk do not depend on when the demo
// is run.
func TestDemoIsTheSameAtEveryMinute(t *testing.T) {
	t.Chdir("../..")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	at := func(now time.Time) string {
		args := append(strings.Fields(demo)[1:], "--now", now.Format(time.RFC3339))
		var out, problems bytes.Buffer
		code := execute(context.Background(), args, streams{in: strings.NewReader(""), out: &out, err: &problems, clock: clock.Real{}})
		require.Zero(t, code, problems.String())
		require.Empty(t, problems.String())
		return withoutTicks(out.String())
	}
	start := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	want := at(start)
	require.Contains(t, want, "14 findings, 28 risk events, 14 notables")
	for minute := 1; minute < 60; minute++ {
		require.Equal(t, want, at(start.Add(time.Duration(minute)*time.Minute)), fmt.Sprintf("at minute %d", minute))
	}
}

// varying are the lines that may differ: when the rules over risk ran, and how
// long it all took.
var varying = regexp.MustCompile(`(?m)^  ran at .* over \d{4}-.*(: \d+ findings)$|^.* read in .*$`)

func withoutTicks(report string) string { return varying.ReplaceAllString(report, "$1") }
