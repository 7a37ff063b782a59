package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"riskreplay"
	"riskreplay/src/conf"
	"riskreplay/src/risk"
	"riskreplay/src/scp"
)

// scoreCommand is the search command that this program is too, under its name.
const scoreCommand = "riskscore"

// Start is Main for a whole command line, whose first word is the name that the
// program was started under: riskscore is the search command of that name.
func Start(args []string, in io.Reader, out, errOut io.Writer) int {
	if strings.TrimSuffix(filepath.Base(args[0]), ".exe") == scoreCommand {
		apps := func(*scp.Info) []conf.App {
			own := conf.App{ID: ownApp, Label: "RiskReplay", FS: withLocal(riskreplay.App)}
			return append([]conf.App{own}, risk.HostApps(os.Getenv)...)
		}
		return scp.Main(risk.Command(risk.Host{Now: time.Now, Apps: apps}), time.Now)
	}
	return Main(args[1:], in, out, errOut)
}

// findProgram finds the program of a command that is in no app's folder: beside
// the running program, else the running program itself under that name.
func findProgram(name string) (path, arg0 string, ok bool) {
	self, err := os.Executable()
	if err != nil {
		return "", "", false
	}
	beside := filepath.Join(filepath.Dir(self), name) + filepath.Ext(self)
	if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
		return beside, "", true
	}
	return self, scoreCommand, name == scoreCommand
}
