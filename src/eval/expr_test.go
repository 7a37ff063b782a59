package eval

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/batch"
	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/spl"
)

// testNow is 2026-01-15T12:20:00Z.
const testNow = event.Time(1768479600) * 1e9

func testEnv(rules Rules) Env { return Env{Now: testNow, Zone: time.UTC, Rules: rules} }

// compileText compiles the text of an expression.
func compileText(t testing.TB, text string, rules Rules) (*Expr, diag.List) {
	t.Helper()
	source := spl.Plain(&diag.Text{Name: "<search>", Body: text})
	tree, problems := spl.ParseExpr(source)
	require.Empty(t, problems, text)
	return Compile(tree, &spl.Stage{Source: source, Name: "eval"}, testEnv(rules))
}

func mustExpr(t testing.TB, text string, rules Rules) *Expr {
	t.Helper()
	x, problems := compileText(t, text, rules)
	require.Empty(t, problems, text)
	return x
}

// fieldsOf reads a row as rowsOf does.
func fieldsOf(t testing.TB, line string) map[string]Value {
	out := map[string]Value{}
	b := rowsOf(t, line)
	for i, name := range b.Names {
		out[name] = FieldValues(b.Columns[i].Values(0))
	}
	return out
}

// printed is a value as the tables of cases have it: null, True, False, a text,
// or [a,b].
func printed(v Value) string {
	switch v.Kind() {
	case Null:
		return "null"
	case Multi:
		return "[" + strings.Join(v.Values(), ",") + "]"
	}
	return v.String()
}

func evalText(t testing.TB, text, row string, rules Rules) string {
	t.Helper()
	x := mustExpr(t, text, rules)
	fields := fieldsOf(t, row)
	return printed(x.Eval(func(i int) Value { return fields[x.Fields()[i]] }))
}

