package risk

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// cells is a row of the tests as a Scorer reads it.
type cells struct {
	*Scorer
	row row
}

func (c cells) Values(slot int) [][]byte {
	var out [][]byte
	for _, v := range c.row[c.fields[slot]] {
		out = append(out, []byte(v))
	}
	return out
}

// ignoreStop passes over the errors that arguments ask for.
func ignoreStop(err error) error {
	var m message
	if errors.As(err, &m) {
		return nil
	}
	return err
}

// score gives the risk objects of a row as `value type score [calculated] [explain]`.
func score(t require.TestingT, g *Scoring, r row) []string {
	require.NoError(t, g.Row(cells{g.Scorer, r}))
	var out []string
	for _, f := range g.Objects {
		text := string(f.Value) + " " + f.Type + " " + f.Score.String()
		if len(g.factors) > 0 {
			text += " " + f.Calculated.String()
		}
		if f.Explain != nil {
			text += " | " + string(f.Explain)
		}
		out = append(out, text)
	}
	return out
}

func TestScoring(t *testing.T) {
	both := row{"user": {"alice", "bob"}, "dest": {"host-1"}}
	for _, c := range []struct {
		args string
		row  row
		want []string
	}{
		{"impact=80 confidence=80 FOR dest", both, []string{"host-1 system 64"}},
		{"impact=77 confidence=80 FOR dest, user", both, []string{"host-1 system 61.6", "alice user 61.6", "bob user 61.6"}},
		{"score=1 FOR user mv=join", both, []string{"alice, bob user 1"}},
		{"score=1 FOR user AS person SCORE=7, dest", both, []string{"alice person 7", "bob person 7", "host-1 system 1"}},
		{"impact=i confidence=50 FOR dest", row{"dest": {"h"}, "i": {"30"}}, []string{"h system 15"}},
		{"impact=i confidence=50 FOR dest", row{"dest": {"h"}, "i": {"101"}}, []string{"h system 0"}},
		{"impact=i confidence=50 FOR dest", row{"dest": {"h"}, "i": {"high"}}, []string{"h system 0"}},
		{"score=s FOR dest SCORE=s", row{"dest": {"h"}}, []string{"h system 0"}},
		{"score=1 FOR dest", row{"dest": {"h"}, "risk_score": {"15.50"}}, []string{"h system 15.5"}},
		{"score=1 FOR dest SCORE=9", row{"dest": {"h"}, "risk_score": {"-5"}}, []string{"h system -5"}},
		{"score=1 FOR dest", row{"dest": {"h"}, "risk_score": {"high"}}, []string{"h system 1"}},
		{"score=1 FOR dest", row{"dest": {"h"}, "risk_score": {"1", "2"}}, []string{"h system 1"}},
		{"score=1 FOR dest", row{"dest": {"-"}}, nil},
		{"score=1 FOR dest", row{"dest": {"NULL"}}, nil},
		{"score=1 FOR dest", row{"dest": {""}}, nil},
		{"score=1 FOR dest, user", row{"user": {"null", "u", "-"}}, []string{"u user 1"}},
		{"score=1 FOR dest, user empty=keep", row{"user": {"null", "u"}}, []string{"unknown system 1", "u user 1", "unknown user 1"}},
		{"score=1 FOR dest, user empty=keep mv=join", row{"user": {"null", "u"}}, []string{"unknown system 1", "u user 1"}},
		{`score=1 ignore="SYSTEM,*$" FOR user`, row{"user": {"System", "WS-1$", "u$er", "NT SYSTEM"}}, []string{"u$er user 1", "NT SYSTEM user 1"}},
		{"score=40 FOR dest explain=t", both, []string{"host-1 system 40 | score=40"}},
		{"impact=80 confidence=80 FOR dest explain=t", both, []string{"host-1 system 64 | 80*80/100=64"}},
		{"score=1 FOR dest SCORE=15 explain=t", both, []string{"host-1 system 15 | SCORE=15"}},
		{"score=1 FOR dest explain=t", row{"dest": {"h"}, "risk_score": {"5"}}, []string{"h system 5 | risk_score=5"}},
		{
			`score=40 factor.contractor="user_category=contractor add 5" factor.crit="dest_priority=critical mult 1.5" explain=true FOR dest`,
			row{"dest": {"h"}, "user_category": {"contractor"}, "dest_priority": {"critical"}},
			[]string{"h system 40 67.5 | score=40 +5(contractor) x1.5(crit) = 67.5"},
		},
		{
			`impact=80 confidence=80 factor.b="b=1 mult 2" factor.a="a=1 add -4" explain=true FOR dest`,
			row{"dest": {"h"}, "a": {"1"}, "b": {"1"}},
			[]string{"h system 64 120 | 80*80/100=64 -4(a) x2(b) = 120"},
		},
		{
			`score=10 factor.admin="risk_object like \"adm%\" mult 2" factor.system="risk_object_type=system add 1" FOR user, dest`,
			row{"dest": {"h"}, "user": {"adm-joe", "bob"}},
			[]string{"adm-joe user 10 20", "bob user 10 10", "h system 10 11"},
		},
	} {
		require.Equal(t, c.want, score(t, NewScorer(specOf(t, c.args)).New(), c.row), c.args)
	}
}

