package risk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/conf"
	"riskreplay/src/scp"
)

var now = time.Date(2026, 1, 15, 12, 20, 0, 0, time.UTC)

const savedText = `
[X - Rule]
description = why
action.risk = 1
action.risk.param._risk_message = $parent$ on $dest$
action.risk.param._risk = [{"risk_object_field": "dest", "risk_object_type": "system", "risk_score": 64}, {"threat_object_field": "parent", "threat_object_type": "process"}]
action.correlationsearch.annotations = {"mitre_attack": ["T1218.009"]}
`

// host is a machine with one app.
var host = Host{
	Now: func() time.Time { return now },
	Apps: func(*scp.Info) []conf.App {
		return []conf.App{{ID: "app", FS: fstest.MapFS{
			"default/savedsearches.conf": {Data: []byte(savedText)},
			"lookups/mitre_attack.csv":   {Data: []byte("mitre_id,technique,tactics\nT1218.009,Regsvcs/Regasm,Defense Evasion\n")},
		}}}
	},
}

// table makes rows of columns `name`, `values...`: "" is null, "a;b" two values.
func table(columns ...string) *scp.Table {
	t := &scp.Table{}
	for _, column := range columns {
		name, values, _ := strings.Cut(column, "=")
		t.Fields = append(t.Fields, name)
		var cells [][]string
		for _, v := range strings.Split(values, ",") {
			var cell []string
			if v != "" {
				cell = strings.Split(v, ";")
			}
			cells = append(cells, cell)
		}
		t.Cells, t.Rows = append(t.Cells, cells), len(cells)
	}
	return t
}

// show writes a table as its test cases write it.
func show(t *scp.Table) []string {
	var out []string
	for i, name := range t.Fields {
		var cells []string
		for _, c := range t.Cells[i] {
			cells = append(cells, strings.Join(c, ";"))
		}
		out = append(out, name+"="+strings.Join(cells, ","))
	}
	return out
}

func converse(t require.TestingT, args string, rows *scp.Table, sizes ...int) (*scp.Outcome, error) {
	info := scp.Info{SID: "1768478400.1", SessionKey: "k", App: "app", Owner: "admin", Earliest: "1768474200", Latest: "1768477800"}
	o, err := (&scp.Mock{Command: Command(host), Arguments: args, Info: info, Sizes: sizes}).Run(rows)
	require.Zero(t, o.Exit)
	require.Empty(t, o.Stderr)
	return o, err
}

