package bundle

import (
	"regexp"
	"strings"
)

// appID is what an app may be called, which is its folder's name too.
var appID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// version is major.minor.revision, as Splunk and semantic versioning have it.
var version = regexp.MustCompile(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$`)

// reserved are names that Windows keeps for devices, whatever their ending.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// refusedName says why a path cannot be in a package, "" when it can. The rules
// are those of the file systems it is unpacked on, and of Splunk's vetting: no
// hidden files, no blanks.
func refusedName(path string) string {
	if strings.HasPrefix(path, "/") || len(path) > 1 && path[1] == ':' {
		return "it is absolute"
	}
	for _, part := range strings.Split(path, "/") {
		switch {
		case part == "..":
			return "it leads out of the app"
		case part == "" || part == ".":
			return "it has an empty part"
		case strings.HasPrefix(part, "."):
			return "hidden files do not pass Splunk's vetting"
		case strings.HasPrefix(part, "__MACOSX"):
			return "it was left by macOS"
		case strings.ContainsAny(part, `<>:"|?*\`) || strings.ContainsFunc(part, func(r rune) bool { return r < ' ' }):
			return "Windows refuses such a name"
		case strings.HasSuffix(part, "."):
			return "Windows refuses a name that ends in a point"
		case strings.Contains(part, " "):
			return "Splunk's vetting refuses blanks in names"
		case reserved.MatchString(part):
			return "Windows keeps such a name for a device"
		}
	}
	return ""
}