// evalCases is rule, row, expression, and what it gives.
var evalCases = `
D7  |                   | 8.250*0.2                              | 2
D7  |                   | 8.250*0.20                             | 1.7
D7  |                   | 8.250*0.200                            | 1.65
D7  |                   | 8.250*exact(0.2)                       | 1.650
D7  |                   | 1.00*1111                              | 1111
D7  |                   | sigfig(1.00*1111)                      | 1110
D7  |                   | tostring(1==1)+" "+tostring(15,"hex")+" "+tostring(12345.6789,"commas") | True 0xF 12,345.68
D7  |                   | typeof(12)+typeof("string")+typeof(1==2)+typeof(badfield) | NumberStringBoolInvalid
D7  | f=NaN             | tostring(isnum("NaN"))+tostring(isnum(f))+tostring(isstr(f)) | FalseTrueTrue
D7  | n=0|1|2|3|4|5|6|7 | mvindex(n,2)                           | 2
D7  | n=0|1|2|3|4|5|6|7 | mvindex(n,0,3)                         | [0,1,2,3]
D7  | n=0|1|2|3|4|5|6|7 | mvindex(n,-3,-1)                       | [5,6,7]
D7  | n=1|3|5|6|4|2     | max(n)                                 | 6
D7  | n=3|5|6|4|7|2     | min(n)                                 | 2
D7  | a=5.0 b=9         | avg(a,b,c)                             | 7
D7  | a=5.0 b=9         | sum(a,b,c)                             | 14
D7  | a=somedata        | avg(a,2,3)                             | 2.5
D7  | a=somedata        | sum(a,2,3)                             | 5
D7  |                   | printf("%c,%c",65,"Foo")               | A,F
D7  |                   | printf("%+4d",1)                       |   +1
D7  |                   | printf("%#x",1)                        | 0x1
D7  |                   | split("abcd","")                       | [a,b,c,d]
D7  |                   | mvrange(1,11,2)                        | [1,3,5,7,9]
D7  |                   | strftime(1738454400, "%V")             | 05
E1  | a=1.0             | if(a=1, "y", "n")                      | y
E1  | a=1.0             | if(a=="1", "y", "n")                   | n
E1  | status=404        | if(status="404", "y", "n")             | y
E1  |                   | if(substr("12",1,2)=12, "y", "n")      | y
E2  | a=RegSvcs.exe     | if(a="regsvcs.exe", "y", "n")          | n
E2  | a=RegSvcs.exe     | if(a LIKE "Reg%", "y", "n")            | y
E2  | a=RegSvcs.exe     | if(like(a,"reg%"), "y", "n")           | n
E2  |                   | if(like("a%c","a\%c"), "y", "n")       | y
E2  |                   | if(like("abc","a\%c"), "y", "n")       | n
E2  |                   | if(like("aXbYYc","a_b%c"), "y", "n")   | y
E2  | a=b l=x|b         | if(a IN ("c", l), "y", "n")            | y
E2  | a=b               | if(NOT a IN ("c", "d*"), "y", "n")     | y
E3  | a=5               | a+1                                    | 6
E3  | a=5               | a+"x"                                  | 5x
E3  | a=5               | "x"+a                                  | x5
E3  | a=x b=y           | a+"__"+b                               | x__y
E3  | a=x               | a+1                                    | null
E3  | a=5 b=2           | a.b                                    | 52
E3  | a=5               | a."x".1.5                              | 5x1.5
E3  | a=5 b=0           | a/b                                    | null
E3  | a=7 b=0           | a%b                                    | null
E3  |                   | 7%4                                    | 3
E3  |                   | -7%4                                   | -3
E3  | a=7               | -a                                     | -7
E5  | f=1               | if(f=1, NULL, 2)                       | null
E5  |                   | case(1=2, "a", true, "b")              | null
E6  |                   | IF(1=1 and NOT 1=2 or 1=3, UPPER("a"), "b") | A
E6  | a=ab              | if(a like "a%", 1, 2)                  | 1
P2  |                   | if(1=1 OR 1=1 AND 1=2, "y", "n")       | y
P2  |                   | if(NOT 1=2 AND 1=1, "y", "n")          | y
P2  |                   | if(1=1 XOR 1=1, "y", "n")              | n
P3  |                   | 1+2*3-4/2                              | 5
P3  |                   | "a".1+2                                | a3
N1  | a=1               | isnull(b)                              | True
N2  | a=1               | a+b                                    | null
N2  | a=1               | a.b                                    | null
N2  | a=1               | a<b                                    | null
N2  |                   | if(b=1, "y", "n")                      | n
N2  |                   | case(b=1, "x", 1=1, "y")               | y
N2  |                   | NOT b=1                                | null
N2  |                   | 1=1 OR b=1                             | True
N2  |                   | b=1 OR 1=1                             | True
N2  |                   | b=1 AND 1=2                            | False
N2  |                   | b=1 AND 1=1                            | null
N2  |                   | b=1 XOR 1=1                            | null
V2  | m=a|b             | if(m="b", "y", "n")                    | y
V2  | m=a|b             | if(m!="b", "y", "n")                   | y
V2  | m=a|b             | if(match(m,"^b"), "y", "n")            | y
V2  | m=1|5             | if(m>4, "y", "n")                      | y
V2  | m=a|b o=c|b       | if(m=o, "y", "n")                      | y
V4  | m=1|2             | m+1                                    | null
V4  | m=A|b             | upper(m)                               | [A,B]
V4  | m=abc|d           | len(m)                                 | [3,1]
V5  |                   | mvcount(absent)                        | null
V5  | m=a               | mvcount(m)                             | 1
V5  | m=ab|b|a          | mvfilter(match(m,"a"))                 | [ab,a]
V5  | m=ab|b|a          | mvfilter(m="x")                        | null
V5  | m=1|2 k=10        | mvmap(m, m*k)                          | [10,20]
V5  | m=1|2             | mvmap(m, if(m=1, null(), m))           | 2
F1  |                   | 9007199254740991+0                     | 9007199254740991
F1  |                   | 1/3                                    | 0.3333333333333333
F2  | x=0.5             | x*3                                    | 2
F2  | x=0.5             | x+1                                    | 1.5
F2  |                   | 1.25+1.5                               | 2.8
F2  |                   | 100-0.1                                | 99.9
F2  | x=48.857142857142854 | x*2                                 | 97.71428571428571
F3  | a=10 b=4          | a/b                                    | 2.5
F3  | a=10 b=5          | a/b                                    | 2
F4  |                   | now()                                  | 1768479600
F4  |                   | time()                                 | 1768479600.000000
F4  |                   | relative_time(now(), "-70m@m")         | 1768475400.000000
F4  |                   | relative_time(now(), "-1d@d")          | 1768348800.000000
F4  |                   | strptime("2018-08-13 07:00:00","%Y-%m-%d %H:%M:%S") | 1534143600.000000
F4  | t=1595251445.1234567 | t-1595251440                        | 5.1234567
F4  | t=1595251445.1234567 | strftime(t, "%H:%M:%S.%7N")         | 13:24:05.1234567
F4  |                   | round(-2.5)                            | -3
F4  |                   | round(0.805, 4)                        | 0.8050
F4  |                   | round(9.995, 2)                        | 10.00
F4  |                   | round(-0.001, 2)                       | 0.00
F5  |                   | tostring(86400*2+61, "duration")       | 2+00:01:01
F5  |                   | tostring(1.5, "duration")              | 00:00:01.500000
F5  |                   | tostring(1234567, "commas")            | 1,234,567
F5  |                   | tostring(null())                       | null
L3  |                   | replace("aXbX", "(?<=b)X", "-")         | aXb-
L3  |                   | replace("abc", "(b)", "[\\1$1]")         | a[b$1]c
L3  | f=a.*|x           | match("abc", f)                        | null
L3  | f=a.*             | match("abc", f)                        | True
L3  | f=(               | if(match("abc", f), 1, 2)              | 2
L3  | f=(               | match("abc", f)                        | null
L3  |                   | if(match(urldecode("ab%0A"), "^ab$"), 1, 2) | 1
L3  | m=x|ab            | mvfind(m, "(?!x)a")                    | 1
K4  |                   | now()-0                                | 1768479600
L3  |                   | replace("C:\\Windows\\x.exe", "^.*\\\\", "") | x.exe
L4  | a.b=1             | 'a.b'                                  | 1
L4  | a{}.b=1           | 'a{}.b'                                | 1
5.1 | m=a|b             | coalesce(x, m)                         | [a,b]
5.1 | a=1               | if(isnotnull(a) AND in(a,1,2), "y", "n") | y
5.1 | ip=10.1.2.3       | if(cidrmatch("10.0.0.0/8", ip), 1, 2)  | 1
5.1 | ip=host           | if(cidrmatch("10.0.0.0/8", ip), 1, 2)  | 2
5.1 | a=Foo.EXE         | if(searchmatch("a=foo* NOT b=*"), 1, 2) | 1
5.1 | _raw=an_Error.here | if(searchmatch("error"), 1, 2)        | 1
5.2 | a=x               | tonumber(a)                            | null
5.2 | a=12              | tonumber(a)                            | 12
5.2 |                   | printf("%5.1f/%-6s/%x", 2.25, "ab", 255) |   2.2/ab    /ff
5.2 |                   | printf("%.2s/%5s/%*d/%-*d/", "abc", "x", 4, 7, 3, 1) | ab/    x/   7/1  /
5.2 |                   | printf("%'.2f % d %+d", 1234567.891, 5, 6) | 1,234,567.89  5 +6
5.2 |                   | printf("%'+d/%'8d", 12345, 1234)      | +12,345/   1,234
5.2 |                   | printf("%a %o %X %p %u", 1, 8, 255, 16, 3) | 0x1p+0 10 FF 0x10 3
5.2 |                   | printf("%g %G %e %i%%", 0.00001, 1000000000, 1, 3.9) | 1e-05 1E+09 1.000000e+00 3%
5.2 |                   | printf("%d", "x")                      | null
5.2 |                   | printf("%d" . "")                           | null
5.2 |                   | printf("%" . "q", 1)                        | null
5.2 |                   | printf("%9999d" . "", 1)                    | null
5.2 |                   | printf("%f", pow(-1, 0.5))             | nan
5.2 | f=%s-%s           | printf(f, "a", "b")                    | a-b
5.2 | f=%s              | printf(f, null())                      | null
5.2 | b=True            | if(tobool(b), 1, 2)                    | 1
5.2 | b=maybe           | tobool(b)                              | null
5.2 |                   | tobool(1=1)                            | True
5.2 |                   | tostring(-255, "hex")                  | -0xFF
5.2 |                   | tostring(-61, "duration")              | -00:01:01
5.2 | f=commas          | tostring(1234.5, f)                    | 1,234.50
5.2 |                   | tonumber("0xFF", 16)                   | 255
5.2 |                   | tonumber("12", 90 + 9)                     | null
5.3 |                   | substr("abc", 0, 1)                    | a
5.3 |                   | substr("häh", 2, 1)                    | ä
5.3 |                   | substr("abc", 9)                       | 
5.3 |                   | substr("abc", -9, 2)                   | ab
5.3 |                   | urldecode("%C3%A4")                    | ä
5.3 |                   | mvcount(split("a,,b", ","))            | 3
5.4 | k=b,a             | mvmap(split(k, ","), k."x")            | [bx,ax]
5.4 | m=1|2             | mvmap(m, if(m IN (1, k) OR NOT m=2, -m, "x".m)) | [-1,x2]
5.4 |                   | mvrange(1, 3, 0)                       | null
5.4 |                   | mvrange(0, 1e12)                       | null
5.4 |                   | mvrange(0, 10, "soon")                 | null
5.4 | m=b|a|b           | mvdedup(m)                             | [b,a]
5.4 | m=b|a             | mvsort(m)                              | [a,b]
5.4 |                   | mvindex(split("a,b",","),0,9)          | [a,b]
5.4 | a=x|y b=1|2|3     | mvzip(a,b,"-")                         | [x-1,y-2]
5.4 |                   | mvrange(1738368000, 1738713600, "2d")  | [1738368000,1738540800]
5.7 | f=%Y              | strftime(now(), f)                     | 2026
5.7 | t=x               | strftime(t, "%Y")                      | null
5.7 |                   | relative_time(1e12, "@d")              | null
5.6 |                   | sigfig(12)                             | 12
5.6 |                   | sigfig(1.0/3)                          | 0.33
5.6 |                   | min("b", "a", 5)                       | 5
5.6 |                   | max("b", "c", "a")                     | c
5.6 |                   | log(0)                                 | null
5.6 |                   | log(16, 4)                             | 2
5.6 |                   | round(1, 0-1)                           | null
5.6 | a=x               | abs(a)                                 | null
E1  | t=1595251445.1234567 u=1595251445.1234568 | if(t<u, 1, 2)  | 1
E1  | t=1595251445.12345678901 u=1595251445.1234568 | if(t=u, 1, 2) | 2
E1  | a=abc             | if(a>5, 1, 2)                          | 1
5.6 | m=1|x             | sum(m, 2)                              | 3
5.6 | a=abc b=5         | max(a,b,c)                             | abc
5.6 |                   | pow(2,0.5)                             | 1.4142135623730951
5.6 |                   | asin(2)                                | nan
5.8 |                   | json_extract("{\"a\":{\"b\":[1,{\"c\":\"x\"}]}}", "a.b{1}.c") | x
5.8 |                   | json_extract("{\"a\":null}", "a")      | null
5.8 | n=007 i=7         | json_object("n", n, "i", i)            | {"n":"007","i":7}
5.8 |                   | json_set("{\"a\":[1]}", "a{0}", 2, "b.c", true()) | {"a":[2],"b":{"c":true}}
5.8 |                   | json_extract("{\"n\":12345678901234567890.0}","n") | 12345678901234567890.0
5.8 |                   | json_object("a", 1=2, "a", "x")        | {"a":"x"}
5.8 |                   | json_object(null(), 1)                 | null
5.8 |                   | json_set("{\"a\":1}", "a{0}", 2, "a..b", 3, "{}", 1) | {"a":1}
5.8 |                   | json_set("[1]", "{1}", 2)              | [1,2]
5.8 |                   | json_set("{}", "a{0}.b", 2)            | {"a":[{"b":2}]}
5.8 |                   | json_set("x", "a", 2)                  | null
5.8 |                   | json_extract("{\"a.b\":{\"c\":1}}", "a\\.b.c") | 1
5.8 |                   | json_extract("{\"a\":[{\"b\":1},{\"b\":2}]}", "a{}.b") | [1,2]
5.8 |                   | json_delete("{\"a\":1,\"b\":[]}", "a", "b{0}") | {"b":[]}
5.8 |                   | json_append("{\"a\":[[1],[2]]}", "a{}", 3) | {"a":[[1,3],[2,3]]}
5.8 |                   | spath("{\"a\":[{\"b\":1},{\"b\":null}]}", "a{}.b") | [1,null]
5.8 |                   | spath("x", "a")                        | null
5.8 | m=a|1             | mv_to_json_array(m)                    | ["a","1"]
`

