package server

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/hec"
)

func TestTokensAreReadAndAdded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "inputs.conf")
	none, problems, err := ReadTokens(file)
	require.NoError(t, err)
	require.Empty(t, none)
	require.Empty(t, problems)
	text := "# ours\n[http]\ndisabled = 0\n[http://a b]\ntoken = T1\nindexes = x, y\nuseACK = true\ndisabled = 1\n[http://none]\n[http://again]\ntoken = T1\n[monitor:///x]\nindex = z"
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	added, err := AddToken(file, hec.Token{Name: "new", Index: "win", UseACK: true})
	require.NoError(t, err)
	list, problems, err := ReadTokens(file)
	require.NoError(t, err)
	require.Equal(t, hec.TokenList{
		{Name: "a b", Value: "T1", Indexes: []string{"x", "y"}, UseACK: true, Disabled: true},
		added,
	}, list)
	require.Len(t, problems, 2)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(data), text+"\n\n[http://new]\n")
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.NotContains(t, fmt.Sprintf("%v %+v", list, problems), string(added.Value))
}

func TestTokensThatCannotBeAdded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "inputs.conf")
	_, err := AddToken(file, hec.Token{Name: "a"})
	require.NoError(t, err)
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, bad := range []hec.Token{
		{Name: "a"}, {Name: ""}, {Name: "x]\n[http"}, {Name: " x"}, {Name: "ü"}, {Name: "b", Index: "Main"}, {Name: "b", Index: "m\ntoken=x"},
	} {
		_, err := AddToken(file, bad)
		require.Error(t, err, "%v", bad)
	}
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
}
