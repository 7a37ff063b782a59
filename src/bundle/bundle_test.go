package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

const root = "../.."

var here = Platform{runtime.GOOS, runtime.GOARCH}

// project writes a small project and gives its folder.
func project(t *testing.T, files map[string]string) string {
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

const appConf = "[install]\nbuild = 7\n[launcher]\nversion = 1.2.0\n[package]\nid = TA-x\n"

// built is a folder with the named programs for this machine.
func built(t *testing.T, names ...string) string {
	dir := t.TempDir()
	for _, name := range names {
		to := filepath.Join(dir, here.String(), name+here.Ending())
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", to, "./src/cmd/"+name)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	return dir
}

func pack(t *testing.T, a *App) []byte {
	var b bytes.Buffer
	require.NoError(t, a.Pack(&b))
	return b.Bytes()
}

func TestTar(t *testing.T) {
	dir := project(t, map[string]string{
		"default/app.conf": appConf, "lookups/b.csv": "x\n", "lookups/a.csv": "y\n", "bin/tool.py": "#!/usr/bin/python3\n",
		"CHANGELOG.md": "# Changelog\n\n## 1.2.0 (2026-03-04)\n",
	})
	a, problems := Assemble(Options{Dir: dir})
	require.Empty(t, problems)
	unzip, err := gzip.NewReader(bytes.NewReader(pack(t, a)))
	require.NoError(t, err)
	var got []string
	for r := tar.NewReader(unzip); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		require.Equal(t, "2026-03-04 00:00:00", h.ModTime.UTC().Format("2006-01-02 15:04:05"))
		require.Zero(t, h.Uid+h.Gid)
		require.Empty(t, h.Uname+h.Gname)
		got = append(got, h.FileInfo().Mode().String()+" "+h.Name)
	}
	require.Equal(t, []string{
		"drwxr-xr-x TA-x/", "drwxr-xr-x TA-x/bin/", "-rw-r--r-- TA-x/bin/tool.py", "drwxr-xr-x TA-x/default/", "-rw-r--r-- TA-x/default/app.conf",
		"drwxr-xr-x TA-x/lookups/", "-rw-r--r-- TA-x/lookups/a.csv", "-rw-r--r-- TA-x/lookups/b.csv",
		"drwxr-xr-x TA-x/metadata/", "-rw-r--r-- TA-x/metadata/default.meta",
	}, got)
	require.Equal(t, "[install]\nbuild = 20260304000000\n[launcher]\nversion = 1.2.0\n[package]\nid = TA-x\n\n[id]\nversion = 1.2.0\nname = TA-x\n", string(a.Data("default/app.conf")))
	require.Equal(t, "TA-x-1.2.0.spl", a.FileName())
}

func TestWhatCannotBePacked(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		says  string
	}{
		"no app.conf":       {map[string]string{"default/x.conf": ""}, "cannot pack: there is no default/app.conf"},
		"no version":        {map[string]string{"default/app.conf": "[package]\nid = TA-x\n"}, "default/app.conf has no version in [launcher]"},
		"bad version":       {map[string]string{"default/app.conf": "[package]\nid = TA-x\n[launcher]\nversion = 1.2\n"}, `default/app.conf:4:11: cannot use the version "1.2"`},
		"bad id":            {map[string]string{"default/app.conf": "[package]\nid = ../x\n[launcher]\nversion = 1.2.0\n"}, `default/app.conf:2:6: cannot use the id "../x"`},
		"hidden file":       {map[string]string{"default/app.conf": appConf, "lookups/.x.csv": ""}, `cannot pack "lookups/.x.csv": hidden files do not pass Splunk's vetting`},
		"device":            {map[string]string{"default/app.conf": appConf, "lookups/aux.csv": ""}, `cannot pack "lookups/aux.csv": Windows keeps such a name for a device`},
		"blank":             {map[string]string{"default/app.conf": appConf, "lookups/a b.csv": ""}, `cannot pack "lookups/a b.csv": Splunk's vetting refuses blanks in names`},
		"letters alone":     {map[string]string{"default/app.conf": appConf, "lookups/A.csv": "", "lookups/a.csv": ""}, `on Windows and macOS they are one file`},
		"manifest":          {map[string]string{"default/app.conf": appConf, "app.manifest": "{"}, "cannot read app.manifest: unexpected end of JSON input"},
		"another version":   {map[string]string{"default/app.conf": appConf, "CHANGELOG.md": "## 1.3.0 (2026-01-01)\n"}, `CHANGELOG.md:1:4: the newest version in CHANGELOG.md is "1.3.0", and that of default/app.conf "1.2.0"`},
		"no day":            {map[string]string{"default/app.conf": appConf, "CHANGELOG.md": "## 1.2.0 (soon)\n"}, `CHANGELOG.md:1:11: cannot read the day of a release "soon"`},
		"a program missing": {map[string]string{"default/app.conf": appConf, "default/commands.conf": "[score]\nchunked = true\nfilename = score\n"}, `cannot pack the program "score" for ` + here.String()},
		"an input missing":  {map[string]string{"default/app.conf": appConf, "README/inputs.conf.spec": "[feed://<name>]\nx = <string>\n"}, `cannot pack the program "feed" for ` + here.String()},
	} {
		dir := project(t, c.files)
		_, problems := Assemble(Options{Dir: dir, Platform: here, Programs: filepath.Join(dir, "programs")})
		require.True(t, problems.HasErrors(), name)
		require.Contains(t, problems.Error(), c.says, name)
	}
	_, problems := Assemble(Options{Dir: filepath.Join(t.TempDir(), "gone")})
	require.Contains(t, problems.Error(), "no such file or directory")
}