func TestEvalCases(t *testing.T) {
	for line := range strings.Lines(evalCases) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		rule, row, text, want := caseOf(t, line)
		t.Run(rule+" "+text, func(t *testing.T) {
			require.Equal(t, want, evalText(t, text, row, Rules{}))
		})
	}
}

// caseOf divides a line at its bars with blanks around them.
func caseOf(t testing.TB, line string) (rule, row, text, want string) {
	parts := strings.Split(strings.TrimSuffix(line, "\n"), "| ")
	require.Len(t, parts, 4, line)
	return strings.TrimSpace(parts[0]), parts[1], strings.TrimSpace(parts[2]), parts[3]
}

func TestFunctionExamples(t *testing.T) {
	for _, f := range Functions() {
		require.NotEmpty(t, f.Help, f.Name)
		require.True(t, strings.HasPrefix(f.Syntax, f.Name+"("), f.Syntax)
		for _, example := range f.Examples {
			t.Run(example.Expr, func(t *testing.T) {
				require.Equal(t, example.Result, evalText(t, example.Expr, "", Rules{}))
			})
		}
	}
}

func TestFunctionsAreAllThere(t *testing.T) {
	names := `case cidrmatch coalesce if in like match searchmatch lookup null true false nullif validate ifnull
		tonumber tostring printf toint todouble tobool tomv toarray toobject ipmask
		len length lower upper trim ltrim rtrim replace substr urldecode spath split
		mvcount mvindex mvfind mvfilter mvmap mvappend mvdedup mvsort mvreverse mvjoin mvzip mvrange mv_to_json_array commands
		isnull isnotnull isnum isint isdouble isstr isbool ismv isarray isobject typeof
		abs sqrt exp ln log pow pi ceil ceiling floor round exact sigfig sum avg max min random
		now time relative_time strftime strptime
		json_object json_array json json_valid json_extract json_extract_exact json_keys json_entries json_set json_set_exact
		json_append json_extend json_delete json_array_to_mv json_has_key_exact json_has_key
		md5 sha1 sha256 sha512 bit_and bit_or bit_xor bit_not bit_shift_left bit_shift_right
		sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh atan2 hypot`
	want := strings.Fields(names)
	require.ElementsMatch(t, want, functionNames())
}

