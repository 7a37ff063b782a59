package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/knowledge"
)

// The slow way: every event alone in an index, all its fields made, and the rows
// put together as lists of maps. Nothing is shared, narrowed, joined or kept.

// slowly gives what a query must give.
func slowly(t testing.TB, base *knowledge.Base, evs []event.Event, q index.Query) []string {
	t.Helper()
	type timed struct {
		at  event.Time
		row string
	}
	var out []timed
	for _, e := range evs {
		x := index.New(index.Options{})
		_, err := x.Append(context.Background(), []event.Event{e})
		require.NoError(t, err)
		for _, r := range rowsOf(scan(t, x, base, q)) {
			out = append(out, timed{e.Time, r})
		}
	}
	if q.NewestFirst {
		slices.Reverse(out)
		sort.SliceStable(out, func(i, j int) bool { return out[i].at > out[j].at })
	}
	rows := make([]string, len(out))
	for i, r := range out {
		rows[i] = r.row
	}
	return rows
}

// rowsOf is each row as one text, fields in byte order.
func rowsOf(b *batch.Batch) []string {
	out := make([]string, b.Len)
	for r := range out {
		var cells []string
		for i, name := range b.Names {
			if c := b.Columns[i]; !c.IsNull(r) {
				cells = append(cells, fmt.Sprintf("%s=%q", name, c.Values(r)))
			}
		}
		slices.Sort(cells)
		out[r] = strings.Join(cells, " ")
	}
	return out
}

// mixed is n events of all kinds that the built-in knowledge speaks of, some with
// fields missing, in nearly the order of their times.
func mixed(rnd *rand.Rand, n int) []event.Event {
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	maybe := func(name string, values ...string) string {
		if rnd.IntN(4) == 0 {
			return ""
		}
		return fmt.Sprintf("<Data Name='%s'>%s</Data>", name, pick(values...))
	}
	image := func(name string) string {
		return maybe(name, `C:\Windows\regsvcs.exe`, `C:\Windows\RegSvcs.exe`, `C:\a b\cmd.exe`, `x.exe`, ``)
	}
	xml := func(code int, data ...string) []byte {
		return fmt.Appendf(nil, "<Event><System><EventID>%d</EventID><Keywords>%s</Keywords><Computer>%s</Computer><Security UserID='S-1-5-18'/></System><EventData>%s</EventData></Event>",
			code, pick("0x8020000000000000", "0x8000000000000000", "0x1"), pick("pc1", "pc2", ""), strings.Join(data, ""))
	}
	out := make([]event.Event, n)
	for i := range out {
		e := event.Event{Index: pick("main", "main", "main", "other", "_internal"), Host: pick("h1", "h2"), Time: event.Time(1_768_000_000e9 + int64(i)*1e9 + int64(rnd.IntN(5))*700e6)}
		switch rnd.IntN(8) {
		case 0, 1, 2:
			e.Source, e.Sourcetype = sources[".sysmon.log"], pick("xmlwineventlog", "XmlWinEventLog")
			e.Raw = xml([]int{1, 1, 3, 5, 7, 10, 11, 12, 13, 14, 22, 23}[rnd.IntN(12)], image("Image"), image("ParentImage"), maybe("CommandLine", "a -b", `"C:\x y" z`), maybe("User", `D\kim`, "ann"),
				maybe("ProcessId", "1", "2"), maybe("ProcessGuid", "{a}"), maybe("TargetObject", `HKLM\System\CurrentControlSet\Services\a\ImagePath`, `HKU\b\c`, "d"), maybe("Details", "DWORD (0x1)", "text", "Binary Data"),
				maybe("EventType", "CreateKey", "DeleteKey", "SetValue", "RenameValue"), maybe("QueryResults", "type: 5 a;b;", "c;"), maybe("UtcTime", "1", "2"), maybe("CreationUtcTime", "1", "2"), maybe("TargetFilename", `C:\f`, "g"),
				maybe("Image", `C:\second.exe`))
		case 3, 4:
			e.Source, e.Sourcetype = sources[".security.log"], "xmlwineventlog"
			e.Raw = xml([]int{4688, 4688, 4657, 4689, 4673, 4624, 4670}[rnd.IntN(7)], image("NewProcessName"), image("ParentProcessName"), maybe("CommandLine", "a -b", `"C:\x y" z`), maybe("SubjectUserName", "sue"),
				maybe("TargetUserName", "-", "tom"), maybe("ProcessId", "0x1"), maybe("NewProcessId", "0x2"), maybe("ObjectName", `\REGISTRY\a`), maybe("ObjectType", "Registry", "File"))
		case 5:
			e.Source, e.Sourcetype = "crowdstrike", "crowdstrike:events:sensor"
			e.Raw = fmt.Appendf(nil, `{"event_simpleName":%q,"aid":"s1","ComputerName":%q,"ParentBaseFileName":%q,"n":{"a":[1,%d,{"b":null}]}}`, pick("ProcessRollup2", "DnsRequest"), pick("pc1", "pc3"), pick("regsvcs.exe", "x"), i%3)
		case 6:
			e.Source, e.Sourcetype, e.Index = "My rule", "stash", "risk"
			e.Raw = fmt.Appendf(nil, `1768000000, search_name="My rule", risk_object=%q, risk_score="%d", threat_object="a", threat_object="b \"c\""`, pick("PC1", "kim"), i%5*10)
			if rnd.IntN(3) == 0 {
				e.Fields = []event.Field{{Name: "zone", Value: "z1"}, {Name: "zone", Value: "z2"}, {Name: "risk_score", Value: "99"}}
			}
		default:
			e.Source, e.Sourcetype = "app.log", "app"
			e.Raw = []byte(pick("user=kim action=login status=ok", `user="Ann B" a.b=1, code=7`, "nothing here", `{"user":"json","list":["x","y"]}`, "\xff\x00=\x01"))
		}
		out[i] = e
	}
	return out
}