func TestProgramsOfOtherPlatforms(t *testing.T) {
	files := map[string]string{"default/app.conf": appConf, "default/commands.conf": "[score]\nchunked = true\nfilename = score\n"}
	dir := project(t, files)
	other := Platforms[0]
	if other == here {
		other = Platforms[1]
	}
	programs := filepath.Join(dir, "programs")
	put := func(p Platform, data []byte) diag.List {
		require.NoError(t, os.MkdirAll(filepath.Join(programs, p.String()), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(programs, p.String(), "score"+p.Ending()), data, 0o755))
		_, problems := Assemble(Options{Dir: dir, Platform: p, Programs: programs})
		return problems
	}
	self, err := os.ReadFile(filepath.Join(built(t, "riskscore"), here.String(), "riskscore"+here.Ending()))
	require.NoError(t, err)
	require.Empty(t, put(here, self))
	require.Contains(t, put(other, self).Error(), "it was built for "+here.String())
	require.Contains(t, put(here, []byte("#!/bin/sh\n")).Error(), "it is no program")

	// the program's file is named in commands.conf: Windows' has an ending
	a := &App{ID: "x", Platform: Platform{"windows", "amd64"}}
	a.put("default/commands.conf", []byte(files["default/commands.conf"]), 0o644)
	a.nameProgram(Program{Name: "bin/score.exe"})
	require.Equal(t, "[score]\nfilename = score.exe\nchunked = true\n", string(a.Data("default/commands.conf")))
}

func TestLinksThatLeadOutAreNotFollowed(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.csv")
	require.NoError(t, os.WriteFile(secret, []byte("x"), 0o600))
	dir := project(t, map[string]string{"default/app.conf": appConf, "lookups/a.csv": ""})
	if err := os.Symlink(secret, filepath.Join(dir, "lookups", "b.csv")); err != nil {
		t.Skip("this system has no symbolic links: ", err)
	}
	_, problems := Assemble(Options{Dir: dir})
	require.Contains(t, problems.Error(), `cannot pack "lookups/b.csv"`)
}

func TestNothingHalfWrittenStays(t *testing.T) {
	a, problems := Assemble(Options{Dir: project(t, map[string]string{"default/app.conf": appConf})})
	require.Empty(t, problems)
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, a.FileName()), 0o755)) // a folder has the name
	require.NoError(t, os.WriteFile(filepath.Join(dir, a.FileName(), "x"), nil, 0o600))
	_, err := a.Write(dir)
	require.ErrorContains(t, err, "cannot write")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1)
	_, err = a.Write(filepath.Join(dir, a.FileName(), "x", "y"))
	require.ErrorContains(t, err, "cannot make the folder")
}

func TestInstall(t *testing.T) {
	a, problems := Assemble(Options{Dir: project(t, map[string]string{"default/app.conf": appConf, "lookups/a.csv": "new"})})
	require.Empty(t, problems)
	home := t.TempDir()
	_, err := a.Install(home)
	require.ErrorContains(t, err, "it has no etc/apps folder")
	local := filepath.Join(home, "etc", "apps", "TA-x", "local")
	require.NoError(t, os.MkdirAll(local, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(local, "app.conf"), []byte("mine"), 0o600))
	dir, err := a.Install(home)
	require.NoError(t, err)
	data, err := os.ReadFile(filepath.Join(dir, "lookups", "a.csv"))
	require.NoError(t, err)
	require.Equal(t, "new", string(data))
	require.FileExists(t, filepath.Join(local, "app.conf"))
}

func FuzzSetKey(f *testing.F) {
	f.Add(appConf, "id", "version")
	f.Add("[id]\nversion = 1\nversion = 2\n[id]\nx = y \\\nz\n", "id", "version")
	f.Fuzz(func(t *testing.T, text, stanza, key string) {
		if strings.ContainsAny(stanza+key, "[]=\r\n\\#; \t") || stanza == "" || key == "" {
			t.Skip()
		}
		once := setKey(text, stanza, key, "v")
		if !strings.ContainsAny(text, "\\\r") {
			require.Equal(t, once, setKey(once, stanza, key, "v"), "a second time changes nothing")
		}
	})
}
