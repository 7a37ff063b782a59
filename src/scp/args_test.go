package scp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

// argCommand has an option of each sort.
var argCommand = Command{
	Name: "score",
	Options: []Option{
		{Name: "impact", Value: "<num>|<field>", Expect: "a number from 0 to 100 or a field name", Check: func(v string) bool { return v != "-1" }},
		{Name: "message", Value: "<string>"},
		{Name: "output", Choices: []string{"rows", "annotate", "risk"}},
		{Name: "explain", Value: "<bool>", Default: "false"},
		{Name: "dedup", Value: "<field-list>", List: true},
		{Name: "factor.", Value: "<string>"},
		{Name: "score", Value: "<num>"},
	},
	Clauses: []Clause{
		{Keyword: "FOR", Item: "object", Syntax: "<field> (AS <type>)? (SCORE=<num>)?", Assign: []string{"SCORE"}},
		{Keyword: "THREAT", Item: "threat", Syntax: "<field> (AS <type>)?"},
	},
}

func TestSplitArguments(t *testing.T) {
	for text, want := range map[string][2][]string{
		`a=one b = "two" "c"="three"`:      {{"a=one", "b", "=", "two", "c=three"}, {"a=one", "b", "=", `"two"`, `"c"="three"`}},
		`r="A \"b\" C" 's'="q\\r"`:         {{`r=A "b" C`, `'s'=q\r`}, {`r="A \"b\" C"`, `'s'="q\\r"`}},
		`count=1000 text="Hello World!"`:   {{"count=1000", "text=Hello World!"}, {"count=1000", `text="Hello World!"`}},
		`pattern="\w+"`:                    {{`pattern=\w+`}, {`pattern="\w+"`}},
		"FOR user AS user, dest ,a,,b\t\n": {{"FOR", "user", "AS", "user", "dest", "a", "b"}, {"FOR", "user", "AS", "user", "dest", "a", "b"}},
		`x="a, b" "not closed`:             {{"x=a, b", "not closed"}, {`x="a, b"`, `"not closed`}},
		`""`:                               {{""}, {`""`}},
		"":                                 {},
		`x="\`:                             {{`x=\`}, {`x="\`}},
		"ü=ñ":                              {{"ü=ñ"}, {"ü=ñ"}},
	} {
		args, rawArgs := SplitArguments(text)
		require.Equal(t, want, [2][]string{args, rawArgs}, text)
	}
}

// dump is arguments as text: words, options, clauses.
func dump(a *Args) string {
	var out []string
	show := func(items []Item) string {
		var parts []string
		for _, it := range items {
			s := it.Value
			if it.Quoted {
				s = "'" + s + "'"
			}
			if it.Name != "" {
				s = it.Name + ":" + s
			}
			parts = append(parts, s)
		}
		return strings.Join(parts, " ")
	}
	if len(a.Words) > 0 {
		out = append(out, "words "+show(a.Words))
	}
	for _, o := range argCommand.Options {
		if items := a.Each(o.Name); len(items) > 0 {
			out = append(out, o.Name+" "+show(items))
		}
	}
	for _, u := range a.Uses {
		out = append(out, u.Keyword+" "+show(u.Items))
	}
	return strings.Join(out, "; ")
}

func parse(text string) (*Args, diag.List) {
	args, rawArgs := SplitArguments(text)
	return argCommand.Parse(&Info{Args: args, RawArgs: rawArgs})
}

func TestArguments(t *testing.T) {
	for text, want := range map[string]string{
		"impact=80":                         "impact impact:80",
		"IMPACT = 80":                       "impact impact:80",
		`impact= "80"`:                      "impact impact:'80'",
		`"impact" ="80"`:                    "impact impact:'80'",
		"impact =80":                        "impact impact:80",
		`message="a=b $c$, \"d\" \w \\"`:    `message message:'a=b $c$, "d" \w \'`,
		`message=""`:                        "message message:''",
		"message=":                          "message message:",
		"output=ANNOTATE":                   "output output:annotate",
		"explain=T":                         "explain explain:T",
		"dedup=user,dest, src FOR x":        "dedup dedup:user dedup:dest dedup:src; FOR x",
		`factor.a="x=y add 5" factor.b.c=1`: "factor. a:'x=y add 5' b.c:1",
		"FOR user AS user, dest THREAT p AS process": "FOR user AS user dest; THREAT p AS process",
		"for user impact=5 dest threat p":            "impact impact:5; FOR user dest; THREAT p",
		"FOR src AS system, user SCORE=15":           "FOR src AS system user SCORE:15",
		"score=40 FOR src":                           "score score:40; FOR src",
		"FOR score=40 src":                           "score score:40; FOR src", // before a word it is the option
		`FOR "for" "a b"`:                            "FOR 'for' 'a b'",
		"FOR a FOR b":                                "FOR a; FOR b",
		"":                                           "",
	} {
		a, problems := parse(text)
		require.Empty(t, problems, text)
		require.Equal(t, want, dump(a), text)
	}
}

