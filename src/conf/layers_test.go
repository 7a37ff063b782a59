package conf

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

// app builds an app from "path: text" pairs.
func app(id string, files ...string) App {
	m := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return App{ID: id, FS: m}
}

func load(t *testing.T, in string, apps ...App) string {
	t.Helper()
	c, list := Load("macros.conf", apps, in)
	require.Empty(t, list)
	return dump(c.Stanzas())
}

const (
	def = "default/macros.conf"
	loc = "local/macros.conf"
	dm  = "metadata/default.meta"
	lm  = "metadata/local.meta"
	all = "[]\nexport = system"
)

func TestLayers(t *testing.T) {
	base := app("base", def, "[m]\na=1\nb=1\n[n]\na=1", loc, "[m]\nb=2", dm, all)
	other := app("other", def, "[m]\nb=3\nc=3", loc, "[o]\na=3", dm, all)
	require.Equal(t, "[m] a=1 b=2 [n] a=1", load(t, "", base), "local over default")
	require.Equal(t, "[m] a=1 b=3 c=3 [n] a=1 [o] a=3", load(t, "", base, other), "later apps over earlier ones")
	require.Equal(t, "[m] b=2 c=3 a=1 [n] a=1 [o] a=3", load(t, "base", base, other), "the asking app wins")
	require.Equal(t, "[m] a=1 b=3 c=3 [n] a=1 [o] a=3", load(t, "third", base, other))
	require.Empty(t, load(t, "", app("x"), App{ID: "no folder"}))
}

func TestDefaultStanza(t *testing.T) {
	c, list := Load("macros.conf", []App{
		app("a", def, "x=0\n[m]\na=1", loc, "[default]\na=0\nx=1\n[n]"),
	}, "")
	require.Empty(t, list)
	require.Equal(t, "[m] a=1 x=1 [n] x=1 a=0", dump(c.Stanzas()))
	d, ok := c.Stanza("default")
	require.True(t, ok)
	require.Equal(t, "1", d.Get("x"))
	_, ok = c.Stanza("absent")
	require.False(t, ok)
}

func TestExport(t *testing.T) {
	const two = "[m(1)]\na=1\n[a b/c]\na=1"
	for _, c := range []struct{ meta, local, want string }{
		{"", "", ""},
		{all, "", "[m(1)] a=1 [a b/c] a=1"},
		{"[]\naccess = read : [ * ]", "", ""},
		{"[macros]\nexport = system", "", "[m(1)] a=1 [a b/c] a=1"},
		{"[macros/m(1)]\nexport = system", "", "[m(1)] a=1"},
		{"[macros/a%20b%2Fc]\nexport = system", "", "[a b/c] a=1"},
		{all + "\n[macros]\nexport = none", "", ""},
		{all + "\n[macros]\nexport = none\n[macros/m%281%29]\nexport = system", "", "[m(1)] a=1"},
		{all, "[macros/m%281%29]\nexport = none", "[a b/c] a=1"},
		{"[macros]\nexport = none", "[macros]\nexport = system", "[m(1)] a=1 [a b/c] a=1"},
		{all, "[savedsearches]\nexport = none", "[m(1)] a=1 [a b/c] a=1"},
		{all, "[macros/m%281%29/a]\nexport = none", "[m(1)] [a b/c] a=1"},
		{all + "\n[macros/100%]\nexport = none", "", "[m(1)] a=1 [a b/c] a=1"},
	} {
		a := app("a", def, two, dm, c.meta, lm, c.local)
		require.Equal(t, c.want, load(t, "b", a), "%q %q", c.meta, c.local)
		require.Equal(t, "[m(1)] a=1 [a b/c] a=1", load(t, "a", a), "an app sees its own")
		require.Equal(t, "[m(1)] a=1 [a b/c] a=1", load(t, "", a))
	}
}

// [default] of another app follows the same rule; Splunk's own content says
// [savedsearches/default] export = none.
func TestDefaultOfAnotherAppIsNotSeen(t *testing.T) {
	a := app("a", def, "x=1\n[m]\na=1", dm, all+"\n[macros/default]\nexport = none")
	require.Equal(t, "[m] a=1", load(t, "b", a))
}

