package knowledge

import (
	"regexp"
	"strings"
)

// A loaded add-on for Windows extracts event XML by regular expressions, block by
// block, and then names and values out of the blocks. Those are known: where all
// that read names and values are there, the scanner for KV_MODE = winevent, which
// gives what they give, runs in their place.

// winPart is what a transform of the add-on for Windows does; 0 is none.
type winPart uint8

const (
	winBlock winPart = 1 << iota // cuts a block out of the event
	winElements
	winAttributes
	winData
)

const winAll = winElements | winAttributes | winData

// winPatterns are the add-on's regular expressions, behind the field that they
// read, without flags and with no backslash before slashes and quotes.
var winPatterns = map[string]winPart{
	`System_Props_Xml <(\w*)>([^<]*)</\1>`:                       winElements,
	`System_Props_Xml \s([^\s=]+)\s*=\s*('[^<']*'|"[^<"]*")`:     winAttributes,
	`EventData_Xml <(?:\w+)\sName='([^>]*)'/?>([^<]*)(?:</\1>)?`: winData,
}

var (
	winBlockPattern = regexp.MustCompile(`^<(System|EventData|UserData|DebugData|RenderingInfo)(?:\(\?:\\s\+\[\^>\]\+\)\?)?>\(\.\*\?\)</(System|EventData|UserData|DebugData|RenderingInfo)>$`)
	leadingFlags    = regexp.MustCompile(`^\(\?[a-z]+\)`)
)

// winPartOf tells which part of the add-on a transform is.
func winPartOf(source, pattern, format string) winPart {
	pattern = strings.NewReplacer(`\/`, "/", `\'`, "'", `\"`, `"`).Replace(leadingFlags.ReplaceAllString(pattern, ""))
	if m := winBlockPattern.FindStringSubmatch(pattern); m != nil && m[1] == m[2] && source == "_raw" {
		return winBlock
	}
	if format == "$1::$2" {
		return winPatterns[source+" "+pattern]
	}
	return 0
}

// scanWindows puts the scanner in the place of the add-on's transforms.
func (x *extractor) scanWindows() {
	var found winPart
	for _, s := range x.steps {
		if r, ok := s.(*regexStep); ok {
			found |= r.windows
		}
	}
	if found&winAll != winAll || x.kv != kvNone {
		return
	}
	kept := x.steps[:0:0]
	for _, s := range x.steps {
		if r, ok := s.(*regexStep); !ok || r.windows == 0 {
			kept = append(kept, s)
		}
	}
	x.steps, x.kv = kept, kvWinevent
}
