package modinput

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// platforms are Splunk's names of folders for programs of one platform. There is
// none for 64-bit ARM.
var platforms = map[string]string{
	"linux/amd64": "linux_x86_64", "linux/386": "linux_x86", "darwin/amd64": "darwin_x86_64",
	"windows/amd64": "windows_x86_64", "windows/386": "windows_x86",
}

// suffixes are those of a scheme's program, in the order they are looked for.
var suffixes = []string{"", ".exe", ".sh", ".py", ".bat", ".path"}

// Locate finds the program of a scheme in an app's folder, as splunkd does:
// <app>/<platform>/bin before <app>/bin; a .path file names another program, and
// its arguments, with environment variables in it. A .py file is run by python3
// and a .sh file by sh.
func Locate(app, scheme string, getenv func(string) string) (Executable, error) {
	var looked []string
	for _, dir := range []string{platforms[runtime.GOOS+"/"+runtime.GOARCH], ""} {
		bin := filepath.Join(app, dir, "bin")
		if len(looked) > 0 && bin == looked[0] {
			continue
		}
		looked = append(looked, bin)
		for _, suffix := range suffixes {
			path := filepath.Join(bin, scheme+suffix)
			if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() {
				return started(path, suffix, getenv)
			}
		}
	}
	return Executable{}, diag.Message{
		Text: fmt.Sprintf("cannot find the program of the scheme %q in %s", scheme, strings.Join(looked, " or ")),
		Hint: "its file is named like the scheme: " + scheme + ", or with " + strings.Join(suffixes[1:], ", "),
	}
}

func started(path, suffix string, getenv func(string) string) (Executable, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Executable{}, err
	}
	switch suffix {
	case ".py":
		return Executable{Path: "python3", Args: []string{path}}, nil
	case ".sh":
		return Executable{Path: "/bin/sh", Args: []string{path}}, nil
	case ".path":
		return readPath(path, getenv)
	}
	return Executable{Path: path}, nil
}

// readPath reads a .path file: one line.
func readPath(path string, getenv func(string) string) (Executable, error) {
	f, err := os.Open(path)
	if err != nil {
		return Executable{}, err
	}
	defer f.Close()
	line, _ := bufio.NewReaderSize(f, 64<<10).ReadString('\n') // its last line may have no end
	words := strings.Fields(os.Expand(line, getenv))
	if len(words) == 0 {
		return Executable{}, fmt.Errorf("cannot read %q: it names no program", path)
	}
	return Executable{Path: words[0], Args: words[1:]}, nil
}

// Stanzas are the inputs of a scheme in inputs.conf, merged as splunkd does:
// what [scheme://name] does not have comes from [scheme], then [default].
// Disabled ones are among them.
func Stanzas(c *conf.Conf, scheme string) []Stanza {
	ofAll, _ := c.Stanza("default")
	ofScheme, _ := c.Stanza(scheme)
	var out []Stanza
	for _, s := range c.Stanzas() {
		if _, ok := strings.CutPrefix(s.Name, scheme+"://"); !ok {
			continue
		}
		st := Stanza{Name: s.Name, App: s.App}
		for _, setting := range s.Settings {
			if !inherited(setting, ofAll) {
				st.Set(setting.Key, setting.Value)
			}
		}
		for _, defaults := range []*conf.Stanza{ofScheme, ofAll} {
			if defaults == nil {
				continue
			}
			for _, setting := range defaults.Settings {
				if _, has := st.Lookup(setting.Key); !has {
					st.Set(setting.Key, setting.Value)
				}
			}
		}
		out = append(out, st)
	}
	return out
}

// inherited tells that a stanza has a setting from [default] only.
func inherited(s conf.Setting, defaults *conf.Stanza) bool {
	if defaults == nil {
		return false
	}
	d, ok := defaults.Lookup(s.Key)
	return ok && d.Text == s.Text
}
