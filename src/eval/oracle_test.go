package eval

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/spl"
)

// slowRow is a row as the slow evaluator has it: absent fields are not there.
type slowRow map[string][]string

// slowPredicate is rules P1 and S1 to S6 row by row, in the plainest way.
func slowPredicate(p spl.Predicate, row slowRow, rules Rules) bool {
	switch p := p.(type) {
	case *spl.And:
		return !slices.ContainsFunc(p.List, func(x spl.Predicate) bool { return !slowPredicate(x, row, rules) })
	case *spl.Or:
		return slices.ContainsFunc(p.List, func(x spl.Predicate) bool { return slowPredicate(x, row, rules) })
	case *spl.Not:
		return !slowPredicate(p.X, row, rules)
	case *spl.In:
		var list []spl.Predicate
		for _, v := range p.Values {
			list = append(list, &spl.Compare{Field: p.Field, Op: "=", Value: v})
		}
		return slowPredicate(&spl.Or{List: list}, row, rules)
	case *spl.Word:
		return p.Value.Text == "*"
	case *spl.Compare:
		return slowCompare(p, row[p.Field.Text], rules)
	}
	panic(fmt.Sprintf("%T", p))
}

func slowCompare(p *spl.Compare, values []string, rules Rules) bool {
	if len(values) == 0 {
		return p.Op == "=" && p.Value.Text == "" && rules.EmptyMatchesAbsent
	}
	if p.Op == "!=" && rules.MVNotEqualNone {
		return !slices.ContainsFunc(values, func(v string) bool { return slowMatch(p.Value.Text, v) })
	}
	holds := func(v string) bool {
		switch p.Op {
		case "=":
			return slowMatch(p.Value.Text, v)
		case "!=":
			return !slowMatch(p.Value.Text, v)
		}
		if x, ok := event.ParseTime(v); ok {
			if y, ok := event.ParseTime(p.Value.Text); ok {
				return map[string]bool{"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[p.Op]
			}
		}
		a, aok := batch.Number(v)
		b, bok := batch.Number(p.Value.Text)
		if aok && bok {
			return map[string]bool{"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[p.Op]
		}
		c := strings.Compare(strings.ToLower(v), strings.ToLower(p.Value.Text))
		return map[string]bool{"<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[p.Op]
	}
	switch rules.MVCompare {
	case MVFirst:
		return holds(values[0])
	case MVAll:
		return !slices.ContainsFunc(values, func(v string) bool { return !holds(v) })
	}
	return slices.ContainsFunc(values, holds)
}

func slowMatch(pattern, s string) bool {
	if p, err := netip.ParsePrefix(pattern); err == nil {
		if a, err := netip.ParseAddr(s); err == nil {
			return p.Contains(a)
		}
	}
	return slowWildcard([]rune(strings.ToLower(pattern)), []rune(strings.ToLower(s)))
}

// slowWildcard is the definition of `*`, memory of what failed left out.
func slowWildcard(p, s []rune) bool {
	if len(p) == 0 {
		return len(s) == 0
	}
	if p[0] == '*' {
		return slowWildcard(p[1:], s) || len(s) > 0 && slowWildcard(p, s[1:])
	}
	return len(s) > 0 && p[0] == s[0] && slowWildcard(p[1:], s[1:])
}

var (
	oracleFields = []string{"a", "b", "c", "_time", "gone"}
	oracleValues = []string{
		"", "a", "A", "ab", "aB", "ba", "1", "1.0", "10", "9", "-1", "1e1", "*", "10.1.2.3", "10.2.0.1", "fe80::1",
		"Ärger", "ärger", "\u212aelvin", "kelvin", `C:\Windows`, "nan", "1595251445.1234567", "1595251445.1234568", "404",
	}
	oracleLiterals = append([]string{"a*", "*A", "*b*", "a*b", "*", "10.0.0.0/8", "fe80::/10", "*e*v*", "**"}, oracleValues...)
)

// drawRows makes rows, and the batch of them: _time in its own form, b sparse.
func drawRows(t *rapid.T, choice []string) ([]slowRow, *batch.Batch) {
	n := rapid.IntRange(0, 60).Draw(t, "rows")
	rows, b := make([]slowRow, n), batch.New(n)
	times := make([]event.Time, n)
	for r := range rows {
		rows[r] = slowRow{}
		times[r] = event.Time(rapid.Int64Range(-2, 12).Draw(t, "time")) * 500_000_000
		rows[r]["_time"] = []string{times[r].String()}
	}
	for _, f := range oracleFields[:3] {
		c := batch.Nulls(n)
		for i := range rapid.IntRange(0, 100).Draw(t, "unused entries") {
			c.Dict.Add(fmt.Sprint("unused", i))
		}
		for r := range rows {
			if values := rapid.SliceOfN(rapid.SampledFrom(choice), 0, 3).Draw(t, f); len(values) > 0 {
				rows[r][f] = values
				c.Codes[r] = c.Dict.AddValues(values)
			}
		}
		b.Set(f, c)
	}
	if n > 0 {
		b.Set("_time", &batch.Column{Times: times})
	}
	return rows, b
}

func drawPredicate(t *rapid.T, depth int) spl.Predicate {
	field := rapid.SampledFrom(oracleFields).Draw(t, "field")
	literal := func() string { return rapid.SampledFrom(oracleLiterals).Draw(t, "literal") }
	kinds := 8
	if depth == 0 {
		kinds = 4
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return in(field, literal(), literal(), literal())
	case 1:
		return bareWord(rapid.SampledFrom([]string{"*", "word"}).Draw(t, "word"), "")
	case 4, 5:
		return and(drawPredicate(t, depth-1), drawPredicate(t, depth-1))
	case 6:
		return or(drawPredicate(t, depth-1), drawPredicate(t, depth-1), drawPredicate(t, depth-1))
	case 7:
		return notP(drawPredicate(t, depth-1))
	}
	return compare(field, rapid.SampledFrom([]string{"=", "!=", "<", "<=", ">", ">="}).Draw(t, "op"), literal())
}

func drawRules(t *rapid.T) Rules {
	return Rules{
		MVCompare:          rapid.SampledFrom([]MVRule{MVAny, MVFirst, MVAll}).Draw(t, "mv"),
		MVNotEqualNone:     rapid.Bool().Draw(t, "none"),
		EmptyMatchesAbsent: rapid.Bool().Draw(t, "absent"),
	}
}

// dear is a batch whose fields cost something, so that orders are exercised.
type dear struct{ Columns }

func (dear) Cost(name string) int { return len(name) % 3 }

func TestPredicateAgainstSlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := drawRules(t)
		rows, b := drawRows(t, oracleValues)
		p := drawPredicate(t, 3)
		compiled, problems := CompilePredicate(p, testStage(), Env{Rules: rules})
		require.Empty(t, problems)
		var asked, want []int32
		for r, row := range rows {
			if rapid.IntRange(0, 4).Draw(t, "asked") == 0 {
				continue
			}
			asked = append(asked, int32(r))
			if slowPredicate(p, row, rules) {
				want = append(want, int32(r))
			}
			if compiled.root != nil {
				got := compiled.root.of(func(i int) cell { return valueCell(FieldValues(row[compiled.fields[i]])) })
				require.Equal(t, slowPredicate(p, row, rules), got)
			}
		}
		before := slices.Clone(asked)
		for _, c := range []Columns{Of(b), dear{Of(b)}} {
			got := compiled.Select(c, asked)
			require.Equal(t, fmt.Sprint(want), fmt.Sprint(got))
			require.Equal(t, before, asked, "rows are not written to")
		}
	})
}

func FuzzPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{"a*b", "AxxB"},
		{"*", ""},
		{"**", "x"},
		{"", ""},
		{"Ä*", "ärger"},
		{"*k*", "\u212a"},
		{"*ab*ab*", "abab"},
		{"*a*a*a*a*b", "aaaaaaaaaaaaaaaa"},
		{"ab*ba", "aba"},
		{"\xff*", "\xfex"},
		{"*i*", "\u0130"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 12 || len(text) > 40 {
			return
		}
		p := CompilePattern(pattern)
		want := slowWildcard([]rune(strings.ToLower(pattern)), []rune(strings.ToLower(text)))
		require.Equal(t, want, p.Match(text), "%q %q", pattern, text)
		require.Equal(t, want, p.MatchFolded(strings.ToLower(text)))
	})
}

func FuzzFold(f *testing.F) {
	f.Add("AbC xyz[@`{ÄÖ\u212a\u0130\xff")
	f.Fuzz(func(t *testing.T, s string) {
		var buf foldBuffer
		require.Equal(t, strings.ToLower(s), fold(&buf, s))
	})
}
