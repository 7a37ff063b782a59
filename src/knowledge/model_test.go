package knowledge_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

// model is a data model's JSON: objects as Go maps.
func model(name string, objects ...map[string]any) string {
	text, err := json.Marshal(map[string]any{"modelName": name, "objects": objects})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func modelField(names ...string) []map[string]any {
	var out []map[string]any
	for _, n := range names {
		out = append(out, map[string]any{"fieldName": n})
	}
	return out
}

// datasetRows is the rows of a dataset over events of sourcetype st, one text a
// row: fields as name=value in order of names.
func datasetRows(t *testing.T, base *knowledge.Base, modelName, dataset string, raws ...string) []string {
	t.Helper()
	d, err := base.Dataset(modelName, dataset)
	require.NoError(t, err)
	var evs []event.Event
	for _, r := range raws {
		evs = append(evs, event.Event{Raw: []byte(r), Sourcetype: "st", Index: "main"})
	}
	v := d.Extractor([]string{"*"}).View(eventsOf(evs...), &knowledge.Cache{})
	b := v.Batch(v.Rows())
	var out []string
	for r := range b.Len {
		var cells []string
		for i, n := range b.Names {
			if strings.Contains(n, ".") && !b.Columns[i].IsNull(r) {
				cells = append(cells, n+"="+strings.Join(b.Columns[i].Values(r), "|"))
			}
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

func TestBaseSearchesOfDatasets(t *testing.T) {
	for _, c := range []struct {
		search string
		fields []string
		raws   []string
		want   []string
	}{
		{"a=1", []string{"a", "b"}, []string{"a=1 b=2", "a=2 b=3", "a=1"}, []string{"D.a=1 D.b=2", "D.a=1"}},
		{"| search a=1 | eval b=a.\"x\", c=b.\"y\"", []string{"b", "c"}, []string{"a=1 b=9"}, []string{"D.b=1x D.c=1xy"}},
		{"a=* | eval n=a*2 | where n>3 | search n!=8", []string{"n"}, []string{"a=1", "a=2", "a=3", "a=4"}, []string{"D.n=4", "D.n=6"}},
		{"* | rename a as b | eval c=coalesce(a, b)", []string{"a", "b", "c"}, []string{"a=1 b=2"}, []string{"D.b=1 D.c=1"}},
		{"* | eval m=split(a, \"-\"), k=a | mvexpand m | eval n=m.k", []string{"m", "n", "a"}, []string{"a=1-2", "b=0", "a=3"}, []string{"D.a=1-2 D.m=1 D.n=11-2", "D.a=1-2 D.m=2 D.n=21-2", "", "D.a=3 D.m=3 D.n=33"}},
		{"* | eval m=split(a, \"-\") | mvexpand m | eval o=split(b, \"-\") | mvexpand o | where o!=\"y\"", []string{"m", "o"}, []string{"a=1-2 b=x-y"}, []string{"D.m=1 D.o=x", "D.m=2 D.o=x"}},
		{"* | fields a", []string{"a"}, []string{"a=1"}, []string{"D.a=1"}},
	} {
		m := model("M", map[string]any{"objectName": "D", "parentName": "BaseSearch", "baseSearch": c.search, "fields": modelField(c.fields...)})
		base := load(t, app("a", "default/data/models/M.json", m))
		require.Equal(t, c.want, datasetRows(t, base, "M", "D", c.raws...), c.search)
	}
}

func TestChildrenAndCalculations(t *testing.T) {
	root := map[string]any{
		"objectName": "All", "parentName": "BaseEvent", "fields": modelField("user", "code", "first", "owner"),
		"constraints": []map[string]any{{"search": "code=*"}, {"search": "NOT code=9"}},
		"calculations": []map[string]any{
			{"calculationType": "Eval", "expression": `if(isnull(user),"unknown",user)`, "outputFields": modelField("user")},
			{"calculationType": "Rex", "inputField": "user", "expression": `^(?<first>.)`, "outputFields": modelField("first")},
			{"calculationType": "Lookup", "lookupName": "o.csv", "lookupInputs": []map[string]any{{"inputField": "first", "lookupField": "letter"}}, "outputFields": []map[string]any{{"fieldName": "owner", "lookupOutputFieldName": "who"}}},
			{"calculationType": "GeoIP", "inputField": "user", "outputFields": modelField("lat")},
		},
	}
	child := map[string]any{
		"objectName": "Bad", "parentName": "All", "fields": modelField("reason"), "constraints": []map[string]any{{"search": "first=k"}},
		"calculations": []map[string]any{{"calculationType": "Eval", "expression": `owner.code`, "outputFields": modelField("reason")}},
	}
	base := load(t, app("a", "default/data/models/M.json", model("M", root, child), "lookups/o.csv", "letter,who\nk,boss\nu,nobody\n"))
	raws := []string{"code=1 user=kim", "code=2", "code=9 user=kim", "user=kim"}
	require.Equal(t, []string{"All.code=1 All.first=k All.owner=boss All.user=kim", "All.code=2 All.first=u All.owner=nobody All.user=unknown"}, datasetRows(t, base, "M", "", raws...))
	want := []string{"All.code=1 All.first=k All.owner=boss All.reason=boss1 All.user=kim"}
	require.Equal(t, want, datasetRows(t, base, "M", "Bad", raws...))
	require.Equal(t, want, datasetRows(t, base, "M", "All.Bad", raws...))
	d, err := base.Dataset("M", "Bad")
	require.NoError(t, err)
	require.Equal(t, []string{"code", "first", "lat", "owner", "reason", "user"}, d.Fields())
	v := d.Extractor([]string{"Bad.reason", "All.Bad.reason", "All.reason", "Bad.user", "reason", "x.user"}).View(eventsOf(event.Event{Raw: []byte(raws[0]), Sourcetype: "st"}), &knowledge.Cache{})
	require.Equal(t, map[string]string{"Bad.reason": "boss1", "All.Bad.reason": "boss1", "All.reason": "boss1", "Bad.user": "kim"}, row(v.Batch(v.Rows()), 0))
}

func TestPortsMakeARowOfEachPort(t *testing.T) {
	base := load(t, app("a",
		"default/props.conf", "[st]\nEVAL-dest_port = split(ports, \"+\")\nEVAL-transport = split(protos, \"+\")",
		"default/eventtypes.conf", "[open]\nsearch = ports=*", "default/tags.conf", "[eventtype=open]\nlistening = enabled\nport = enabled",
	))
	d, err := base.Dataset("Endpoint", "Ports")
	require.NoError(t, err)
	v := d.Extractor([]string{"Ports.transport_dest_port", "Ports.src_port", "Ports.dest"}).View(eventsOf(
		event.Event{Raw: []byte("ports=53+80 protos=udp+tcp src_port=x"), Sourcetype: "st"}, event.Event{Raw: []byte("ports=22 src_port=7"), Sourcetype: "st"}), &knowledge.Cache{})
	require.Equal(t, "Ports.transport_dest_port=udp/53 Ports.src_port=0 Ports.dest=unknown\nPorts.transport_dest_port=tcp/80 Ports.src_port=0 Ports.dest=unknown\n"+
		"Ports.transport_dest_port=unknown/22 Ports.src_port=7 Ports.dest=unknown\n", v.Batch(v.Rows()).String())
}

func TestRisk(t *testing.T) {
	base := load(t)
	d, err := base.Dataset("Risk", "All_Risk")
	require.NoError(t, err)
	v := d.Extractor([]string{"All_Risk.*", "source"}).View(eventsOf(
		event.Event{Raw: []byte(`1768000000, search_name="R", risk_object="PC1", risk_object_type="system", risk_score="64", annotations.mitre_attack.mitre_technique_id="T1574.011", annotations.mitre_attack.mitre_technique_id="T1574"`), Source: "R", Sourcetype: "stash", Index: "risk"},
		event.Event{Raw: []byte(`1768000000, search_name="R"`), Source: "R", Sourcetype: "stash", Index: "risk"},
		event.Event{Raw: []byte(`1768000000, risk_object="PC1"`), Source: "R", Sourcetype: "stash", Index: "notable"},
	), &knowledge.Cache{})
	b := v.Batch(v.Rows())
	require.Equal(t, 2, b.Len, "notables are not risk")
	for i, want := range []map[string]string{
		{"risk_object": "PC1", "normalized_risk_object": "pc1", "risk_score": "64", "calculated_risk_score": "64", "all_risk_objects": "PC1", "annotations.mitre_attack.mitre_technique_id": "T1574.011|T1574", "description": "unknown"},
		{"risk_object": "unknown", "risk_object_type": "unknown", "risk_score": "0", "calculated_risk_score": "0"},
	} {
		for name, value := range want {
			require.Equal(t, value, row(b, i)["All_Risk."+name], name)
		}
	}
}

func TestWrongModels(t *testing.T) {
	object := func(search string) string {
		return model("M", map[string]any{"objectName": "D", "parentName": "BaseSearch", "baseSearch": search, "fields": modelField("a")})
	}
	for _, c := range []struct{ file, model, dataset, want, hint string }{
		{object("*"), "Endpiont", "", `data model "Endpiont" was not found`, `did you mean "Endpoint"?`},
		{object("*"), "Endpoint", "Process", `data model "Endpoint" has no dataset "Process"`, `did you mean "Processes"?`},
		{object("*"), "Endpoint", "", `data model "Endpoint" has more than one dataset`, `name one of them: Endpoint.Ports`},
		{object("*"), "M", "zzz", `data model "M" has no dataset "zzz"`, "it has D"},
		{object("a=("), "M", "D", `cannot use dataset "M.D": a/default/data/models/M.json: D: base search:1:`, ""},
		{object("* | stats count"), "M", "D", `cannot use the command "stats" in the base search of a dataset`, ""},
		{object("`nosuch`"), "M", "D", "unknown macro `nosuch`", ""},
		{model("M", map[string]any{"objectName": "D", "parentName": "BaseTransaction", "fields": modelField("a")}), "M", "D", "datasets of transactions are not supported", ""},
		{model("M"), "M", "", `data model "M" has no dataset`, ""},
		{model("M", map[string]any{"objectName": "D", "parentName": "D", "fields": modelField("a")}), "M", "", `data model "M" has no dataset`, ""},
		{model("M", map[string]any{"objectName": "D", "calculations": []map[string]any{{"calculationType": "Eval", "expression": "if(", "outputFields": modelField("x")}}}), "M", "D", `cannot use dataset "M.D"`, ""},
	} {
		base, problems := knowledge.Load([]conf.App{app("a", "default/data/models/M.json", c.file)}, "", eval.Env{})
		require.Empty(t, problems)
		_, err := base.Dataset(c.model, c.dataset)
		var m diag.Message
		require.ErrorAs(t, err, &m)
		require.Contains(t, m.Text, c.want)
		require.Contains(t, m.Hint, c.hint)
	}
	base := load(t, app("a", "default/data/models/M.json", model("M", map[string]any{"objectName": "D", "parentName": "D"})))
	_, err := base.Dataset("M", "D")
	require.NoError(t, err, "a dataset that is its own parent")
}
