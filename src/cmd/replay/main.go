// Command replay is the modular input replay:// as Splunk starts it
// (bin/replay): it sends recorded datasets, at the time and the pace that a
// stanza says. See `replay --help`.
//
// What it promises beside what package modinput does: events go out once. Where
// it stood is kept in checkpoint_dir, so that a start after a kill goes on with
// the same times, loses nothing and repeats at most what one pipe holds; and a
// dataset that was sent is not sent again unless loop says so, or the dataset or
// the settings have changed.
package main

import (
	"os"

	"riskreplay/src/clock"
	"riskreplay/src/modinput"
)

func main() { os.Exit(modinput.Main(input(clock.Real{}), clock.Real{})) }

// input is the modular input.
func input(c clock.Clock) modinput.Input {
	return modinput.Input{Scheme: scheme(), Validate: validator(c), Run: run}
}
