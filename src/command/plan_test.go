package command

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/search"
	"riskreplay/src/spl"
	splscripts "riskreplay/testdata/spl"
)

var endpoint = splscripts.Setup{AppFiles: []splscripts.AppFile{{Path: "lookups/mitre_attack.csv", Text: "technique_id,technique\nT1218,x\n"}}, Models: []splscripts.Model{
	{Model: "Endpoint", Dataset: "Processes", Constraint: "sourcetype=proc", Fields: []string{"dest", "user", "process", "parent_process_name"}},
}}

func explain(t *testing.T, text string) string {
	t.Helper()
	p, problems := newWorld(endpoint).plan(text)
	require.False(t, problems.HasErrors(), problems.Error())
	return strings.TrimSuffix(p.Explain(), "\n")
}

// TestPlans: what will run, as spl explain prints it.
func TestPlans(t *testing.T) {
	for _, c := range []struct{ why, text, want string }{
		{"all fields of events are shown", "a=1 b=x*", "scan newest first where a=1 b=x* with all fields"},
		{
			"a condition behind the scan is the index's", "a=1 OR b=2 | search c!=3 | search *",
			"scan newest first where a=1 OR b=2 c!=3 with all fields",
		},
		{
			"only fields that are read are asked for, and the order does not matter to stats", "a=1 | eval n=b+1, unread=c | stats sum(n) as s by d",
			"scan where a=1 fields b, d\neval n=b+1\nstats sum(n) as s by d",
		},
		{"first and latest see the order", "a=1 | where b>2 | stats first(c) by d", "scan newest first where a=1 fields b, c, d\nwhere b>2\nstats first(c) by d"},
		{"head does too", "* | head 3 | stats count", "scan newest first without fields\nhead 3\nstats count"},
		{"names are followed back through rename", "* | rename P.* as * | table dest", "scan newest first fields P.dest, dest\nrename P.* as *\ntable dest"},
		{
			"the detection of the seeds",
			"| tstats summariesonly=false fillnull_value=null count min(_time) as firstTime from datamodel=Endpoint.Processes where Processes.parent_process_name=regsvcs.exe by Processes.dest Processes.user | rename Processes.* as * | convert timeformat=\"%Y\" ctime(firstTime) | convert timeformat=\"%d\" ctime(lastTime) | search *",
			"tstats count min(_time) as firstTime from Endpoint.Processes where Processes.parent_process_name=regsvcs.exe fields Processes.dest, Processes.user, _time by Processes.dest, Processes.user\nrename Processes.* as *\nconvert timeformat=\"%Y\" ctime(firstTime) timeformat=\"%d\" ctime(lastTime)",
		},
		{
			"aggregates that nobody reads are not made", "| tstats count values(Processes.process) as p from datamodel=Endpoint.Processes by _time span=1h | fields _time p",
			"tstats values(Processes.process) as p from Endpoint.Processes fields Processes.process, _time by _time span=1h\nfields _time p",
		},
		{"a time range stands in the scan", "earliest=100 latest=200 a=1 | table a", "scan newest first from 100 to 200 where a=1 fields a\ntable a"},
		{"quotes where they are needed", `a="x y" "a phrase" "f g"=TERM | fields - _raw`, `scan newest first where a="x y" "a phrase" "f g"=TERM with all fields` + "\nfields - _raw"},
	} {
		require.Equal(t, c.want, explain(t, c.text), c.why)
	}
}

// TestQueries: what the plans ask of the index.
func TestQueries(t *testing.T) {
	query := func(text string, i search.Info) (indexes []string, earliest, latest event.Time) {
		p, problems := newWorld(endpoint).plan(text)
		require.False(t, problems.HasErrors(), problems.Error())
		q, ok := p.Query(i)
		require.True(t, ok)
		return q.Indexes, q.Earliest, q.Latest
	}
	indexes, _, _ := query("index=risk OR index IN (b, a*) x=1 NOT index=no index!=none", search.Info{})
	require.Equal(t, []string{"a*", "b", "risk"}, indexes)
	indexes, _, _ = query("NOT index=risk", search.Info{})
	require.Empty(t, indexes)
	_, earliest, latest := query("earliest=5 a=1", search.Info{Earliest: 10e9, Latest: 20e9})
	require.Equal(t, []event.Time{5e9, 20e9}, []event.Time{earliest, latest})
	indexes, earliest, _ = query("| tstats count where index=risk earliest=-1h by index", search.Info{})
	require.Equal(t, []string{"risk"}, indexes)
	require.Equal(t, event.Time(1768479600-3600)*1e9, earliest)
}

