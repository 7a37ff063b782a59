package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOwnApp(t *testing.T) {
	programs := built(t, "riskscore", "replay")
	a, problems := Assemble(Options{Dir: root, Platform: here, Programs: programs, Source: "https://example.com/src"})
	require.Empty(t, problems)
	packed := pack(t, a)

	again, problems := Assemble(Options{Dir: root, Platform: here, Programs: programs, Source: "https://example.com/src"})
	require.Empty(t, problems)
	require.Equal(t, packed, pack(t, again), "the same bytes each time")

	names := a.Names()
	for _, want := range []string{
		"bin/riskscore" + here.Ending(), "bin/replay" + here.Ending(), "default/savedsearches.conf", "default/inputs.conf", "README/inputs.conf.spec",
		"metadata/default.meta", "lookups/mitre_attack.csv", "samples/T1574.011/services_registry.yml",
		"samples/T1574.011/windows-sysmon.log", "README.md", "LICENSE", "NOTICE", "app.manifest", "static/appIcon.png", "THIRD-PARTY.txt",
	} {
		require.Contains(t, names, want)
	}
	for _, name := range names {
		require.NotContains(t, name, "expected.json", "what is no dataset stays behind")
		require.NotContains(t, name, ".yml\x00")
		require.False(t, strings.HasPrefix(name, "detections/") || strings.HasPrefix(name, "app/"), name)
	}
	sum := sha256.Sum256(a.Data("bin/riskscore" + here.Ending()))
	require.Contains(t, string(a.Data("README.md")), "# Binary File Declaration")
	require.Contains(t, string(a.Data("README.md")), hex.EncodeToString(sum[:]))
	var manifest struct {
		Info struct {
			ID struct{ Name, Version string }
		}
	}
	require.NoError(t, json.Unmarshal(a.Data("app.manifest"), &manifest))
	require.Equal(t, a.ID, manifest.Info.ID.Name)
	require.Equal(t, a.Version, manifest.Info.ID.Version)

	// The settings that Splunk gets are those that the engine is tested with.
	for _, name := range []string{"default/savedsearches.conf", "default/macros.conf", "default/transforms.conf", "default/searchbnf.conf", "default/inputs.conf", "metadata/default.meta"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.Equal(t, string(data), string(a.Data(name)), name)
	}
}