func TestTwoFoldersOfOneApp(t *testing.T) {
	embedded := app("a", def, "[m]\na=1", dm, all)
	local := app("a", loc, "[m]\na=2\n[n]\na=2", lm, "[macros/n]\nexport=none")
	require.Equal(t, "[m] a=2 [n] a=2", load(t, "a", embedded, local))
	require.Equal(t, "[m] a=2", load(t, "b", embedded, local))
}

func TestPlaceAndAppOfTheLastLayer(t *testing.T) {
	a := app("a", def, "[m]\na=1", dm, all)
	a.Label = "built-in"
	c, _ := Load("macros.conf", []App{a, app("b", def, "\n[m]\nb=1")}, "b")
	m, _ := c.Stanza("m")
	require.Equal(t, "b", m.App)
	require.Equal(t, "b/default/macros.conf:2:2", m.Place.String())
	require.Equal(t, "built-in/default/macros.conf", m.Settings[0].Text.Name)
	c, _ = Load("macros.conf", []App{a, app("b", def, "[m]\nb=1", dm, all)}, "a")
	m, _ = c.Stanza("m")
	require.Equal(t, "a", m.App)
}

type brokenFS struct{ fs.FS }

func (brokenFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestLoadReportsAndGoesOn(t *testing.T) {
	c, list := Load("macros.conf", []App{
		{ID: "no", FS: brokenFS{}},
		app("dir", "default/macros.conf/x", ""),
		app("a", def, "[m\na=1\n[n]\nb=2"),
	}, "")
	require.Equal(t, "[m] a=1 [n] b=2", dump(c.Stanzas()))
	require.ErrorIs(t, list.Err(), fs.ErrPermission)
	require.Contains(t, short(list), `error no/default/macros.conf: cannot read "default/macros.conf": permission denied`)
	require.Contains(t, short(list), `error dir/default/macros.conf: cannot read "default/macros.conf": invalid argument`)
	require.Contains(t, short(list), `error a/default/macros.conf:1:1: stanza name without a closing "]"`)
}

func TestFileSizeIsBounded(t *testing.T) {
	_, err := readAll(strings.NewReader("12345"), 4)
	require.ErrorIs(t, err, errTooLarge)
	data, err := readAll(strings.NewReader("1234"), 4)
	require.NoError(t, err)
	require.Equal(t, "1234", string(data))
}

func TestWrite(t *testing.T) {
	stanza := func(name string, pairs ...string) *Stanza {
		s := &Stanza{Name: name}
		for i := 0; i < len(pairs); i += 2 {
			s.Settings = append(s.Settings, Setting{Key: pairs[i], Value: pairs[i+1]})
		}
		return s
	}
	var b bytes.Buffer
	require.NoError(t, Write(&b, []string{"Written by riskreplay build.", "", "Do not edit."}, []*Stanza{
		stanza("a", "search", "| x\n| y", "empty", ""), stanza("b [c]", "k", "v=1"),
	}))
	require.Equal(t, strings.Join([]string{
		"# Written by riskreplay build.", "#", "# Do not edit.", "",
		"[a]", `search = | x\`, "| y", "empty =", "", "[b [c]]", "k = v=1", "",
	}, "\n"), b.String())
	for _, bad := range []*Stanza{
		stanza("a\nb"), stanza("a", "", "1"), stanza("a", " k", "1"), stanza("a", "k=", "1"), stanza("a", "#k", "1"), stanza("a", "[k", "1"),
		stanza("a", "k\nl", "1"), stanza("a", "k", " 1"), stanza("a", "k", "1\n"), stanza("a", "k", `C:\`),
	} {
		var m diag.Message
		require.ErrorAs(t, Write(&b, nil, []*Stanza{bad}), &m, "%q", bad)
		require.Contains(t, m.Text, "cannot write ")
	}
	for _, good := range []string{"C:\\\nx", "a\r\nb", "a \n b", "# x", "[x]", "x\n\ny", "x\n# y\n[z]\nk=v", "\\ x", "a\\\\\n\\b"} {
		requireWritten(t, []*Stanza{stanza("a", "k", good, "l", "1")})
	}
}
