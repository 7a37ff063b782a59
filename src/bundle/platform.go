package bundle

import (
	"strings"

	"riskreplay/src/diag"
)

// Platform is what programs are built for: an operating system and a processor,
// in Go's words.
type Platform struct{ OS, Arch string }

// Platforms are those that packages are made for.
var Platforms = []Platform{{"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}, {"darwin", "arm64"}}

// String is "linux-amd64", or "" for none.
func (p Platform) String() string {
	if p == (Platform{}) {
		return ""
	}
	return p.OS + "-" + p.Arch
}

// Ending is that of a program's file.
func (p Platform) Ending() string {
	if p.OS == "windows" {
		return ".exe"
	}
	return ""
}

// ParsePlatform reads what String writes; the error names those there are.
func ParsePlatform(text string) (Platform, error) {
	var known []string
	for _, p := range Platforms {
		if p.String() == text {
			return p, nil
		}
		known = append(known, p.String())
	}
	return Platform{}, diag.Message{Text: `unknown platform "` + text + `"`, Hint: "there are " + strings.Join(known, ", ")}
}
