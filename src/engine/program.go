package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/risk"
	"riskreplay/src/scp"
)

// program is a search command that an app declares.
type program struct {
	name, app string
	// file is the program's file name, "" for the command's own name.
	file string
	args []string
}

// readPrograms reads commands.conf: commands with `chunked = true`. Others speak
// a protocol that is not supported; they stay unknown commands.
func readPrograms(apps []conf.App, in string) (map[string]program, diag.List) {
	declared, problems := conf.Load("commands.conf", apps, in)
	out := map[string]program{}
	for _, s := range declared.Stanzas() {
		if chunked, _ := strconv.ParseBool(s.Get("chunked")); !chunked {
			continue
		}
		p := program{name: s.Name, app: s.App, file: s.Get("filename")}
		for i := 1; ; i++ {
			arg, ok := s.Lookup("command.arg." + strconv.Itoa(i))
			if !ok {
				break
			}
			p.args = append(p.args, arg.Value)
		}
		out[s.Name] = p
	}
	return out, problems
}

// platform is Splunk's name of this machine's folder of programs.
var platform = map[string]string{
	"linux/amd64": "linux_x86_64", "darwin/amd64": "darwin_x86_64", "windows/amd64": "windows_x86_64", "darwin/arm64": "darwin_arm64", "linux/arm64": "linux_arm64",
}[runtime.GOOS+"/"+runtime.GOARCH]

// find is where a program is, and the name to start it under when that is not
// its file's: <app>/<platform>/bin, <app>/bin, then where the options say.
func (e *Engine) find(p program) (path, arg0 string, err error) {
	file := p.file
	if file == "" {
		file = p.name
	}
	names := []string{file}
	if runtime.GOOS == "windows" {
		names = []string{file, file + ".exe"}
	}
	if dir, ok := e.options.Folders[p.app]; ok {
		for _, bin := range []string{filepath.Join(platform, "bin"), "bin"} {
			for _, name := range names {
				path := filepath.Join(dir, bin, filepath.Base(name))
				if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
					return path, "", nil
				}
			}
		}
	}
	if e.options.Programs != nil {
		if path, arg0, ok := e.options.Programs(p.name); ok {
			return path, arg0, nil
		}
	}
	return "", "", fmt.Errorf("cannot find its program %q in bin of the app %q", file, p.app)
}

// Start starts a declared command with its arguments as splunkd does.
func (w *world) Start(ctx context.Context, name, raw string) (*scp.Conn, error) {
	p := w.programs[name]
	path, arg0, err := w.bindContext.engine.find(p)
	if err != nil {
		return nil, err
	}
	args, rawArgs := scp.SplitArguments(raw)
	return scp.Start(ctx, path, p.args, &scp.Info{
		Args: args, RawArgs: rawArgs, Command: name, App: w.info.App, Owner: w.info.User, User: w.info.User, SID: w.info.SID,
		SessionKey: "offline", Search: w.text, MaxRows: maxChunkRows, Earliest: seconds(w.info.Earliest), Latest: seconds(w.info.Latest),
	}, scp.HostOptions{Arg0: arg0, Env: w.bindContext.engine.environment()})
}

// environment is the host's own, with the folders of apps, so that a program
// finds the saved searches that the search sees.
func (e *Engine) environment() []string {
	var folders []string
	for _, app := range e.options.Apps {
		if dir, ok := e.options.Folders[app.ID]; ok {
			if full, err := filepath.Abs(dir); err == nil {
				folders = append(folders, app.ID+"="+full)
			}
		}
	}
	return append(os.Environ(), risk.AppsVariable+"="+strings.Join(folders, string(filepath.ListSeparator)))
}

// maxChunkRows is splunkd's maxresultrows.
const maxChunkRows = 50_000

// seconds is a bound as splunkd tells it: "0" for none.
func seconds(t event.Time) string {
	if t == 0 {
		return "0"
	}
	return t.String()
}
