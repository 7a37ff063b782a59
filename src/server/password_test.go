package server

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPasswordIsKeptHashed(t *testing.T) {
	dir := t.TempDir()
	file, plain := filepath.Join(dir, "passwd"), filepath.Join(dir, "plain")
	_, err := ReadUsers(file)
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = MakeUsers(file, plain)
	require.NoError(t, err)
	text, err := os.ReadFile(plain)
	require.NoError(t, err)
	users, err := ReadUsers(file)
	require.NoError(t, err)
	a, ok := users.check(Admin, strings.TrimSpace(string(text)))
	require.True(t, ok)
	require.Equal(t, user{Admin, RoleAdmin}, a.user)
	for _, wrong := range []string{"", "x", string(text)} {
		_, ok := users.check(Admin, wrong)
		require.False(t, ok)
	}
	_, ok = users.check("nobody", strings.TrimSpace(string(text)))
	require.False(t, ok)
	p := a.password
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotContains(t, string(kept), strings.TrimSpace(string(text)))
	require.Equal(t, "[hidden] [hidden]", fmt.Sprintf("%v %#v", p, p))
	for _, f := range []string{file, plain} {
		info, err := os.Stat(f)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	_, err = MakeUsers(file, plain)
	require.ErrorContains(t, err, "there is a file")
}

// TestPasswordsOfEarlierVersions has their one line, with PBKDF2 and no role, go on.
func TestPasswordsOfEarlierVersions(t *testing.T) {
	old := Password{scheme: oldScheme, rounds: 1000, salt: make([]byte, 16)}
	old.hash = old.sum("some password")
	file := filepath.Join(t.TempDir(), "passwd")
	require.NoError(t, os.WriteFile(file, []byte(Admin+":"+old.line()+"\n"), 0o600))
	users, err := ReadUsers(file)
	require.NoError(t, err)
	a, ok := users.check(Admin, "some password")
	require.True(t, ok)
	require.Equal(t, RoleAdmin, a.role)
	require.NoError(t, SetUser(file, "ann", RoleUser, "another one"))
	_, ok = users.check(Admin, "some password")
	require.True(t, ok, "the line is kept as it was")
	a, ok = users.check("Ann", "another one")
	require.True(t, ok, "a change counts at once, and names have no case")
	require.Equal(t, user{"ann", RoleUser}, a.user)
}

func TestUsersThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "passwd")
	require.NoError(t, SetUser(file, "root", RoleAdmin, "long enough"))
	for _, c := range []struct{ name, role, password, fault string }{
		{"", RoleUser, "long enough", "cannot name a user"},
		{"a:b", RoleUser, "long enough", "cannot name a user"},
		{"../x", "nobody", "long enough", "cannot name a user"},
		{"ann", "nobody", "long enough", "there is no such role"},
		{"ann", RoleUser, "short", "shorter than 8"},
		{"ann", RoleUser, strings.Repeat("x", 1025), "longer than 1024"},
		{"ann", RoleUser, "over\nlines", "goes over lines"},
		{"ann", "", "long enough", "there is no user"},
		{"root", RoleUser, "long enough", "nobody would be an admin"},
	} {
		err := SetUser(file, c.name, c.role, c.password)
		require.ErrorContains(t, err, c.fault)
		require.NotContains(t, err.Error(), c.password+"!")
	}
	require.ErrorContains(t, RemoveUser(file, "root"), "nobody would be an admin")
	require.ErrorContains(t, RemoveUser(file, "ann"), "there is no user")
	require.NoError(t, SetUser(file, "ann", RoleAdmin, "long enough"))
	require.NoError(t, RemoveUser(file, "root"))
	list, err := ListUsers(file)
	require.NoError(t, err)
	require.Equal(t, []User{{"ann", RoleAdmin}}, list)
	require.NoError(t, os.WriteFile(file, []byte("ann:admin:$argon2id$v=19$m=999999999,t=1,p=1$AAAA$AAAA\n"), 0o600))
	_, err = ListUsers(file)
	require.ErrorContains(t, err, "line 1 is not of the form")
}

func FuzzPassword(f *testing.F) {
	f.Add("pbkdf2-sha512:1000:AAAAAAAAAAAAAAAAAAAAAA==:" + strings.Repeat("A", 86) + "==")
	f.Add("pbkdf2-sha512:999999999999:AA==:")
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43))
	f.Fuzz(func(t *testing.T, text string) {
		if p, ok := parsePassword(text); ok {
			require.LessOrEqual(t, p.rounds, 10_000_000)
			require.GreaterOrEqual(t, len(p.salt), 16)
			require.NotEmpty(t, p.hash)
			again, ok := parsePassword(p.line())
			require.True(t, ok)
			require.Equal(t, p.hash, again.hash)
		}
	})
}
