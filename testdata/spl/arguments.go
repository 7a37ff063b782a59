package splscripts

import (
	_ "embed"
	"strings"
)

//go:embed arguments.txt
var arguments string

// Arguments are the arguments of each command, by its name, as scripts name them;
// a command without any is there too.
func Arguments() map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(arguments) {
		words := strings.Fields(line)
		if len(words) > 0 && words[0] != "#" {
			out[words[0]] = words[1:]
		}
	}
	return out
}
