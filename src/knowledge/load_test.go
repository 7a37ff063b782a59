package knowledge

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/eval"
)

func TestBuiltinLoadsWithoutAWord(t *testing.T) {
	base, problems := Load(nil, "", eval.Env{})
	require.Empty(t, problems)
	for _, name := range []string{"Ports", "Processes", "Services", "Filesystem", "Registry"} {
		d, err := base.Dataset("Endpoint", name)
		require.NoError(t, err)
		require.Contains(t, d.Fields(), "dest")
	}
	d, err := base.Dataset("Risk", "")
	require.NoError(t, err)
	require.Equal(t, "All_Risk", d.Name)
	require.Equal(t, []string{"risk"}, d.Indexes())
}
