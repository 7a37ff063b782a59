package risk

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
)

type row map[string][]string

func (r row) Values(f string) []string { return r[f] }

func template(t *testing.T, text string) Template {
	t.Helper()
	out, err := ParseTemplate(text)
	require.NoError(t, err)
	return out
}

func TestOneScoredForEachObjectAndValue(t *testing.T) {
	rule := Rule{
		Message: template(t, "An instance of $parent_process_name$ spawning $process_name$ on $dest$ by $user$"),
		Objects: []Object{{"user", "user", 64}, {"dest", "system", 64}},
		Threats: []Threat{{"parent_process_name", "process"}, {"process_name", "process"}},
	}
	scored, problems := rule.Apply(row{
		"user": {"alice", "bob"}, "dest": {"host-1"}, "parent_process_name": {"regsvcs.exe"}, "process_name": {"cmd.exe"},
	})
	require.Empty(t, problems)
	require.Len(t, scored, 3)
	require.Equal(t, "An instance of regsvcs.exe spawning cmd.exe on host-1 by alice, bob", scored[0].Message)
	require.Equal(t, []string{"alice", "bob", "host-1"}, []string{scored[0].Value, scored[1].Value, scored[2].Value})
	require.Equal(t, []string{"regsvcs.exe", "cmd.exe"}, scored[2].ThreatValues)
	require.Equal(t, []string{"process", "process"}, scored[2].ThreatTypes)
	require.Equal(t, "64", FormatScore(scored[2].Score))
}

func TestMissingObjectsAreReported(t *testing.T) {
	rule := Rule{Objects: []Object{{"dest", "system", 10}}}
	for _, c := range []struct {
		row   row
		found string
	}{
		{row{}, ""},
		{row{"dest": {""}}, ""},
		{row{"dest": {"null"}}, "null"},
		{row{"dest": {"NULL"}}, "NULL"},
	} {
		scored, problems := rule.Apply(c.row)
		require.Empty(t, scored)
		require.Equal(t, []Problem{{Field: "dest", Object: true, Found: c.found}}, problems)
		require.Contains(t, problems[0].String(), `"dest"`)
	}
}

func TestRowsOwnScoreWinsWhenItIsANumber(t *testing.T) {
	rule := Rule{Objects: []Object{{"dest", "system", 64}}}
	for text, want := range map[string]float64{"15": 15, "0": 0, "61.6": 61.6, "-5": -5, "high": 64, "": 64, "NaN": 64, "inf": 64} {
		scored, _ := rule.Apply(row{"dest": {"h"}, "risk_score": {text}})
		require.Equal(t, want, scored[0].Score, text)
	}
	scored, _ := rule.Apply(row{"dest": {"h"}, "risk_score": {"1", "2"}})
	require.Equal(t, 64.0, scored[0].Score, "two scores are none")
	require.Equal(t, 64.0, Score(80, 80))
	require.Equal(t, "61.6", FormatScore(Score(77, 80)))
}

func TestTemplates(t *testing.T) {
	r := row{"dest": {"host-1"}, "a.b{}": {"x", "y"}, "q": {`say "hi"`}}
	for text, want := range map[string]string{
		"from $dest$ using":       "from host-1 using",
		"$dest$$dest$":            "host-1host-1",
		"$$dest$$":                "$dest$",
		"costs $5 and $ 6":        "costs $5 and $ 6",
		"$a.b{}$":                 "x, y",
		"$q|s$":                   `"say \"hi\""`,
		"no tokens":               "no tokens",
		"":                        "",
		"$gone$ and $gone$":       "unknown and unknown",
		"ends with a dollar: 5 $": "ends with a dollar: 5 $",
	} {
		got, _ := template(t, text).Render(r)
		require.Equal(t, want, got, text)
	}
	_, absent := template(t, "$gone$ $gone$ $dest$").Render(r)
	require.Equal(t, []string{"gone"}, absent)
	require.Equal(t, []string{"gone", "dest"}, template(t, "$gone$ $gone$ $dest$").Fields())
	for _, bad := range []string{"on $dest using", "$user", "a $dest$ b $user b"} {
		_, err := ParseTemplate(bad)
		var te *TemplateError
		require.ErrorAs(t, err, &te, bad)
		require.Equal(t, byte('$'), bad[te.Offset])
	}
}

func TestRecordIsStash(t *testing.T) {
	r := NewRecord(event.Time(1768478400e9))
	r.Add("search_name", "RiskReplay - X - Rule")
	r.Add("tag", "a", "b")
	r.Add("empty", "")
	r.Add("none")
	r.Add("process", `"C:\reg.exe" add`)
	r.Add("search_name", "again")
	require.Equal(t, `1768478400, search_name="RiskReplay - X - Rule", tag="a", tag="b", process="\"C:\reg.exe\" add"`, string(r.Raw()))
	require.Equal(t, []string{"a", "b"}, r.Values("tag"))
	require.Equal(t, "a", r.Value("tag"))
	require.Empty(t, r.Value("empty"))
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"$a$", "$$", "x $a|s$ y", "$a", "5 $"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tmpl, err := ParseTemplate(s)
		if err != nil {
			return
		}
		require.Equal(t, s, tmpl.String())
		full := row{}
		for _, name := range tmpl.Fields() {
			full[name] = []string{"v"}
		}
		out, absent := tmpl.Render(full)
		require.Empty(t, absent)
		if !strings.Contains(s, "$") {
			require.Equal(t, s, out)
		}
	})
}
