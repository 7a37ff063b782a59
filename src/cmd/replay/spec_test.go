package main

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/modinput"
)

var update = flag.Bool("update", false, "write app/README/inputs.conf.spec")

const specFile = "../../../app/README/inputs.conf.spec"

// specHead stands above what the scheme says.
const specHead = `# What inputs.conf of this app may say beside Splunk's own settings (index, host,
# source, sourcetype, interval, disabled). Written by make generate from the scheme
# of bin/replay.

`

// TestGeneratedSpec: the file says what the program does, and splunkd would
// register it.
func TestGeneratedSpec(t *testing.T) {
	s := scheme()
	require.NoError(t, s.Check())
	want := string(s.AppendSpec([]byte(specHead)))
	if *update {
		require.NoError(t, os.WriteFile(specFile, []byte(want), 0o644))
	}
	got, err := os.ReadFile(specFile)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "make generate writes it")
	schemes, problems := modinput.ReadSpec(specFile, got)
	require.Empty(t, problems)
	require.Len(t, schemes, 1)
	require.Len(t, schemes[0].Params, len(s.Args))
}

// TestShippedStanzas: they are disabled, and all they say is known.
func TestShippedStanzas(t *testing.T) {
	c, problems := conf.Load("inputs.conf", []conf.App{{ID: "app", FS: os.DirFS("../../..")}}, "")
	require.Empty(t, problems)
	stanzas := modinput.Stanzas(c, "replay")
	require.Len(t, stanzas, 2)
	s := scheme()
	for _, st := range stanzas {
		require.True(t, st.Disabled(), st.Name)
		require.Empty(t, s.CheckStanza(&st), st.Name)
		require.Equal(t, "-1", st.Get("interval"))
		require.Equal(t, "false", st.Get("start_by_shell"))
		r := &request{}
		require.NoError(t, r.readSettings(&st))
		require.Equal(t, "window=-70m..-10m", r.settings.Time)
	}
}