// TestRulesSwitch is one case for each switch that this package reads.
func TestRulesSwitch(t *testing.T) {
	for _, c := range []struct {
		rules              Rules
		row, text, a, then string
	}{
		{Rules{MVCompare: MVFirst}, "m=a|b", `if(m="b", 1, 2)`, "1", "2"},
		{Rules{MVCompare: MVAll}, "m=a|b", `if(m="b", 1, 2)`, "1", "2"},
		{Rules{MVCompare: MVAll}, "m=a|ab", `if(match(m,"b"), 1, 2)`, "1", "2"},
		{Rules{MVCompare: MVFirst}, "m=a|ab", `if(like(m,"ab"), 1, 2)`, "1", "2"},
		{Rules{MVNotEqualNone: true}, "m=a|b", `if(m!="b", 1, 2)`, "1", "2"},
		{Rules{MVScalarNull: true}, "m=a|b", `len(m)`, "[1,1]", "null"},
		{Rules{QuotedNumberIsNumber: true}, "f=404.0", `if(f="404", 1, 2)`, "2", "1"},
		{Rules{PlainPrecision: true}, "", `8.250*0.2`, "2", "1.6500000000000001"},
	} {
		t.Run(fmt.Sprint(c.text, c.rules), func(t *testing.T) {
			require.Equal(t, c.a, evalText(t, c.text, c.row, Rules{}))
			require.Equal(t, c.then, evalText(t, c.text, c.row, c.rules))
		})
	}
}