func TestConversations(t *testing.T) {
	in := []string{"user=alice;bob,-,carol", "dest=WS-1,WS-2,", "count=1,2,3"}
	for _, c := range []struct {
		args string
		in   []string
		want []string
	}{
		{
			"impact=80 confidence=80 FOR dest AS system", in,
			[]string{
				"user=alice;bob,-", "dest=WS-1,WS-2", "count=1,2", "risk_object=WS-1,WS-2", "risk_object_type=system,system",
				"risk_object_field=dest,dest", "risk_score=64,64", "risk_severity=high,high",
			},
		},
		{
			`score=5 message="$dest$ $user$" search_name="A B" explain=true FOR user, dest THREAT count AS n, user`, in,
			[]string{
				"user=alice;bob,alice;bob,alice;bob,-,carol", "dest=WS-1,WS-1,WS-1,WS-2,", "count=1,1,1,2,3",
				"risk_object=alice,bob,WS-1,WS-2,carol", "risk_object_type=user,user,system,system,user",
				"risk_object_field=user,user,dest,dest,user", "risk_score=5,5,5,5,5",
				"risk_severity=informational,informational,informational,informational,informational",
				"risk_message=WS-1 alice, bob,WS-1 alice, bob,WS-1 alice, bob,WS-2 -,unknown carol",
				"threat_object=1;alice;bob,1;alice;bob,1;alice;bob,2;-,3;carol", "threat_object_type=n;user;user,n;user;user,n;user;user,n;user,n;user",
				"search_name=A B,A B,A B,A B,A B",
				`contributing_events_search=| savedsearch "A B" | search user=alice,| savedsearch "A B" | search user=bob,` +
					`| savedsearch "A B" | search dest=WS-1,| savedsearch "A B" | search dest=WS-2,| savedsearch "A B" | search user=carol`,
				"risk_explain=score=5,score=5,score=5,score=5,score=5",
			},
		},
		{
			`score=5 output=annotate message="$user$" FOR user, dest THREAT count`, in,
			[]string{
				"user=alice;bob,-,carol", "dest=WS-1,WS-2,", "count=1,2,3", "risk_score=5;5;5,5,5",
				"risk_object=alice;bob;WS-1,WS-2,carol", "risk_object_type=user;user;system,system,user",
				"risk_object_field=user;user;dest,dest,user", "risk_severity=informational;informational;informational,informational,informational",
				"risk_message=alice, bob;alice, bob;alice, bob,-,carol",
				"threat_object=1,2,3", "threat_object_type=count,count,count",
			},
		},
		{ // without a risk object the row loses its risk fields, and else stays
			"score=5 output=annotate FOR dest",
			[]string{"dest=,WS-1", "risk_score=7,8", "risk_object=a,b"},
			[]string{
				"dest=,WS-1", "risk_score=,8", "risk_object=,WS-1", "risk_object_type=,system", "risk_object_field=,dest",
				"risk_severity=,informational",
			},
		},
		{ // a row's own score wins, and its fields are replaced in their places
			"score=5 FOR dest",
			[]string{"risk_score=61.60,high", "dest=a,b", "risk_message=own,own"},
			[]string{
				"risk_score=61.6,5", "dest=a,b", "risk_message=own,own", "risk_object=a,b", "risk_object_type=system,system",
				"risk_object_field=dest,dest", "risk_severity=high,informational",
			},
		},
		{
			`score=40 factor.c="cat=contractor add 5" factor.d="cat=contractor mult 1.5" FOR user, dest output=annotate`,
			[]string{"user=u,v", "dest=h,h", "cat=contractor,"},
			[]string{
				"user=u,v", "dest=h,h", "cat=contractor,", "risk_score=40;40,40;40",
				"risk_object=u;h,v;h", "risk_object_type=user;system,user;system", "risk_object_field=user;dest,user;dest", "calculated_risk_score=67.5;67.5,40;40",
				"risk_factor_add_matched=c;c,", "risk_factor_mult_matched=d;d,", "risk_severity=low;low,low;low",
			},
		},
		{
			"score=9 dedup=dest FOR dest",
			[]string{"dest=a,a,b"},
			[]string{
				"dest=a,a,b", "risk_object=a,a,b", "risk_object_type=system,system,system", "risk_object_field=dest,dest,dest",
				"risk_score=9,0,9", "risk_severity=informational,informational,informational",
				"risk_explain=,score=9 -> 0 (dedup: an earlier result has the same values),",
			},
		},
		{
			`rule="X - Rule"`,
			[]string{"dest=a,null", "parent=p,"},
			[]string{
				"dest=a", "parent=p", "risk_object=a", "risk_object_type=system", "risk_object_field=dest", "risk_score=64", "risk_severity=high",
				"risk_message=p on a", "threat_object=p", "threat_object_type=process", "search_name=X - Rule",
				`contributing_events_search=| savedsearch "X - Rule" | search dest=a`,
			},
		},
	} {
		for _, sizes := range [][]int{nil, {1}, {2, 0}} {
			o, err := converse(t, c.args, table(c.in...), sizes...)
			require.NoError(t, err, c.args)
			require.Equal(t, c.want, show(&o.Rows), c.args)
		}
	}
}

func TestKindsAndFields(t *testing.T) {
	for _, c := range []struct {
		args   string
		kind   scp.Kind
		fields []string
	}{
		{"score=5 FOR dest", scp.KindStreaming, nil},
		{"score=5 FOR dest output=risk", scp.KindStreaming, nil},
		{"score=5 FOR dest dedup=user", scp.KindStateful, nil},
		{"score=5 FOR dest cap=2x", scp.KindStateful, nil},
		{`rule="X - Rule"`, scp.KindStateful, nil},
		{
			`impact=i confidence=c message="$m$" factor.f="x=1 add 1" FOR dest SCORE=s THREAT t output=annotate`, scp.KindStreaming,
			[]string{"dest", "s", "t", "m", "i", "c", "risk_score", "x"},
		},
		{`rule="X - Rule" output=annotate dedup=user,risk_object`, scp.KindStateful, []string{"dest", "parent", "risk_score", "user"}},
	} {
		o, err := converse(t, c.args, table("dest=a"))
		require.NoError(t, err, c.args)
		require.Equal(t, c.kind, o.Kind, c.args)
		require.Equal(t, c.fields, o.Fields, c.args)
	}
}

func TestUsersAreTold(t *testing.T) {
	o, err := converse(t, `impact=i confidence=9 message="$gone$ $user$" FOR dest, user`, table("dest=a,,b", "user=,u,v", "i=5,6,x"), 1)
	require.NoError(t, err)
	var got []string
	for _, n := range o.Messages {
		got = append(got, string(n.Level)+" "+n.Text)
	}
	require.Equal(t, []string{
		"WARN Risk object field 'dest' is missing or empty in 1 of 3 results; they were skipped.",
		"WARN Risk object field 'user' is missing or empty in 1 of 3 results; they were skipped.",
		"WARN Field 'gone' used in message is not in the results.",
		"WARN Field 'user' used in message has no value in 1 of 3 results.",
		"WARN Field 'i' used for impact is not a number from 0 to 100 in 1 of 3 results; they score 0.",
	}, got)
	o, err = converse(t, `score=9 FOR dest, user`, table("dest=a", "user=b"))
	require.NoError(t, err)
	require.Empty(t, o.Messages)
}

