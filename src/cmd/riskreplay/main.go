// Command riskreplay replays attack data, runs Splunk detections over it and
// scores the risk, without a Splunk. See `riskreplay help`.
package main

import (
	"os"

	"riskreplay/src/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
