package eval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// rowsOf builds a batch from lines such as `a=1 b=x|y`: an absent field is not
// written, a multivalue's values are divided by |, `_` in a value is a blank.
func rowsOf(t testing.TB, lines ...string) *batch.Batch {
	t.Helper()
	b := batch.New(len(lines))
	for r, line := range lines {
		for _, pair := range strings.Fields(line) {
			name, value, ok := strings.Cut(pair, "=")
			require.True(t, ok, pair)
			c := b.Column(name)
			if c == nil {
				c = batch.Nulls(len(lines))
				b.Set(name, c)
			}
			c.Codes[r] = c.Dict.AddValues(strings.Split(value, "|"))
		}
	}
	return b
}

func testStage() *spl.Stage {
	text := &diag.Text{Name: "<search>", Body: "test"}
	return &spl.Stage{Source: &spl.Source{Text: text.Body, Written: text}, Name: "search"}
}

func mustPredicate(t require.TestingT, p spl.Predicate, rules Rules) *Predicate {
	out, problems := CompilePredicate(p, testStage(), Env{Rules: rules})
	require.Empty(t, problems)
	return out
}

func compare(f, op, v string) spl.Predicate {
	return &spl.Compare{Field: spl.Name{Text: f}, Op: op, Value: spl.Value{Text: v}}
}

func in(f string, values ...string) spl.Predicate {
	p := &spl.In{Field: spl.Name{Text: f}}
	for _, v := range values {
		p.Values = append(p.Values, spl.Value{Text: v})
	}
	return p
}

func and(list ...spl.Predicate) spl.Predicate { return &spl.And{List: list} }
func or(list ...spl.Predicate) spl.Predicate  { return &spl.Or{List: list} }
func notP(x spl.Predicate) spl.Predicate      { return &spl.Not{X: x} }

func bareWord(text, kind string) spl.Predicate {
	return &spl.Word{Value: spl.Value{Text: text}, Kind: kind}
}

func TestPredicateTree(t *testing.T) {
	b := rowsOf(t,
		`a=RegSvcs.exe n=1 ip=10.1.2.3 m=x|y`,
		`a=regsvcs.exe n=10 ip=192.168.0.1 m=y`,
		`n=9 ip=fe80::1 m=x|X`,
		`a=regasm.exe n=abc ip=host`)
	for _, c := range []struct {
		rule string
		p    spl.Predicate
		want string
	}{
		{"S1", compare("a", "=", "regsvcs.EXE"), "0 1"},
		{"S1", compare("a", "=", "reg*.exe"), "0 1 3"},
		{"S1", compare("a", "=", "*SVC*"), "0 1"},
		{"S1", compare("n", "=", "1.0"), ""},
		{"S1", compare("n", "<", "10"), "0 2"},
		{"S1", compare("n", ">=", "10"), "1 3"},
		{"S2", in("a", "regasm.exe", "regs*"), "0 1 3"},
		{"S3", compare("a", "!=", "regasm.exe"), "0 1"},
		{"S3", notP(compare("a", "=", "regasm.exe")), "0 1 2"},
		{"S3", notP(compare("a", "=", "*")), "2"},
		{"S3", compare("a", "!=", "*"), ""},
		{"S4", compare("ip", "=", "10.0.0.0/8"), "0"},
		{"S4", compare("ip", "=", "fe80::/10"), "2"},
		{"S4", compare("ip", "!=", "10.0.0.0/8"), "1 2 3"},
		{"V2", compare("m", "=", "x"), "0 2"},
		{"V2", compare("m", "!=", "x"), "0 1"},
		{"P1", and(or(compare("a", "=", "regasm.exe"), compare("n", "=", "9")), compare("ip", "=", "*")), "2 3"},
		{"P1", or(compare("a", "=", "regasm.exe"), compare("n", "=", "9"), compare("m", "=", "y")), "0 1 2 3"},
		{"S6", bareWord("regasm", ""), ""},
		{"S6", bareWord("*", ""), "0 1 2 3"},
		{"S6", notP(bareWord("regasm", "")), "0 1 2 3"},
		{"S1", compare("absent", "=", "x"), ""},
		{"S3", notP(compare("absent", "=", "x")), "0 1 2 3"},
	} {
		t.Run(fmt.Sprintf("%s %v", c.rule, c.want), func(t *testing.T) {
			got := mustPredicate(t, c.p, Rules{}).Select(Of(b), batch.AllRows(b.Len))
			require.Equal(t, c.want, strings.Trim(fmt.Sprint(got), "[]"))
		})
	}
}

func TestRequired(t *testing.T) {
	p := mustPredicate(t, and(compare("index", "=", "risk"), in("sourcetype", "a", "b*"),
		or(compare("host", "=", "x"), compare("host", "=", "y")), notP(compare("z", "=", "1"))), Rules{})
	for field, want := range map[string]string{"index": "risk", "sourcetype": "a b*", "host": "x y"} {
		values, ok := p.Required(field)
		require.True(t, ok, field)
		require.Equal(t, want, strings.Join(values, " "))
	}
	_, ok := p.Required("z")
	require.False(t, ok)
}
