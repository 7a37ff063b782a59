package ingest

import (
	"path"
	"strconv"
	"strings"
	"unicode"
)

// memberNameSize is how many bytes of a member's name are kept.
const memberNameSize = 512

// memberName is the name of an archive's member as messages and origins have it:
// parted by slashes though Windows wrote it, relative, without "..", a drive or
// what does not print. "" when nothing is left. It names a member, never a file
// on the disk.
func memberName(raw string) string {
	raw = strings.ReplaceAll(raw, `\`, "/")
	if len(raw) > 1 && raw[1] == ':' {
		raw = raw[2:]
	}
	raw = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, raw)
	name := strings.TrimPrefix(path.Clean("/"+raw), "/")
	if len(name) > memberNameSize {
		name = strings.ToValidUTF8(name[:memberNameSize], "")
	}
	return name
}

// leftOut tells the members that a folder of files would leave out too: hidden
// ones, YAML and Markdown, and what macOS puts into archives.
func leftOut(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return true
		}
	}
	return isYAML(name) || strings.EqualFold(path.Ext(name), ".md")
}

// unique is a name that no other part of the file has: a second member of a name
// gets a number, for an origin must name one text.
func (w *reading) unique(name string) string {
	w.names[name]++
	if n := w.names[name]; n > 1 {
		return w.unique(name + "~" + strconv.Itoa(n))
	}
	return name
}