var (
	drawnFields = []string{
		"EventCode", "Image", "process_name", "parent_process_name", "process", "user", "dest", "registry_path", "registry_value_data", "eventtype", "tag", "source", "sourcetype", "host", "index", "_time",
		"_raw", "answer", "n.a{}", "risk_object", "threat_object", "zone", "risk_score", "code", "nosuch", "action", "vendor_product", "tag::eventtype",
	}
	drawnConditions = []string{
		`*`, `EventCode=1`, `process_name=regsvcs.exe`, `parent_process_name=*SVCS* EventCode=1`, `tag=process`, `eventtype=ms-sysmon-*`, `NOT user=*`, `user=kim OR action=login`, `source=XmlWinEventLog:Security EventCode IN (4688, 4689)`,
		`host=h1`, `index=main`, `sourcetype=app code>5`, `registry_value_data!=text`, `kim`, `Image=*second*`, `risk_score>=20`, `NOT tag=process NOT tag=registry`, `process=*-b* NOT process_name=x.exe`, `zone=z2`,
	}
	drawnDatasets = map[string][]string{
		"Endpoint.Processes":  {`Processes.parent_process_name=regsvcs.exe`, `Processes.process=*b*`, `Processes.user!=unknown`, `Processes.process_id=*`, `NOT Processes.dest=pc1`, `*`, `Processes.tag=report sourcetype=xmlwineventlog`, `Processes.nosuch=1`},
		"Endpoint.Registry":   {`Registry.registry_path="*\\Services\\*" Registry.registry_value_name=ImagePath`, `Registry.action=modified`, `*`},
		"Endpoint.Filesystem": {`Filesystem.action=created`, `Filesystem.file_name=g OR host=h2`},
		"Risk.All_Risk":       {`All_Risk.calculated_risk_score>10`, `All_Risk.risk_object=kim`, `*`},
	}
)