func TestDedupScoresOnce(t *testing.T) {
	g := NewScorer(specOf(t, "score=5 dedup=dest,user FOR dest")).New()
	again := " | score=5 -> 0 (dedup: an earlier result has the same values)"
	for i, c := range []struct {
		row  row
		want string
	}{
		{row{"dest": {"a"}, "user": {"u"}}, "a system 5"},
		{row{"dest": {"a"}, "user": {"u"}}, "a system 0" + again},
		{row{"dest": {"a"}, "user": {"v"}}, "a system 5"},
		{row{"dest": {"a"}, "user": {"u", "v"}}, "a system 5"},
		{row{"dest": {"a"}}, "a system 5"},
		{row{"dest": {"a"}}, "a system 5"}, // without a user it is like no other
		{row{"dest": {"a"}, "user": {"u"}}, "a system 0" + again},
	} {
		require.Equal(t, []string{c.want}, score(t, g, c.row), i)
	}
	g = NewScorer(specOf(t, "score=5 dedup=risk_object FOR dest, src")).New()
	require.Equal(t, []string{"a system 5", "a system 0" + again}, score(t, g, row{"dest": {"a"}, "src": {"a"}}))
	require.Equal(t, []string{"b system 5"}, score(t, g, row{"src": {"b"}}))
}

func TestCapIsTimesTheHighestScoreSoFar(t *testing.T) {
	g := NewScorer(specOf(t, "score=s cap=2x FOR dest")).New()
	for i, c := range []struct{ object, score, want string }{
		{"h", "10", "10"},
		{"h", "10", "10"},
		{"h", "10", "0 | score=10 -> 0 (cap: 20 of at most 2x10)"},
		{"H", "1", "0 | score=1 -> 0 (cap: 20 of at most 2x10)"}, // one object, whatever the case
		{"other", "1", "1"},
		{"h", "30", "30"},
		{"h", "10", "10"},
		{"h", "1", "0 | score=1 -> 0 (cap: 60 of at most 2x30)"},
		{"h", "0", "0"},
	} {
		require.Equal(t, []string{c.object + " system " + c.want}, score(t, g, row{"dest": {c.object}, "s": {c.score}}), i)
	}
}

