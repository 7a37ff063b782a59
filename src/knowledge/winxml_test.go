package knowledge_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

// windowsAddOn is how an add-on for Windows extracts event XML. The mark is put into
// each regular expression: where it is not empty, they are unknown and run as they
// stand.
func windowsAddOn(mark string) []string {
	transforms := `[blocks_system]
REGEX = (?ms)MARK<System(?:\s+[^>]+)?>(.*?)<\/System>
FORMAT = System_Props_Xml::$1
[blocks_data]
REGEX = (?ms)MARK<EventData(?:\s+[^>]+)?>(.*?)<\/EventData>
FORMAT = EventData_Xml::$1
[elements]
SOURCE_KEY = System_Props_Xml
REGEX = (?ms)MARK<(\w*)>([^<]*)<\/\1>
FORMAT = $1::$2
MV_ADD = 1
[attributes]
SOURCE_KEY = System_Props_Xml
REGEX = (?ms)MARK\s([^\s=]+)\s*=\s*(\'[^<\']*\'|"[^<"]*")
FORMAT = $1::$2
MV_ADD = 1
[data]
SOURCE_KEY = EventData_Xml
REGEX = (?ms)MARK<(?:\w+)\sName='([^>]*)'\/?>([^<]*)(?:<\/\1>)?
FORMAT = $1::$2
MV_ADD = 1
[rendering_block]
REGEX = (?ms)MARK<RenderingInfo(?:\s+[^>]+)?>(.*?)<\/RenderingInfo>
FORMAT = RenderingInfo_Xml::$1
[rendering]
SOURCE_KEY = RenderingInfo_Xml
REGEX = (?ms)MARK<(\w*)>([^<]*)<\/\1>
FORMAT = $1::$2
[code]
SOURCE_KEY = System_Props_Xml
REGEX = (?ms)MARK<EventID.*?>(.+?)<\/EventID>
FORMAT = EventCode::$1
`
	return []string{
		"default/props.conf", "[xml]\nKV_MODE = none\nREPORT-0xml_block_extract = blocks_system, blocks_data, rendering_block\nREPORT-0xml_kv_extract = elements, attributes, data, code, rendering\n",
		"default/transforms.conf", strings.ReplaceAll(transforms, "MARK", mark),
	}
}

var wholeEvent = regexp.MustCompile(`(?s)<Event .*?</Event>`)

// TestAddOnForWindowsIsScanned compares what the regular expressions of a loaded
// add-on find in Windows events with what the scanner finds in their place.
func TestAddOnForWindowsIsScanned(t *testing.T) {
	scanned, matched := load(t, app("a", windowsAddOn("")...)), load(t, app("a", windowsAddOn("(?:)")...))
	paths, err := filepath.Glob("../../testdata/datasets/*/*.log")
	require.NoError(t, err)
	texts := [][]byte{winEvent(1, "0x8", "Process Name=a &amp; b", "X=1", "X=2", "empty="), []byte("<Event><System><EventID Qualifiers='1'>7</EventID></System></Event>"), []byte("no event"), []byte("<Event><System><Level>4</Level></System><RenderingInfo Culture='en'><Level>Information</Level><Message>m</Message></RenderingInfo></Event>")}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		texts = append(texts, wholeEvent.FindAll(data, 8)...)
	}
	require.Greater(t, len(texts), 20)
	for _, raw := range texts {
		e := event.Event{Raw: raw, Sourcetype: "xml"}
		require.Equal(t, fieldsOf(matched, e), fieldsOf(scanned, e), string(raw))
	}
	// An event that is cut off tells which of the two was at work.
	cut := event.Event{Raw: []byte("<Event><System><EventID>1</EventID></System><EventData><Data Name='a'>b</Data>"), Sourcetype: "xml"}
	require.Equal(t, "b", fieldsOf(scanned, cut)["a"])
	require.NotContains(t, fieldsOf(matched, cut), "a")
	// One field alone, which reads no more than it takes.
	for _, name := range []string{"EventCode", "Computer", "Image", "UserID"} {
		e := event.Event{Raw: texts[len(texts)-1], Sourcetype: "xml"}
		one := func(b *knowledge.Base) map[string]string {
			v := b.Fields([]string{name}).View(eventsOf(e), &knowledge.Cache{})
			return row(v.Batch(v.Rows()), 0)
		}
		require.Equal(t, one(matched), one(scanned), name)
	}
}