func drawQuery(t *rapid.T, tb testing.TB) index.Query {
	q := index.Query{NewestFirst: rapid.Bool().Draw(t, "newest first")}
	if rapid.Bool().Draw(t, "bounded") {
		q.Earliest = event.Time(1_768_000_000e9 + rapid.Int64Range(0, 100).Draw(t, "earliest")*1e9)
		q.Latest = q.Earliest + event.Time(rapid.Int64Range(0, 200).Draw(t, "span")*1e9)
	}
	conditions := drawnConditions
	if name := rapid.SampledFrom([]string{"", "", "Endpoint.Processes", "Endpoint.Registry", "Endpoint.Filesystem", "Risk.All_Risk"}).Draw(t, "dataset"); name != "" {
		q.Model, q.Dataset, _ = strings.Cut(name, ".")
		conditions = drawnDatasets[name]
		q.Fields = []string{"_time", "host", q.Dataset + ".*"}
	} else {
		q.Fields = rapid.SliceOfN(rapid.SampledFrom(drawnFields), 0, 6).Draw(t, "fields")
		if rapid.IntRange(0, 3).Draw(t, "all") == 0 {
			q.Fields = append(q.Fields, "*")
		}
		q.Indexes = rapid.SampledFrom([][]string{nil, {"risk"}, {"*"}, {"ma*", "_INTERNAL"}}).Draw(t, "indexes")
	}
	q.Where = where(tb, rapid.SampledFrom(conditions).Draw(t, "where"))
	return q
}

// TestScansAreWhatOneEventAfterTheOtherGives runs queries one after the other
// over one index, so that later ones find what earlier ones kept.
func TestScansAreWhatOneEventAfterTheOtherGives(t *testing.T) {
	base := newBase(t)
	rapid.Check(t, func(rt *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		evs := mixed(rnd, rapid.SampledFrom([]int{1, 40, 270}).Draw(rt, "events"))
		x := index.New(index.Options{Events: rapid.SampledFrom([]int{50, 300, 1000}).Draw(rt, "segment")})
		for part := evs; len(part) > 0; {
			n := min(1+rnd.IntN(200), len(part))
			_, err := x.Append(context.Background(), part[:n])
			require.NoError(rt, err)
			part = part[n:]
			if rnd.IntN(5) == 0 {
				scan(t, x, base, index.Query{}) // closes the open segment
			}
		}
		require.Equal(rt, len(evs), x.Len())
		for range rapid.IntRange(1, 4).Draw(rt, "queries") {
			q := drawQuery(rt, t)
			require.Equal(rt, slowly(t, base, evs, q), rowsOf(scan(t, x, base, q)))
		}
	})
}

// TestScansOfManyAtOnce compares queries that run at the same time, while events
// are appended, with the same queries alone.
func TestScansOfManyAtOnce(t *testing.T) {
	base := newBase(t)
	evs := mixed(rand.New(rand.NewPCG(3, 4)), 3000)
	x := index.New(index.Options{Events: 500})
	_, err := x.Append(context.Background(), evs)
	require.NoError(t, err)
	latest := event.Time(1_768_000_000e9 + 4000e9)
	var queries []index.Query
	for name, list := range drawnDatasets {
		for _, text := range list {
			q := index.Query{Latest: latest, Where: where(t, text)}
			q.Model, q.Dataset, _ = strings.Cut(name, ".")
			q.Fields = []string{q.Dataset + ".*"}
			queries = append(queries, q)
		}
	}
	for i, text := range drawnConditions {
		queries = append(queries, index.Query{Latest: latest, Where: where(t, text), Fields: drawnFields[i%8 : i%8+8], NewestFirst: i%2 == 0})
	}
	want := make([][]string, len(queries))
	for i, q := range queries {
		y := index.New(index.Options{})
		_, err := y.Append(context.Background(), evs)
		require.NoError(t, err)
		want[i] = rowsOf(scan(t, y, base, q))
	}
	var wg sync.WaitGroup
	got := make([][]string, len(queries))
	for i, q := range queries {
		wg.Go(func() { got[i] = rowsOf(scan(t, x, base, q)) })
	}
	wg.Go(func() {
		for i := range 20 {
			late := mixed(rand.New(rand.NewPCG(uint64(i), 9)), 50)
			for k := range late {
				late[k].Time += 1e6 * 1e9
			}
			_, err := x.Append(context.Background(), late)
			require.NoError(t, err)
		}
	})
	wg.Wait()
	for i := range queries {
		require.Equal(t, want[i], got[i], "query %d", i)
	}
}
