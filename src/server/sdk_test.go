package server_test

import (
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSplunksOwnClient has Splunk's SDK for Python log in, search in every way, save,
// run and remove a search, make, fill and clean an index, read .conf files and keep a
// password, and compares what it gets. PYTHON names an interpreter that has
// splunk-sdk.
func TestSplunksOwnClient(t *testing.T) {
	python := os.Getenv("PYTHON")
	if python == "" {
		t.Skip("splunk-sdk for Python was not tried: set PYTHON to an interpreter that has it")
	}
	f := newFixture(t)
	u, err := url.Parse(f.url)
	require.NoError(t, err)
	cmd := exec.Command(python, "testdata/client.py", u.Hostname(), u.Port())
	cmd.Env = append(os.Environ(), "SECRET="+f.password, "PYTHONWARNINGS=ignore")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.True(t, strings.HasSuffix(string(out), "all done\n"), "%s", out)
}

// TestSplunksOwnClientForNode is the same with splunk-sdk of npm. NODE_PATH is the
// node_modules that has it.
func TestSplunksOwnClientForNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil || os.Getenv("NODE_PATH") == "" {
		t.Skip("splunk-sdk for Node was not tried: set NODE_PATH to a node_modules that has it")
	}
	f := newFixture(t)
	u, err := url.Parse(f.url)
	require.NoError(t, err)
	cmd := exec.Command(node, "testdata/client.js", u.Hostname(), u.Port())
	cmd.Env = append(os.Environ(), "SECRET="+f.password)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.True(t, strings.HasSuffix(string(out), "all done\n"), "%s", out)
}