func TestExprProblems(t *testing.T) {
	for _, c := range []struct{ rule, text, want string }{
		{"E3", `"a"-1`, "<search>:1:1: Type checking failed. '-' only takes numbers."},
		{"E3", `1*"2"`, "<search>:1:3: Type checking failed. '*' only takes numbers."},
		{"E3", `strftime(now(),"%s")-5`, "<search>:1:1: Type checking failed. '-' only takes numbers."},
		{"E3", `1+"a"`, "<search>:1:2: Type checking failed. '+' only takes two strings or two numbers."},
		{"E3", `(1=1)."a"`, "Type checking failed. The '.' operator only takes strings and numbers."},
		{"E3", `1="1"`, "<search>:1:2: Type checking failed. The '==' operator received different types."},
		{"E3", `len(x)>"5"`, "<search>:1:7: Type checking failed. The '>' operator received different types."},
		{"E3", `1=1 AND "x"`, "<search>:1:9: Type checking failed. 'AND' only takes boolean arguments."},
		{"E3", `NOT 5`, "<search>:1:5: Type checking failed. 'NOT' only takes boolean arguments."},
		{"E4", `iff(1=1, 1, 2)`, "<search>:1:1: The 'iff' function is unsupported or undefined."},
		{"E4", `if(1, 1, 2)`, "<search>:1:4: The arguments to the 'if' function are invalid."},
		{"5", `len()`, "<search>:1:1: The arguments to the 'len' function are invalid."},
		{"5", `case(1=1)`, "The arguments to the 'case' function are invalid."},
		{"5", `case(1=1, 2, 1=2)`, "The arguments to the 'case' function are invalid."},
		{"5", `json_set("{}", "a")`, "The arguments to the 'json_set' function are invalid."},
		{"5", `pi(1)`, "The arguments to the 'pi' function are invalid."},
		{"D7", `sum(1,2,"3")`, "The arguments to the 'sum' function are invalid."},
		{"D7", `avg(1,2,"3")`, "The arguments to the 'avg' function are invalid."},
		{"5", `tonumber("seven")`, `<search>:1:10: cannot read number "seven"`},
		{"5", `match(a, "(")`, `<search>:1:10: `},
		{"5", `mvfilter(a=b)`, "The arguments to the 'mvfilter' function are invalid."},
		{"5", `lookup("t", json_object(), json_array())`, "The arguments to the 'lookup' function are invalid."},
		{"5", `lookup("t", json_object("a", b), json_array("c"))`, "cannot use the function lookup: lookup tables are not read here"},
		{"5", `cidrmatch("10.0.0.0", a)`, `cannot read subnet "10.0.0.0"`},
		{"5", `searchmatch("a=(")`, "cannot read the search in searchmatch"},
		{"5", `tostring(1, "hexx")`, `unknown format "hexx"`},
	} {
		t.Run(c.text, func(t *testing.T) {
			x, problems := compileText(t, c.text, Rules{})
			require.Nil(t, x)
			require.Len(t, problems, 1)
			require.Contains(t, problems[0].Short(), c.want)
		})
	}
	_, problems := compileText(t, `relativetime(a, "x")`, Rules{})
	require.Contains(t, problems[0].Hint, `did you mean "relative_time"?`)
}

