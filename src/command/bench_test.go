package command

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/search"
	splscripts "riskreplay/testdata/spl"
)

// columns is a World whose scan gives the columns asked for of a million process
// events, as an index does that has them at hand.
type columns struct {
	*world
	batches []*batch.Batch
}

func newColumns() *columns {
	const rows, size = 1 << 20, 1 << 16
	r := rand.New(rand.NewPCG(1, 2))
	fields := []struct {
		name     string
		distinct int
	}{
		{"parent_process_name", 200},
		{"dest", 400},
		{"user", 2000},
		{"parent_process", 3000},
		{"process_name", 300},
		{"process", 219_000},
		{"process_id", 30_000},
		{"parent_process_id", 30_000},
	}
	dicts := make([]*batch.Dict, len(fields))
	model := splscripts.Model{Model: "Endpoint", Dataset: "Processes", Constraint: "*"}
	for f, field := range fields {
		dicts[f] = batch.NewDict()
		for v := range field.distinct {
			dicts[f].Add(fmt.Sprintf("%s-%d.exe", field.name, v))
		}
		model.Fields = append(model.Fields, field.name)
	}
	c := &columns{world: newWorld(splscripts.Setup{Models: []splscripts.Model{model}})}
	for from := 0; from < rows; from += size {
		b := batch.New(size)
		for f, field := range fields {
			col := &batch.Column{Dict: dicts[f], Codes: make([]batch.Code, size)}
			for i := range col.Codes {
				col.Codes[i] = batch.Code(1 + r.IntN(r.IntN(field.distinct)+1))
			}
			b.Set("Processes."+field.name, col)
		}
		times := &batch.Column{Times: make([]event.Time, size)}
		for i := range times.Times {
			times.Times[i] = event.Time(1_768_435_200e9 + int64(from+i)*82_400_000)
		}
		b.Set("_time", times)
		c.batches = append(c.batches, b)
	}
	return c
}

func (c *columns) Scan(_ context.Context, q index.Query) iter.Seq2[*batch.Batch, error] {
	return func(yield func(*batch.Batch, error) bool) {
		for _, b := range c.batches {
			rows := batch.AllRows(b.Len)
			if q.Where != nil {
				rows = q.Where.Select(eval.Of(b), rows)
			}
			out := b.Keep(func(n string) bool { return search.MatchAny(q.Fields, n) })
			if len(rows) < b.Len {
				out = out.Gather(rows)
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

const byProcess = " by Processes.parent_process_name Processes.dest Processes.user Processes.parent_process Processes.process_name Processes.process Processes.process_id Processes.parent_process_id"

func BenchmarkMillionRows(b *testing.B) {
	c := newColumns()
	tail := ` | rename Processes.* as * | convert timeformat="%Y-%m-%dT%H:%M:%S" ctime(firstTime) | convert timeformat="%Y-%m-%dT%H:%M:%S" ctime(lastTime) | search *`
	for _, s := range []struct{ name, text string }{
		{"regsvcs", "| tstats count min(_time) as firstTime max(_time) as lastTime from datamodel=Endpoint.Processes where Processes.parent_process_name=parent_process_name-199.exe" + byProcess + tail},
		{"hourly", `| tstats count from datamodel=Endpoint.Processes where Processes.process="*9.exe" by _time span=1h Processes.dest`},
		{"one field", "| tstats count from datamodel=Endpoint.Processes by Processes.dest"},
		{"two fields", "| tstats count min(_time) as firstTime from datamodel=Endpoint.Processes by Processes.dest Processes.process_name"},
		{"values", "| tstats count values(Processes.process_name) as names dc(Processes.user) as users from datamodel=Endpoint.Processes by Processes.dest"},
		{"all groups", "| tstats count min(_time) as firstTime max(_time) as lastTime from datamodel=Endpoint.Processes" + byProcess},
	} {
		b.Run(s.name, func(b *testing.B) {
			p, problems := c.plan(s.text)
			require.False(b, problems.HasErrors(), problems)
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, p.Run(b.Context(), c, func(*batch.Batch) error { return nil }))
			}
			b.ReportMetric(float64(1<<20)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}

func BenchmarkPlan(b *testing.B) {
	w := newWorld(endpoint)
	text := `| tstats summariesonly=false allow_old_summaries=true fillnull_value=null count min(_time) as firstTime max(_time) as lastTime from datamodel=Endpoint.Processes where Processes.parent_process_name=regsvcs.exe by Processes.dest Processes.user | rename Processes.* as * | convert ctime(firstTime) | search *`
	b.ReportAllocs()
	for b.Loop() {
		_, problems := w.plan(text)
		require.False(b, problems.HasErrors())
	}
}

func BenchmarkCommands(b *testing.B) {
	const n = 100_000
	w := newWorld(splscripts.Setup{})
	for _, tail := range []string{
		"sort 0 - x", "dedup x", "bin x span=10", "rename x as y", "fillnull value=n y", "stats values(x) by y", "table x", "search x=1*", "where x>5", "eval z=x.\"a\"", "eventstats avg(x) by y", "streamstats count by x", "streamstats sum(x) by y", "streamstats window=100 avg(x)", "streamstats time_window=1h dc(x) by y", "reverse", "uniq", "tail 5",
		"top x", "chart count by x", "chart count over y by x", "makemv x", "mvexpand x", "mvcombine x", "replace 1* with new*", "strcat x \"-\" y z", "addtotals", "accum x", "delta x",
		"autoregress x", "filldown", "rangemap field=x low=0-100", "tojson", `rex field=x "(?<z>\\d)$"`, `regex x="1$"`, "xyseries y x z", "untable x n v", "fieldsummary",
	} {
		b.Run(tail, func(b *testing.B) {
			p, problems := w.plan(`| makeresults | eval x=1, y=2 | ` + tail)
			require.False(b, problems.HasErrors())
			st, _ := parse("s", "* | "+tail)
			spec, _ := Table()(st.Stages[1].Name)
			stage, _ := spec.Bind(st.Stages[1], w)
			_ = p
			in := batch.New(n)
			x := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, n)}
			for i := range x.Codes {
				x.Codes[i] = x.Dict.Add(fmt.Sprint(i * 7919 % 5000))
			}
			in.Set("x", x)
			in.Set("y", x)
			b.ReportAllocs()
			for b.Loop() {
				op, err := stage.Open(w)
				require.NoError(b, err)
				emit := func(*batch.Batch) error { return nil }
				require.NoError(b, op.Push(b.Context(), in, emit))
				require.NoError(b, op.Finish(b.Context(), emit))
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