func TestMessages(t *testing.T) {
	r := row{"dest": {"h"}, "user": {"a", "b"}, "q": {`say "hi"`}, "e": {""}}
	for args, want := range map[string]string{
		`message="$dest$ by $user$"`:            "h by a, b",
		`message="$q|s$ $q$"`:                   `"say \"hi\"" say "hi"`,
		`message="$gone$ $e$"`:                  "unknown unknown",
		`message="$gone$ $e|s$ x" missing=keep`: "$gone$ $e|s$ x",
		`message="[$gone$] $e|s$" missing=n/a`:  `[n/a] "n/a"`,
		`message="[$gone$]" missing=""`:         "[]",
		`message="costs $$5 $dest$"`:            "costs $5 h",
		`message="no token"`:                    "no token",
		`missing=keep`:                          "",
	} {
		g := NewScorer(specOf(t, "score=1 FOR dest "+args)).New()
		score(t, g, r)
		require.Equal(t, want, string(g.Message), args)
	}
}

func TestStops(t *testing.T) {
	g := NewScorer(specOf(t, `score=1 FOR dest message="$gone$" missing=error`)).New()
	require.EqualError(t, g.Row(cells{g.Scorer, row{"dest": {"h"}}}), "Field 'gone' used in message is not in the results.")
	g = NewScorer(specOf(t, `score=1 FOR dest empty=error`)).New()
	require.EqualError(t, g.Row(cells{g.Scorer, row{"dest": {"-"}}}), "Risk object field 'dest' is missing or empty in a result.")
}

func TestWarningsCount(t *testing.T) {
	s := NewScorer(specOf(t, `impact=i confidence=80 message="$gone$ $user$ $gone$" FOR dest, user`))
	g := s.New()
	for _, r := range []row{{"dest": {"h"}, "i": {"5"}}, {"dest": {"h"}, "user": {"u"}, "i": {"500"}}, {"user": {"null", "-"}}} {
		score(t, g, r)
	}
	want := []string{
		"Risk object field 'dest' is missing or empty in 1 of 3 results; they were skipped.",
		"Risk object field 'user' is missing or empty in 2 of 3 results; they were skipped.",
		"Field 'gone' used in message is not in the results.",
		"Field 'user' used in message has no value in 1 of 2 results.",
		"Field 'i' used for impact is not a number from 0 to 100 in 1 of 2 results; they score 0.",
	}
	require.Equal(t, want, g.counts.Warnings())
	var all Counts
	all.Move(&g.counts)
	require.Empty(t, g.counts.Warnings())
	all.Move(&s.New().counts)
	require.Equal(t, want, all.Warnings())
}

func TestFactorConditions(t *testing.T) {
	for text, want := range map[string]bool{
		"a=contractor add 1": true, "a = contractor add 1": true, `a="contractor" add 1`: true, "a=Contractor add 1": false,
		"a!=x add 1": true, "a!=contractor add 1": false, "b!=x add 1": false, "b=x add 1": false,
		"n>5 add 1": true, "n>=10 add 1": true, "n<10 add 1": false, "n<=10 add 1": true, "n=10.0 add 1": true, "n<9 add 1": false,
		"a like cont% add 1": true, "a like _ontractor mult 1": true, "a like ont% mult 1": false, "a LIKE %.% mult 1": false,
		"a regex ^con.*r$ add 1": true, `a regex "(?i)TRACT" ADD 1`: true, "a>b add 1": true, "m=y add 1": true, "m!=y add 1": false,
		`s="two words" add 1`: true, "s = two words add 1": true, "t=add add 1": true,
	} {
		f, ok := ParseFactor("x", text)
		require.True(t, ok, text)
		r := row{"a": {"contractor"}, "n": {"10"}, "m": {"x", "y"}, "s": {"two words"}, "t": {"add"}}
		var values [][]byte
		for _, v := range r[f.Field] {
			values = append(values, []byte(v))
		}
		require.Equal(t, want, f.matches(values), text)
	}
	for _, bad := range []string{"", "a", "a add 1", "a=b plus 1", "a=b add x", "a=b mult -1", "=b add 1", "a ~ b add 1", "a regex ( add 1", "5=b add 1", "a!b add 1"} {
		_, ok := ParseFactor("x", bad)
		require.False(t, ok, bad)
	}
}

