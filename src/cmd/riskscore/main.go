// Command riskscore is the search command `| riskscore`, as Splunk starts it
// (bin/riskscore, chunked = true). See `riskscore --help`.
package main

import (
	"os"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/risk"
	"riskreplay/src/scp"
)

func main() {
	os.Exit(scp.Main(risk.Command(risk.Host{Now: time.Now, Apps: apps}), time.Now))
}

// apps are those around the program.
func apps(info *scp.Info) []conf.App {
	exe, err := os.Executable()
	if err != nil {
		exe = ""
	}
	return risk.InstalledApps(os.Getenv, exe, info)
}
