package knowledge_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

func TestBuiltinLoadsWithoutAWord(t *testing.T) {
	base := load(t)
	for _, name := range []string{"Ports", "Processes", "Services", "Filesystem", "Registry"} {
		d, err := base.Dataset("Endpoint", name)
		require.NoError(t, err)
		require.Contains(t, d.Fields(), "dest")
		require.Empty(t, d.Indexes())
	}
	d, err := base.Dataset("Risk", "")
	require.NoError(t, err)
	require.Equal(t, "All_Risk", d.Name)
	require.Equal(t, []string{"risk"}, d.Indexes())
	require.Contains(t, base.Models(), "Endpoint")
}

func TestBytesThatAreNoText(t *testing.T) {
	got := fieldsOf(load(t), event.Event{Raw: []byte("{\"a\":\"x\xffy\",\"b\":1}"), Sourcetype: "st"})
	require.Equal(t, "1", got["b"])
	require.Equal(t, "x\uFFFDy", got["a"])
	got = fieldsOf(load(t), event.Event{Raw: winEvent(1, "", "CommandLine=a\x00\xff\uFFFF"), Source: sysmon, Sourcetype: "XmlWinEventLog"})
	require.Equal(t, "a\x00\xff\uFFFF", got["process"])
}

// plainStanza is a stanza whose name is no pattern and not [default]: it says
// nothing about other sourcetypes.
var plainStanza = regexp.MustCompile(`^\[[a-fh-z]+\]\n`)

// FuzzLoad: no configuration, and no event under it, panics or hangs; and an app
// beside it works, where the configuration does not speak of every sourcetype.
func FuzzLoad(f *testing.F) {
	f.Add("[st]\nEXTRACT-a = (?<x>.)\nREPORT-b = t\nEVAL-y = case(x=1, z, 1=1, x)\nLOOKUP-l = l.csv a OUTPUT b", "[t]\nREGEX = (a)(b)\nFORMAT = $1::$2", "[e]\nsearch = a=1", `{"modelName":"M","objects":[{"objectName":"D","baseSearch":"a=* | eval b=a | mvexpand b","fields":[{"fieldName":"b"}]}]}`, "a=1 ab")
	f.Add("[source::...]\nFIELDALIAS-a = a AS b", "[t]\nDELIMS = \",\", \"=\"", "[e]\nsearch = eventtype=e", `{}`, "")
	f.Add("[(?::){0}s*]\nrename = st", "[t]\nSOURCE_KEY = a\nREGEX = ", "[e]\nsearch = tag=x OR", `{"objects":[{"objectName":"D","parentName":"D","calculations":[{"calculationType":"Rex"}]}]}`, "{")
	f.Fuzz(func(t *testing.T, props, transforms, eventtypes, model, raw string) {
		a := app("a", "default/props.conf", props, "default/transforms.conf", transforms, "default/eventtypes.conf", eventtypes, "default/data/models/M.json", model, "lookups/l.csv", "a,b\n1,2\n")
		base, _ := knowledge.Load([]conf.App{a, app("b", "local/props.conf", "[good]\nEVAL-good = \"yes\"")}, "b", eval.Env{})
		e := event.Event{Raw: []byte(raw), Source: "a/b", Sourcetype: "st", Host: "h", Index: "main"}
		fieldsOf(base, e)
		for _, name := range base.Models() {
			if d, err := base.Dataset(name, ""); err == nil {
				v := d.Extractor([]string{"*"}).View(eventsOf(e), &knowledge.Cache{})
				v.Batch(v.Rows())
			}
		}
		if !plainStanza.MatchString(props) || strings.Count(props, "[") != 1 || strings.HasPrefix(props, "[default]") {
			return
		}
		e.Sourcetype = "good"
		require.Equal(t, "yes", fieldsOf(base, e)["good"])
	})
}
