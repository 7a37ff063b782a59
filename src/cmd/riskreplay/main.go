// Command riskreplay replays attack data, runs Splunk detections over it and
// scores the risk, without a Splunk. See `riskreplay help`.
//
// Started under the name riskscore it is that search command, so that the one
// file is enough offline.
package main

import (
	"os"

	"riskreplay/src/cli"
)

func main() { os.Exit(cli.Start(os.Args, os.Stdin, os.Stdout, os.Stderr)) }