func TestWildcards(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"SYSTEM", "system", true},
		{"system", "systems", false},
		{"*$", "ws-1$", true},
		{"*$", "$ws", false},
		{"a*c*e", "abcde", true},
		{"a*c*e", "ace", true},
		{"a*c*e", "aec", false},
		{"*", "", true},
		{"**", "x", true},
		{"a*a", "a", false},
		{"ÄB*", "äbc", true},
	} {
		require.Equal(t, c.want, newWildcard(c.pattern).matches([]byte(strings.ToLower(c.text))), c)
	}
}

func TestSeverities(t *testing.T) {
	for text, want := range map[string]string{
		"0": "informational", "-3": "informational", "20": "informational", "20.1": "low", "40": "low", "60": "medium", "64": "high", "80": "high",
		"80.01": "critical", "1000": "critical",
	} {
		require.Equal(t, want, Severity(number(t, text)), text)
	}
}

// TestScoringAgreesWithRule compares the compiled scorer with the alert action's
// plain one.
func TestScoringAgreesWithRule(t *testing.T) {
	fields := []string{"user", "dest", "a.b", "risk_score"}
	value := rapid.SampledFrom([]string{"", "null", "x", "WS-1", `a "b"`, "15.50", "1e2", "-3", "ü"})
	rapid.Check(t, func(t *rapid.T) {
		rule := Rule{Message: mustTemplate(t, rapid.SampledFrom([]string{"", "m", "$user$ on $dest$ $a.b|s$", "$gone$$$"}).Draw(t, "message"))}
		spec := &Spec{Message: rule.Message, MissingText: Unknown, Empty: AbsenceSkip}
		for _, field := range rapid.SliceOfN(rapid.SampledFrom(fields[:3]), 1, 3).Draw(t, "objects") {
			n := Whole(rapid.IntRange(0, 100).Draw(t, "score"))
			rule.Objects = append(rule.Objects, Object{field, TypeOf(field), n.Float64()})
			spec.Objects = append(spec.Objects, ObjectSpec{Field: field, Type: TypeOf(field), Saved: &n})
		}
		for _, field := range rapid.SliceOfN(rapid.SampledFrom(fields), 0, 2).Draw(t, "threats") {
			rule.Threats = append(rule.Threats, Threat{field, "process"})
		}
		spec.Threats = rule.Threats
		g := NewScorer(spec).New()
		for range rapid.IntRange(1, 3).Draw(t, "rows") {
			r := row{}
			for _, f := range fields {
				if v := rapid.SliceOfN(value, 0, 3).Draw(t, f); len(v) > 0 {
					r[f] = v
				}
			}
			want, _ := rule.Apply(r)
			require.NoError(t, g.Row(cells{g.Scorer, r}))
			var got []Scored
			for _, f := range g.Objects {
				s := Scored{Object: Object{f.Field, f.Type, f.Saved.Float64()}, Value: string(f.Value), Score: f.Score.Float64(), Message: string(g.Message)}
				if len(g.Threats) > 0 {
					s.ThreatValues, s.ThreatTypes = texts(g.Threats), texts(g.ThreatTypes)
				}
				got = append(got, s)
			}
			require.Equal(t, want, got)
		}
	})
}

func mustTemplate(t require.TestingT, text string) Template {
	out, err := ParseTemplate(text)
	require.NoError(t, err)
	return out
}

func FuzzFactor(f *testing.F) {
	for _, s := range []string{"a=b add 1", `a like "x%" mult 2`, "a regex [ add 1", "a >= 5 add 1e9"} {
		f.Add(s, "b")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		factor, ok := ParseFactor("x", text)
		if !ok {
			return
		}
		require.NotEmpty(t, factor.Field)
		equal, opposite := factor, factor
		equal.Op, opposite.Op = "=", "!="
		values := [][]byte{[]byte(value)}
		require.NotEqual(t, equal.matches(values), opposite.matches(values))
		factor.matches(values)
	})
}