func TestBoolean(t *testing.T) {
	for text, want := range map[string]bool{
		`a=1`: true, `isnull(a)`: true, `a IN (1)`: true, `NOT a=1`: true, `like(a,"b")`: true, `a=1 AND b`: true,
		`if(a=1, true(), false())`: true, `case(a=1, b=2)`: true, `if(a=1, 1, 2)`: false, `a`: false, `null()`: false,
		`if(a=1, true(), "x")`: false, `coalesce(a=1, b=1)`: true, `1+1`: false,
	} {
		require.Equal(t, want, mustExpr(t, text, Rules{}).Boolean(), text)
	}
}

func TestFieldsInOrder(t *testing.T) {
	x := mustExpr(t, `if(b=1 AND searchmatch("z=1 word"), a, 'x y'.b)`, Rules{})
	require.Equal(t, []string{"b", "z", "_raw", "a", "x y"}, x.Fields())
}

func TestExprColumnAndSelect(t *testing.T) {
	b := rowsOf(t, "a=1 b=x", "a=2 b=x", "a=2 b=y", "b=y", "a=1 b=x m=p|q")
	column := func(text string) string {
		out := batch.New(b.Len)
		out.Set("v", mustExpr(t, text, Rules{}).Column(Of(b), batch.AllRows(b.Len), b.Len))
		return strings.ReplaceAll(strings.TrimSpace(out.String()), "\n", " ")
	}
	require.Equal(t, "v=2 v=3 v=3 v=- v=2", column("a+1"))
	require.Equal(t, "v=1x v=2x v=2y v=- v=1x", column("a.b"))
	require.Equal(t, "v=1 v=2 v=2 v=- v=1", column("a"))
	require.Equal(t, "v=- v=- v=- v=- v=-", column("a=1"))
	require.Equal(t, "v=- v=- v=- v=- v=-", column("gone"))
	require.Equal(t, "v=k v=k v=k v=k v=k", column(`"k"`))
	require.Equal(t, "v=- v=- v=- v=- v=[p,q,z]", column(`if(isnull(m), null(), mvappend(m, "z"))`))
	for text, want := range map[string]string{
		`a=1 AND b="x"`: "[0 4]", `a=1 OR b="y"`: "[0 2 3 4]", `NOT a=1`: "[1 2]", `isnull(a) OR a=2 AND b="x"`: "[1 3]",
		`m="q"`: "[4]", `1=1`: "[0 1 2 3 4]", `gone=1`: "[]",
	} {
		require.Equal(t, want, fmt.Sprint(mustExpr(t, text, Rules{}).Select(Of(b), batch.AllRows(b.Len))), text)
	}
	require.Equal(t, "[3]", fmt.Sprint(mustExpr(t, `b="y"`, Rules{}).Select(Of(b), []int32{1, 3, 4})))
}

