package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestShippedStanzasFireTheirDetections: the stanzas of default/inputs.conf, run
// by our host from the app's samples, put into an index what each detection finds in
// the window that its schedule gives it.
func TestShippedStanzasFireTheirDetections(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED with -short: it builds the whole riskreplay")
	}
	host := filepath.Join(t.TempDir(), "riskreplay")
	build := exec.Command("go", "build", "-o", host, "../riskreplay")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	for _, dir := range []string{"default", "metadata", "app/README"} {
		require.NoError(t, os.CopyFS(filepath.Join(app, strings.TrimPrefix(dir, "app/")), os.DirFS(filepath.Join("../../..", dir))))
	}
	for stanza, want := range map[string]struct {
		detection string
		rows      int
	}{
		"t1574_011": {"Windows Service Creation Using Registry Entry", 7},
		"t1218_009": {"Detect Regsvcs Spawning a Process", 14},
	} {
		events := filepath.Join(t.TempDir(), stanza+".jsonl")
		ask := func(args ...string) []byte {
			t.Helper()
			var stdout, stderr bytes.Buffer
			cmd := exec.Command(host, args...)
			cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+t.TempDir())
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			require.NoError(t, cmd.Run(), stderr.String())
			return stdout.Bytes()
		}
		ask("modinput", "run", "--app", app, "--stanza", stanza, "--checkpoints", t.TempDir(), "--to", "file:"+events)
		found := ask("search", "--data", events+",format=hec", "--detection", want.detection, "--earliest", "-72m", "--latest", "-9m", "--format", "json")
		// The hour's edge may part two events that one row counts at other times.
		require.GreaterOrEqual(t, bytes.Count(found, []byte("\n")), want.rows, stanza)
	}
}