func TestArgumentsOfTheFirstVersionsOfSplunk(t *testing.T) {
	a, problems := argCommand.Parse(&Info{Args: []string{"message=Hello World!", "FOR", "dest"}})
	require.Empty(t, problems)
	require.Equal(t, "message message:Hello World!; FOR dest", dump(a))
}

func TestAccessToArguments(t *testing.T) {
	a, _ := parse(`dedup="user, dest" explain=yes FOR a THREAT b FOR c`)
	require.Equal(t, []string{"user", "dest"}, a.List("dedup"))
	require.True(t, a.Bool("explain", false))
	require.True(t, a.Bool("none", true))
	require.Len(t, a.Clause("FOR"), 2)
	require.Equal(t, "score:1:20: x", diag.Message{Text: "x", Place: a.Items[1].Place}.Short())
	_, ok := a.Get("impact")
	require.False(t, ok)
}

func TestBadArguments(t *testing.T) {
	for text, want := range map[string]string{
		"impct=8":                 "Unknown option 'impct'. Did you mean 'impact'?",
		"zzzzz=8":                 "Unknown option 'zzzzz'.",
		"impact=-1":               "Invalid value '-1' for option 'impact'. Expected a number from 0 to 100 or a field name.",
		"output=anotate":          "Invalid value 'anotate' for option 'output'. Expected one of 'rows', 'annotate', 'risk'. Did you mean 'annotate'?",
		"explain=maybe":           "Invalid value 'maybe' for option 'explain'. Expected true or false.",
		"impact=1 impact=2":       "Option 'impact' is given more than once.",
		"factor.a=1 FACTOR.a=2":   "Option 'FACTOR.a' is given more than once.",
		"factor.=1":               "Unknown option 'factor.'.",
		"factr.x=1":               "Unknown option 'factr.x'. Did you mean 'factor.x'?",
		"dest":                    "Unexpected argument 'dest'.",
		"FRO dest":                "Unexpected argument 'FRO'. Did you mean 'FOR'? Unexpected argument 'dest'.",
		"=5":                      "A '=' has no name before it.",
		`message="a`:              `Unbalanced quotes in '"a'.`,
		"impct=8 output=x dest=1": "Unknown option 'impct'. Did you mean 'impact'? Invalid value 'x' for option 'output'. Expected one of 'rows', 'annotate', 'risk'. Unknown option 'dest'.",
	} {
		_, problems := parse(text)
		require.Equal(t, want, ErrorText(problems), text)
		for _, m := range problems {
			require.NotZero(t, m.Place, "%s: every problem has its place", text)
		}
	}
}

func FuzzArguments(f *testing.F) {
	for _, s := range []string{`a=one b = "two" "c"="three"`, `r="A \"b\" C" 's'="q\\r"`, "FOR user AS user, dest SCORE=15 THREAT x", "= =a a= \"", "factor.x=1 dedup=a,b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		args, rawArgs := SplitArguments(text)
		require.Len(t, args, len(rawArgs))
		for _, r := range rawArgs {
			again, same := SplitArguments(r)
			require.Equal(t, []string{r}, same, "a token stays one")
			require.Len(t, again, 1)
		}
		_, items, problems := scanArguments("score", rawArgs)
		_ = ErrorText(problems)
		a, _ := argCommand.Parse(&Info{RawArgs: rawArgs})
		require.Equal(t, items, a.Items)
		if len(problems) > 0 {
			return
		}
		var again []string // written with quotes it is the same
		for _, it := range items {
			s := quoteArgument(it.Value, it.Quoted)
			if it.Name != "" {
				s = quoteArgument(it.Name, true) + "=" + quoteArgument(it.Value, true)
			}
			again = append(again, s)
		}
		_, second, problems := scanArguments("x", again)
		require.Empty(t, problems, "%q", again)
		require.Len(t, second, len(items))
		for i := range items {
			require.Equal(t, items[i].Name+"="+items[i].Value, second[i].Name+"="+second[i].Value, "%q", again)
		}
	})
}

func quoteArgument(s string, quoted bool) string {
	if !quoted && s != "" && !strings.ContainsAny(s, "=\"") {
		return s
	}
	return fmt.Sprintf(`"%s"`, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s))
}
