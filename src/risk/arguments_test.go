package risk

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/scp"
)

// parse reads arguments as typed behind the command's name.
func parse(text string, saved ...SavedRule) (*Spec, []string) {
	args, raw := scp.SplitArguments(text)
	c := declaration
	read, problems := c.Parse(&scp.Info{Args: args, RawArgs: raw})
	spec, more := ReadSpec(read, func(name string) (SavedRule, []string, error) {
		for _, s := range saved {
			if s.Name == name {
				return s, nil, nil
			}
		}
		return SavedRule{}, nil, message("Saved search '" + name + "' not found or not readable.")
	})
	var out []string
	for _, m := range append(problems, more...).Errors() {
		out = append(out, strings.TrimSpace(m.Text+" "+m.Hint))
	}
	return spec, out
}

func specOf(t *testing.T, text string, saved ...SavedRule) *Spec {
	t.Helper()
	spec, problems := parse(text, saved...)
	require.Empty(t, problems, text)
	return spec
}

func TestErrorsAreSplunksSentences(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                  {"Missing risk object. Use FOR <field> or rule=<saved search>.", missingScore},
		"score=1":                           {"Missing risk object. Use FOR <field> or rule=<saved search>."},
		"score=1 FOR":                       {"Missing risk object. Use FOR <field> or rule=<saved search>."},
		"FOR dest":                          {missingScore},
		"impact=80 FOR dest":                {missingScore},
		"impact=80 confidence=101 FOR dest": {"Invalid value '101' for option 'confidence'. Expected a number from 0 to 100 or a field name."},
		"impact=-1 confidence=8% FOR dest": {
			"Invalid value '-1' for option 'impact'. Expected a number from 0 to 100 or a field name.",
			"Invalid value '8%' for option 'confidence'. Expected a number from 0 to 100 or a field name.",
		},
		"score=-1 FOR dest":                              {"Invalid value '-1' for option 'score'. Expected a number of 0 or more or a field name."},
		"score=1 impact=2 FOR dest":                      {"Options 'score' and 'impact'/'confidence' are mutually exclusive."},
		"score=1 confidence=2 impact=2 FOR dest":         {"Options 'score' and 'impact'/'confidence' are mutually exclusive."},
		"score=1 impct=2 FOR dest":                       {"Unknown option 'impct'. Did you mean 'impact'?"},
		`score=1 message="on $dest with $user" FOR dest`: {"Unbalanced '$' in message at position 4."},
		`score=1 message="für $dest" FOR dest`:           {"Unbalanced '$' in message at position 5."},
		`score=1 factor.x="a b c" FOR dest`:              {`Invalid factor 'x': expected "<field> <op> <value> (add|mult) <number>".`},
		"score=1 cap=3 FOR dest":                         {"cap must be a positive number followed by 'x'."},
		"score=1 cap=0x FOR dest":                        {"cap must be a positive number followed by 'x'."},
		"score=1 cap=-1x FOR dest":                       {"cap must be a positive number followed by 'x'."},
		"rule=nothing":                                   {"Saved search 'nothing' not found or not readable."},
		"score=1 FOR AS user":                            {"Invalid FOR clause. Expected <field> AS <type>.", "Missing risk object. Use FOR <field> or rule=<saved search>."},
		"score=1 FOR dest AS":                            {"Invalid FOR clause. Expected <field> AS <type>."},
		"score=1 FOR dest THREAT":                        {"Missing field after THREAT."},
		"score=1 FOR dest SCORE=-3":                      {"Invalid value '-3' for option 'SCORE'. Expected a number of 0 or more or a field name."},
		"score=1 FOR dest output=row":                    {"Invalid value 'row' for option 'output'. Expected one of 'rows', 'annotate', 'risk'. Did you mean 'rows'?"},
		"cap=2 message=$a impact=x": {
			"Unbalanced '$' in message at position 1.", "Missing risk object. Use FOR <field> or rule=<saved search>.",
			missingScore, "cap must be a positive number followed by 'x'.",
		},
	} {
		_, got := parse(text)
		require.ElementsMatch(t, want, got, text)
	}
}

func TestClausesInAnyOrderAndCase(t *testing.T) {
	want := specOf(t, "impact=80 confidence=80 FOR user AS user, dest AS system THREAT parent AS process, child")
	for _, text := range []string{
		"for user as user dest As system threat parent aS process child impact=80 confidence=80",
		"THREAT parent AS process, child FOR user AS user, impact=80 dest confidence=80 AS system",
		"FOR user FOR dest impact = 80 THREAT parent AS process THREAT child confidence =80",
	} {
		require.Equal(t, want, specOf(t, text), text)
	}
	require.Equal(t, []ObjectSpec{{Field: "user", Type: "user"}, {Field: "dest", Type: "system"}}, want.Objects)
	require.Equal(t, []Threat{{"parent", "process"}, {"child", "child"}}, want.Threats)
	quoted := specOf(t, `score=1 FOR "FOR" AS "AS" "Host Name"`)
	require.Equal(t, []ObjectSpec{{Field: "FOR", Type: "AS"}, {Field: "Host Name", Type: "other"}}, quoted.Objects)
}