func TestExprOverRaw(t *testing.T) {
	b := rawColumn("an Error", "fine")
	b.Columns[0].Bytes = append(b.Columns[0].Bytes, nil)
	b.Len = 3
	out := mustExpr(t, `if(searchmatch("error"), len(_raw), lower(_raw))`, Rules{}).Column(Of(b), batch.AllRows(3), 3)
	require.Equal(t, []string{"8", "fine", ""}, []string{out.Text(0), out.Text(1), out.Text(2)})
	require.True(t, out.IsNull(2))
}

func TestTimeReadsTheClock(t *testing.T) {
	env := testEnv(Rules{})
	env.Clock = clock.NewManual(testNow.Std().Add(1500 * time.Millisecond))
	x, problems := Compile(&spl.Call{Name: "time"}, testStage(), env)
	require.Empty(t, problems)
	require.Equal(t, "1768479601.500000", x.Eval(nil).String())
}

func TestValues(t *testing.T) {
	require.True(t, Value{}.IsNull())
	require.Equal(t, "a\nb", FieldValues([]string{"a", "b"}).String())
	require.Empty(t, Truth(true).Values())
	f, ok := FieldText("1.5").Float()
	require.True(t, ok)
	require.Equal(t, 1.5, f)
	require.Equal(t, []string{"0.25"}, Num(0.25).Values())
	require.Equal(t, String, Text("1.5").Kind())
}

func TestRandomIsDrawnForEachRow(t *testing.T) {
	b := batch.New(50)
	draw := func() *batch.Column { return mustExpr(t, "random()", Rules{}).Column(Of(b), batch.AllRows(50), 50) }
	c := draw()
	require.Greater(t, c.Dict.Len(), 45)
	require.Equal(t, c.Text(7), draw().Text(7), "the same seed draws the same numbers")
}

// TestLongChains: as many operators as the parser takes.
func TestLongChains(t *testing.T) {
	for op, want := range map[string]string{".": strings.Repeat("1", 9000), "+": "9000"} {
		text := strings.Repeat("a"+op, 8999) + "a"
		require.Equal(t, want, evalText(t, text, "a=1", Rules{}))
	}
	x := mustExpr(t, strings.Repeat("a=1 AND ", 4000)+"a=1", Rules{})
	require.Len(t, x.Select(Of(rowsOf(t, "a=1", "a=2")), []int32{0, 1}), 1)
}

func TestConstantsAreFolded(t *testing.T) {
	for _, text := range []string{`relative_time(now(), "-70m@m")`, `1+2*3`, `"a"."b".lower("C")`, `if(1=1, 2, 3)`} {
		require.IsType(t, constant{}, mustExpr(t, text, Rules{}).root.node, text)
	}
	require.NotEqual(t, constant{}, mustExpr(t, `random()+1`, Rules{}).root.node)
	require.True(t, mustExpr(t, `random()+1`, Rules{}).volatile)
}

// TestFieldTime: a time is the value that its text is.
func TestFieldTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := event.Time(rapid.Int64Range(-4e18, 4e18).Draw(t, "time"))
		unit := rapid.SampledFrom([]event.Time{1, 10, 1000, 10_000, 1_000_000, 100_000_000, 1e9, 1e10}).Draw(t, "unit")
		at -= at % unit
		want, got := FieldText(at.String()), fieldTime(at)
		require.Equal(t, want.String(), got.String())
		require.Equal(t, want.num, got.num, at.String())
		require.Equal(t, want.precision(), got.precision())
		back, ok := timeOf(got)
		require.True(t, ok)
		require.Equal(t, at, back)
	})
}