func TestErrorsEndTheSearch(t *testing.T) {
	for args, want := range map[string]string{
		"FOR dest":        missingScore,
		"scor=5 FOR dest": "Unknown option 'scor'. Did you mean 'score'?",
		"FOR dest cap=x":  missingScore + " cap must be a positive number followed by 'x'.",
		`score=1 FOR dest message="$gone$" missing=error`: "Field 'gone' used in message is not in the results.",
		`score=1 FOR gone empty=error`:                    "Risk object field 'gone' is missing or empty in a result.",
		`rule="Y - Rule"`:                                 "Saved search 'Y - Rule' not found or not readable. Did you mean 'X - Rule'?",
	} {
		_, err := converse(t, args, table("dest=a"))
		require.EqualError(t, err, "Error in 'riskscore' command: "+want, args)
	}
}

// TestRowsAndAnnotateAgree: annotate has for each result what rows has for its
// risk objects, whatever the chunks.
func TestRowsAndAnnotateAgree(t *testing.T) {
	value := rapid.SampledFrom([]string{"a", "A", "null", "-", "b c", `q"q`, "$5", "contractor", "7.5", "100", "ü", "x\ny"})
	options := []string{
		"score=40", "impact=n confidence=50", `message="$user$: $gone$ $dest|s$"`, "mv=join", "empty=keep", "ignore=a*", "explain=true",
		"dedup=user,dest", "dedup=risk_object", "cap=2x", `factor.f="user=contractor mult 1.5"`, `factor.g="risk_object_type!=user add 5"`,
		`search_name="S n"`, "missing=keep",
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := &scp.Table{Fields: []string{"id", "user", "dest", "n"}, Rows: rapid.IntRange(0, 6).Draw(t, "rows")}
		rows.Cells = make([][][]string, len(rows.Fields))
		for r := range rows.Rows {
			rows.Cells[0] = append(rows.Cells[0], []string{fmt.Sprint(r)})
			for f := 1; f < len(rows.Fields); f++ {
				rows.Cells[f] = append(rows.Cells[f], rapid.SliceOfN(value, 0, 3).Draw(t, rows.Fields[f]))
			}
		}
		args := "FOR user, dest THREAT n"
		for _, o := range rapid.SliceOfNDistinct(rapid.SampledFrom(options[2:]), 0, 5, func(o string) string { return o[:4] }).Draw(t, "options") {
			args = o + " " + args
		}
		args = rapid.SampledFrom(options[:2]).Draw(t, "score") + " " + args
		sizes := rapid.SliceOfN(rapid.IntRange(1, 4), 0, 3).Draw(t, "sizes")
		many, err := converse(t, args, rows, sizes...)
		require.NoError(t, err, args)
		one, err := converse(t, args+" output=annotate", rows)
		require.NoError(t, err, args)
		require.Equal(t, rows.Rows, one.Rows.Rows)
		require.Equal(t, byID(&many.Rows, false), byID(&one.Rows, true), args)
		require.Equal(t, many.Messages, one.Messages)
	})
}

// perObject are the fields that are parallel with annotate.
var perObject = []string{
	"risk_object", "risk_object_type", "risk_object_field", "risk_score", "calculated_risk_score", "risk_factor_add_matched",
	"risk_factor_mult_matched", "risk_severity", "risk_message", "contributing_events_search", "risk_explain",
}

// byID gives for each result the risk fields of its risk objects as texts.
func byID(t *scp.Table, annotated bool) map[string][]string {
	out := map[string][]string{}
	for r := range t.Rows {
		id := t.Column("id")[r][0]
		n := 1
		if objects := t.Column("risk_object"); annotated && objects != nil {
			n = len(objects[r])
		} else if annotated {
			n = 0
		}
		for i := range n {
			var fields []string
			for f, name := range t.Fields {
				cell := t.Cells[f][r]
				if annotated && n > 1 && slices.Contains(perObject, name) {
					cell = cell[min(i, len(cell)):min(i+1, len(cell))]
				}
				if v := strings.Join(cell, ", "); v != "" {
					fields = append(fields, fmt.Sprintf("%s=%q", name, v))
				}
			}
			slices.Sort(fields) // annotate has risk_score before the others, because it asks for it
			out[id] = append(out[id], strings.Join(fields, " "))
		}
	}
	return out
}

func TestMomentOfASearch(t *testing.T) {
	for sid, want := range map[string]string{
		"scheduler__nobody_app__RMD5x_at_1768478400_1": "1768478400",
		"scheduler_nobody_YXBw__RMD5x_at_1768478400_1": "1768478400",
		"1599172248.26":            "1599172248",
		"remote_sh1_1599172248.26": "1599172248",
		"remote_sh1_scheduler__nobody_app__RMD5x_at_1768478400_1": "1768478400",
		"admin__admin__search__look_at_me__search1_1599172248.26": "1599172248",
		"":         "1768479600",
		"whatever": "1768479600",
	} {
		require.Equal(t, want, Moment(sid, now).String(), sid)
	}
}