// TestSavedSearchesThatAreWrong are told of at their own places.
func TestSavedSearchesThatAreWrong(t *testing.T) {
	w := newWorld(splscripts.Setup{Saved: []splscripts.Saved{
		{Name: "loop", Search: "| savedsearch \"loop again\""},
		{Name: "loop again", Search: "| savedsearch loop"},
		{Name: "wrong", Search: "* | statz count"},
		{Name: "misbound", Search: "* | where $field$+1"},
	}})
	for text, want := range map[string]string{
		"| savedsearch loop": `savedsearches.conf:1:3: saved search "loop" runs itself
    | savedsearch loop
      ~~~~~~~~~~~~~~~~
    hint: the chain is loop -> loop again -> loop`,
		"| savedsearch wrong": `savedsearches.conf:1:5: unknown command "statz"
    * | statz count
        ~~~~~
    hint: did you mean "stats"?`,
		"| savedsearch misbound FIELD=a": `savedsearches.conf:1:11: the expression of where must give true or false
    * | where a+1
              ~~~
    hint: compare it with something, or ask isnotnull() of it`,
	} {
		_, problems := w.plan(text)
		require.Equal(t, want, problems.Error())
	}
}

// TestAPlanRunsManyTimes, also at the same time.
func TestAPlanRunsManyTimes(t *testing.T) {
	w := newWorld(splscripts.Setup{Events: []event.Event{{Time: 1, Index: "main"}, {Time: 2, Index: "main"}, {Time: 3, Index: "main"}}})
	p, _ := w.plan("* | eval n=1 | dedup _time | stats count sum(n) as s | collect testmode=true | head 5")
	done := make(chan string)
	for range 4 {
		go func() {
			var out strings.Builder
			err := p.Run(context.Background(), w, func(b *batch.Batch) error {
				out.WriteString(b.Keep(func(n string) bool { return n == "count" || n == "s" }).String())
				return nil
			})
			if err != nil {
				out.WriteString(err.Error())
			}
			done <- out.String()
		}()
	}
	for range 4 {
		require.Equal(t, "count=3 s=3\n", <-done)
	}
}

// TestPruningChangesNothing: a search gives what it gave, whether all fields are
// wanted of its commands or only those that a table behind them shows.
func TestPruningChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(splscripts.Setup{Events: drawEvents(t)})
		text := drawSearch(t)
		all := w.Search(text + " | search *")
		require.NoError(t, all.Err, text)
		for _, column := range all.Columns {
			one := w.Search(text + ` | table "` + column + `"`)
			require.NoError(t, one.Err, text)
			require.Len(t, one.Rows, len(all.Rows), text)
			for i, row := range one.Rows {
				require.Equal(t, all.Rows[i][column], row[column], "%s: %s", text, column)
			}
		}
	})
}

func TestTable(t *testing.T) {
	find := Table()
	w := newWorld(endpoint)
	for _, s := range All() {
		got, ok := find(s.Name)
		require.True(t, ok && got.Name == s.Name)
		require.NotEmpty(t, s.Help, s.Name)
		require.True(t, strings.HasPrefix(s.Syntax, s.Name), s.Name)
		require.Contains(t, s.Example+" ", strings.TrimPrefix(s.Name, "search")+" ", s.Name)
		text := s.Example
		if strings.HasPrefix(text, "|") && s.Kind != search.Generating {
			text = "* " + text
		}
		if s.Name != "savedsearch" && s.Name != "loadjob" {
			_, problems := w.plan(text)
			require.False(t, problems.HasErrors(), "%s: %v", text, problems)
		}
	}
	for _, name := range spl.Commands() {
		_, ok := find(name)
		require.True(t, ok, "%s is known to the language", name)
	}
	for name, reason := range refused {
		require.Contains(t, spl.Commands(), name)
		require.NotEmpty(t, reason)
	}
	_, ok := find("riskscore")
	require.False(t, ok, "a custom command is found by who declares it")
}

// FuzzPlan: no text makes planning or running panic, and a plan prints.
func FuzzPlan(f *testing.F) {
	scripts, err := splscripts.Scripts()
	require.NoError(f, err)
	for _, s := range scripts {
		for _, step := range s.Steps {
			f.Add(step.Search)
		}
	}
	setup := endpoint
	for _, raw := range []string{"a=1 b=x", "a=2", ""} {
		setup.Events = append(setup.Events, event.Event{Raw: []byte(raw), Index: "main", Sourcetype: "proc", Fields: []event.Field{{Name: "a", Value: raw}, {Name: "a", Value: "7"}}})
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := newWorld(setup)
		p, problems := w.plan(text)
		if p == nil {
			require.NotEmpty(t, problems)
			return
		}
		require.NotEmpty(t, p.Explain())
		_ = p.Run(t.Context(), w, func(b *batch.Batch) error {
			require.Len(t, b.Columns, len(b.Names))
			for _, c := range b.Columns {
				require.Equal(t, b.Len, c.Len())
			}
			return nil
		})
	})
}
