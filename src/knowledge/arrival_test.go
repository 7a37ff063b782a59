package knowledge_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

// TestArrival gives an app's files and an event, and the event that is indexed.
func TestArrival(t *testing.T) {
	came := event.Event{Raw: []byte("user=kim ssn=123-45-6789"), Host: "h", Source: "/var/log/a.log", Sourcetype: "st", Index: "main"}
	changed := func(change func(*event.Event)) *event.Event {
		e := came
		change(&e)
		return &e
	}
	text := func(raw string) *event.Event { return changed(func(e *event.Event) { e.Raw = []byte(raw) }) }
	for _, c := range []struct {
		name, props, transforms string
		want                    *event.Event // nil: nobody will see it
	}{
		{"nothing", "[st]\nEXTRACT-a = (?<a>x)", "", &came},
		{"an edit", "[st]\nSEDCMD-a = s/\\d{3}-\\d\\d/xxx-xx/g", "", text("user=kim ssn=xxx-xx-6789")},
		{"edits in the order of their classes", "[st]\nSEDCMD-b = s/ann/bob/\nSEDCMD-a = s/kim/ann/", "", text("user=bob ssn=123-45-6789")},
		{"of another sourcetype", "[other]\nSEDCMD-a = s/kim/ann/", "", &came},
		{"by source", "[source::/var/.../*.log]\nSEDCMD-a = s/kim/ann/", "", text("user=ann ssn=123-45-6789")},
		{"of the sourcetype before it is renamed", "[st]\nrename = other\nSEDCMD-a = s/kim/ann/", "", text("user=ann ssn=123-45-6789")},
		{"dropped", "[st]\nTRANSFORMS-a = t", "[t]\nREGEX = user=kim\nDEST_KEY = queue\nFORMAT = nullQueue", nil},
		{"kept out of all", "[st]\nTRANSFORMS-a = all, some", "[all]\nREGEX = .\nDEST_KEY = queue\nFORMAT = nullQueue\n[some]\nREGEX = kim\nDEST_KEY = queue\nFORMAT = indexQueue", &came},
		{"edits come before transforms", "[st]\nTRANSFORMS-a = t\nSEDCMD-z = s/kim/ann/", "[t]\nREGEX = user=kim\nDEST_KEY = queue\nFORMAT = nullQueue", text("user=ann ssn=123-45-6789")},
		{"another host", "[st]\nTRANSFORMS-a = t", "[t]\nREGEX = user=(\\w+)\nDEST_KEY = MetaData:Host\nFORMAT = host::pc-$1", changed(func(e *event.Event) { e.Host = "pc-kim" })},
		{"another source, out of the host", "[st]\nTRANSFORMS-a = t", "[t]\nSOURCE_KEY = MetaData:Host\nREGEX = host::(.*)\nDEST_KEY = MetaData:Source\nFORMAT = source::from:$1", changed(func(e *event.Event) { e.Source = "from:h" })},
		{"another sourcetype, whose stanza does not count any more", "[st]\nTRANSFORMS-a = t\n[new]\nSEDCMD-a = s/kim/ann/", "[t]\nREGEX = .\nDEST_KEY = MetaData:Sourcetype\nFORMAT = sourcetype::new", changed(func(e *event.Event) { e.Sourcetype = "new" })},
		{"another index", "[st]\nTRANSFORMS-a = t", "[t]\nREGEX = .\nDEST_KEY = _MetaData:Index\nFORMAT = other", changed(func(e *event.Event) { e.Index = "other" })},
		{"another text", "[st]\nTRANSFORMS-a = t", "[t]\nREGEX = (user=\\w+)\nDEST_KEY = _raw\nFORMAT = $1 [$0]", text("user=kim [user=kim ssn=123-45-6789]")},
		{"a default", "[st]\nTRANSFORMS-a = t", "[t]\nREGEX = nothing\nDEST_KEY = _MetaData:Index\nFORMAT = $0\nDEFAULT_VALUE = rest", changed(func(e *event.Event) { e.Index = "rest" })},
		{"indexed fields", "[st]\nTRANSFORMS-a = t", "[t]\nREGEX = (\\w+)=(\\w+)\nFORMAT = $1::\"$2\" fixed::x\nWRITE_META = true\nREPEAT_MATCH = true", changed(func(e *event.Event) {
			e.Fields = []event.Field{{Name: "user", Value: "kim"}, {Name: "fixed", Value: "x"}, {Name: "ssn", Value: "123"}, {Name: "fixed", Value: "x"}}
		})},
		{"an indexed field of its group's name", "[st]\nTRANSFORMS-a = t", "[t]\nREGEX = user=(?<who>\\w+)\nWRITE_META = true", changed(func(e *event.Event) { e.Fields = []event.Field{{Name: "who", Value: "kim"}} })},
		{"far into the event", "[st]\nTRANSFORMS-a = t", "[t]\nREGEX = kim\nLOOKAHEAD = 3\nDEST_KEY = queue\nFORMAT = nullQueue", &came},
		{"routing is for forwarders", "[st]\nTRANSFORMS-a = t", "[t]\nREGEX = .\nDEST_KEY = _TCP_ROUTING\nFORMAT = x", &came},
	} {
		base := load(t, app("a", "default/props.conf", c.props, "default/transforms.conf", c.transforms))
		e := came
		keep := base.Arrive(&e)
		require.Equal(t, c.want != nil, keep, c.name)
		if keep {
			require.Equal(t, *c.want, e, c.name)
		}
		require.Equal(t, "user=kim ssn=123-45-6789", string(came.Raw), "the bytes that came are not written to")
	}
	require.False(t, load(t).Arrives(), "the built-in knowledge takes events as they come")
}

// FuzzArrival: no configuration and no event panics or hangs, and an event is
// kept where nothing drops it.
func FuzzArrival(f *testing.F) {
	f.Add("[st]\nSEDCMD-a = s/a/b/g\nTRANSFORMS-a = t", "[t]\nREGEX = (a)(b)?\nFORMAT = $1::$2\nREPEAT_MATCH = 1", "aab")
	f.Add("[st]\nTRANSFORMS-a = t", "[t]\nREGEX = \nDEST_KEY = _raw\nFORMAT = $0$0", "x")
	f.Fuzz(func(t *testing.T, props, transforms, raw string) {
		base, _ := knowledge.Load([]conf.App{app("a", "default/props.conf", props, "default/transforms.conf", transforms)}, "", eval.Env{})
		e := event.Event{Raw: []byte(raw), Host: "h", Source: "s", Sourcetype: "st"}
		if !base.Arrive(&e) {
			require.Contains(t, transforms, "queue")
		}
	})
}