func TestTypesComeFromNames(t *testing.T) {
	for field, want := range map[string]string{
		"user": "user", "src_user": "user", "dest": "system", "src": "system", "dvc": "system", "host": "system", "orig_host": "system",
		"process": "other", "User": "other",
	} {
		require.Equal(t, want, specOf(t, "score=1 FOR "+field).Objects[0].Type)
	}
}

func TestScoresOfObjects(t *testing.T) {
	s := specOf(t, "impact=severity_num confidence=conf FOR src AS system, user AS user SCORE=15")
	require.Equal(t, &Operand{Field: "severity_num"}, s.Impact)
	require.Equal(t, &Operand{Number: Whole(15)}, s.Objects[1].Score)
	require.Nil(t, s.Objects[0].Score)
	s = specOf(t, "FOR src SCORE=5, user score=points")
	require.Equal(t, &Operand{Field: "points"}, s.Objects[1].Score)
	s = specOf(t, "FOR src, user score=40")
	require.Equal(t, &Operand{Number: Whole(40)}, s.Score, "options may stand behind the clauses")
	require.Nil(t, s.Objects[1].Score)
	_, problems := parse("FOR src SCORE=5, user")
	require.Equal(t, []string{missingScore}, problems)
}

func TestLists(t *testing.T) {
	for _, text := range []string{`dedup=dest,user`, `dedup="dest, user"`, `dedup=dest, user`, `dedup="dest","user"`} {
		require.Equal(t, []string{"dest", "user"}, specOf(t, "score=1 "+text+" FOR dest").Dedup, text)
	}
	require.Equal(t, []string{`NT AUTHORITY\SYSTEM`, "*$"}, specOf(t, `score=1 FOR user ignore="NT AUTHORITY\SYSTEM,*$"`).Ignore)
	s := specOf(t, "score=1 FOR user cap=2.5X")
	require.Equal(t, "2.5", s.Cap.String())
	require.True(t, s.Stateful())
	require.False(t, specOf(t, "score=1 FOR user").Stateful())
}

func TestRuleIsInheritedAndOverridden(t *testing.T) {
	saved := SavedRule{
		Name: "X - Rule", Description: "why", Message: "$parent$ on $dest$",
		Objects: []SavedObject{{"user", "user", Whole(64)}, {"dest", "system", Whole(80)}}, Threats: []Threat{{"parent", "process"}},
	}
	s := specOf(t, `rule="X - Rule"`, saved)
	require.Equal(t, "X - Rule", s.SearchName)
	require.Equal(t, "$parent$ on $dest$", s.Message.String())
	require.Equal(t, "80", s.Objects[1].Saved.String())
	require.Equal(t, saved.Threats, s.Threats)
	require.True(t, s.Stateful())

	s = specOf(t, `rule="X - Rule" message="$a$" search_name=Y FOR user, host THREAT child impact=1 confidence=2`, saved)
	require.Equal(t, "$a$", s.Message.String())
	require.Equal(t, "Y", s.SearchName)
	require.Equal(t, "64", s.Objects[0].Saved.String(), "the saved search's own score of the field")
	require.Equal(t, "80", s.Objects[1].Saved.String(), "its highest for another")
	require.Equal(t, []Threat{{"child", "child"}}, s.Threats)

	_, problems := parse(`rule="X - Rule"`, SavedRule{Name: "X - Rule", Message: "a $b"})
	require.Equal(t, []string{"Unbalanced '$' in message at position 3 (saved search 'X - Rule')."}, problems)
	_, problems = parse(`rule="X - Rule"`, SavedRule{Name: "X - Rule"})
	require.Equal(t, []string{"Saved search 'X - Rule' has no risk object. Use FOR <field>."}, problems)
}

func FuzzArguments(f *testing.F) {
	for _, s := range []string{
		`impact=80 confidence=80 message="$a$" FOR user AS user, dest SCORE=3 THREAT p AS process`,
		`score=1 factor.a="b = c add 1" dedup=a,b cap=2x ignore="*$" FOR x`, `rule="a" FOR`, `FOR a b=c AS`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spec, problems := parse(text)
		if len(problems) > 0 {
			return
		}
		require.NotEmpty(t, spec.Objects)
		g := NewScorer(spec).New()
		require.NoError(t, ignoreStop(g.Row(cells{g.Scorer, row{}})))
	})
}
