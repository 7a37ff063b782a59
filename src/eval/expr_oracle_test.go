package eval

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// slowExpr evaluates an expression row by row in the plainest way, without
// precision (Rules.PlainPrecision): nil is null; string, float64, bool, []string.
// A field's number is a slowNumber, which remembers its text.
type slowNumber struct {
	f    float64
	text string
}

func slowField(values []string) any {
	switch len(values) {
	case 0:
		return nil
	case 1:
		if f, ok := batch.Number(values[0]); ok {
			return slowNumber{f, values[0]}
		}
		return values[0]
	}
	return values
}

func slowExpr(e spl.Expr, row slowRow) any {
	switch e := e.(type) {
	case *spl.Literal:
		if e.Number {
			f, _ := strconv.ParseFloat(e.Text, 64)
			return f
		}
		return e.Text
	case *spl.Field:
		return slowField(row[e.Name])
	case *spl.Unary:
		if e.Op == "not" {
			if b, ok := slowExpr(e.X, row).(bool); ok {
				return !b
			}
			return nil
		}
		return slowCalculate("-", 0.0, slowExpr(e.X, row))
	case *spl.Binary:
		return slowBinary(e, row)
	case *spl.InList:
		x := slowExpr(e.X, row)
		if x == nil {
			return nil
		}
		for _, item := range e.List {
			if v := slowExpr(item, row); v != nil && slowEqual("=", x, v) {
				return true
			}
		}
		return false
	case *spl.Call:
		return slowCall(e, row)
	}
	panic(fmt.Sprintf("%T", e))
}

func slowBinary(e *spl.Binary, row slowRow) any {
	x, y := slowExpr(e.X, row), slowExpr(e.Y, row)
	a, aok := x.(bool)
	b, bok := y.(bool)
	switch e.Op {
	case "and":
		if aok && !a || bok && !b {
			return false
		}
		if aok && bok {
			return true
		}
		return nil
	case "or":
		if aok && a || bok && b {
			return true
		}
		if aok && bok {
			return false
		}
		return nil
	case "xor":
		if aok && bok {
			return a != b
		}
		return nil
	case "+", "-", "*", "/", "%":
		return slowCalculate(e.Op, x, y)
	case ".":
		s, sok := slowText(x)
		t, tok := slowText(y)
		if !sok || !tok {
			return nil
		}
		return s + t
	}
	if x == nil || y == nil {
		return nil
	}
	if e.Op == "like" {
		return slices.ContainsFunc(slowList(x), func(s string) bool {
			return slices.ContainsFunc(slowList(y), func(p string) bool { return slowLike(s, p) })
		})
	}
	return slowEqual(e.Op, x, y)
}

func slowText(x any) (string, bool) {
	switch x := x.(type) {
	case string:
		return x, true
	case slowNumber:
		return x.text, true
	case float64:
		return formatNumber(x, unlimited), true
	}
	return "", false
}

func slowList(x any) []string {
	if list, ok := x.([]string); ok {
		return list
	}
	if b, ok := x.(bool); ok {
		return []string{Truth(b).String()}
	}
	s, _ := slowText(x)
	return []string{s}
}

func slowFloat(x any) (float64, bool) {
	switch x := x.(type) {
	case float64:
		return x, true
	case slowNumber:
		return x.f, true
	case string:
		return batch.Number(x)
	}
	return 0, false
}

func slowCalculate(op string, x, y any) any {
	if op == "+" {
		_, xNumber := x.(float64)
		_, yNumber := y.(float64)
		_, xString := x.(string)
		_, yString := y.(string)
		s, sok := slowText(x)
		t, tok := slowText(y)
		if (xString || yString) && !xNumber && !yNumber && sok && tok {
			return s + t
		}
	}
	a, aok := slowFloat(x)
	b, bok := slowFloat(y)
	if !aok || !bok || b == 0 && (op == "/" || op == "%") {
		return nil
	}
	return map[string]float64{"+": a + b, "-": a - b, "*": a * b, "/": a / b, "%": math.Mod(a, b)}[op]
}

// slowEqual compares; of a multivalue any value.
func slowEqual(op string, x, y any) bool {
	if list, ok := x.([]string); ok {
		return slices.ContainsFunc(list, func(s string) bool { return slowEqual(op, slowField([]string{s}), y) })
	}
	if list, ok := y.([]string); ok {
		return slices.ContainsFunc(list, func(s string) bool { return slowEqual(op, x, slowField([]string{s})) })
	}
	_, xString := x.(string)
	_, yString := y.(string)
	_, xField := x.(slowNumber)
	_, yField := y.(slowNumber)
	a, aok := slowFloat(x)
	b, bok := slowFloat(y)
	if aok && bok && !(xString && (yString || yField)) && !(yString && xField) {
		return map[string]bool{"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
	}
	c := strings.Compare(slowList(x)[0], slowList(y)[0])
	return map[string]bool{"=": c == 0, "!=": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[op]
}

func slowLike(s, pattern string) bool {
	re := regexp.QuoteMeta(pattern)
	re = strings.NewReplacer("%", "(?s:.*)", "_", "(?s:.)").Replace(re)
	return regexp.MustCompile("^(?:" + re + `)\z`).MatchString(s)
}

func slowCall(e *spl.Call, row slowRow) any {
	arg := func(i int) any { return slowExpr(e.Args[i], row) }
	switch e.Name {
	case "if":
		if arg(0) == true {
			return arg(1)
		}
		return arg(2)
	case "case":
		for i := 0; i < len(e.Args); i += 2 {
			if arg(i) == true {
				return arg(i + 1)
			}
		}
	case "coalesce":
		for i := range e.Args {
			if v := arg(i); v != nil {
				return v
			}
		}
	case "isnull":
		return arg(0) == nil
	case "lower":
		switch v := arg(0).(type) {
		case nil, bool:
		case []string:
			out := []string{}
			for _, s := range v {
				out = append(out, strings.ToLower(s))
			}
			return out
		default:
			return strings.ToLower(slowList(v)[0])
		}
	case "mvcount":
		switch v := arg(0).(type) {
		case nil:
			return nil
		case bool:
			return 0.0
		default:
			return float64(len(slowList(v)))
		}
	}
	return nil
}

// slowPrint is a result as a column holds it.
func slowPrint(x any) string {
	switch x := x.(type) {
	case float64:
		return formatNumber(x, unlimited)
	case []string:
		return "[" + strings.Join(x, ",") + "]"
	}
	if s, ok := slowText(x); ok {
		return s
	}
	return "null"
}

var exprValues = []string{"", "a", "A", "ab", "10", "9", "-1", "1.5", "10.0", "nan", "x_y", "Ä", "1e1"}

// drawExpr writes an expression: parentheses everywhere, so that only the
// evaluation is compared.
func drawExpr(t *rapid.T, depth int) string {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "pick") }
	if depth == 0 {
		return pick("a", "b", "c", "gone", "_time", `"a"`, `"10"`, "10", "1.5", `"x%"`, "0")
	}
	x := func() string { return drawExpr(t, depth-1) }
	cond := func() string { return drawCondition(t, depth-1) }
	switch rapid.IntRange(0, 8).Draw(t, "form") {
	case 0:
		return "(" + x() + pick("+", "-", "*", "/", "%", " . ", " . ") + x() + ")"
	case 1:
		return "if(" + cond() + "," + x() + "," + x() + ")"
	case 2:
		return "case(" + cond() + "," + x() + "," + cond() + "," + x() + ")"
	case 3:
		return "coalesce(" + x() + "," + x() + ")"
	case 4:
		return "lower(" + x() + ")"
	case 5:
		return "mvcount(" + x() + ")"
	}
	return drawExpr(t, 0)
}

func drawCondition(t *rapid.T, depth int) string {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "pick") }
	x := func() string { return drawExpr(t, max(depth-1, 0)) }
	if depth > 0 {
		switch rapid.IntRange(0, 5).Draw(t, "logic") {
		case 0:
			return "(" + drawCondition(t, depth-1) + pick(" AND ", " OR ", " XOR ") + drawCondition(t, depth-1) + ")"
		case 1:
			return "(" + drawCondition(t, depth-1) + " AND " + drawCondition(t, depth-1) + " AND " + drawCondition(t, depth-1) + ")"
		case 2:
			return "(NOT " + drawCondition(t, depth-1) + ")"
		}
	}
	switch rapid.IntRange(0, 4).Draw(t, "form") {
	case 0:
		return "(" + x() + " IN (" + x() + "," + x() + "))"
	case 1:
		return "isnull(" + x() + ")"
	case 2:
		return "(" + x() + " LIKE " + pick(`"%a%"`, `"_"`, `"x_y"`, "a") + ")"
	}
	return "(" + x() + pick("=", "!=", "<", "<=", ">", ">=") + x() + ")"
}

func TestExprAgainstSlow(t *testing.T) {
	compiled := 0
	rapid.Check(t, func(t *rapid.T) {
		rows, b := drawRows(t, exprValues)
		for range 4 {
			text := drawExpr(t, 3)
			if rapid.Bool().Draw(t, "condition") {
				text = drawCondition(t, 3)
			}
			source := spl.Plain(&diag.Text{Name: "<search>", Body: text})
			tree, problems := spl.ParseExpr(source)
			require.Empty(t, problems, text)
			x, problems := Compile(tree, &spl.Stage{Source: source}, testEnv(Rules{PlainPrecision: true}))
			if problems.HasErrors() {
				continue // kinds that clash
			}
			compiled++
			compareExpr(t, text, tree, x, rows, b)
		}
	})
	require.Positive(t, compiled)
}

func compareExpr(t *rapid.T, text string, tree spl.Expr, x *Expr, rows []slowRow, b *batch.Batch) {
	var asked, want []int32
	for r, row := range rows {
		v := slowExpr(tree, row)
		got := x.Eval(func(i int) Value { return FieldValues(row[x.Fields()[i]]) })
		if _, ok := v.(bool); !ok {
			require.Equal(t, slowPrint(v), printed(got), "%s %v", text, row)
		}
		if rapid.IntRange(0, 4).Draw(t, "asked") == 0 {
			continue
		}
		asked = append(asked, int32(r))
		if v == true {
			want = append(want, int32(r))
		}
	}
	for _, c := range []Columns{Of(b), dear{Of(b)}} {
		require.Equal(t, fmt.Sprint(want), fmt.Sprint(x.Select(c, asked)), text)
		column := x.Column(c, asked, b.Len)
		require.Equal(t, b.Len, column.Len())
		for r, row := range rows {
			if !slices.Contains(asked, int32(r)) {
				continue
			}
			require.Equal(t, slowPrint(slowExpr(tree, row)), printed(FieldValues(column.Values(r))), "%s %v", text, row)
		}
	}
}

// FuzzExpr: no text that parses makes compiling or evaluating panic, and what is
// evaluated by row is what the column holds.
func FuzzExpr(f *testing.F) {
	for line := range strings.Lines(evalCases) {
		if strings.TrimSpace(line) != "" {
			_, _, text, _ := caseOf(f, line)
			f.Add(text, "a", "1.5")
		}
	}
	for _, fn := range Functions() {
		for _, example := range fn.Examples {
			f.Add(example.Expr, "x,y", "-3")
		}
	}
	f.Fuzz(func(t *testing.T, text, a, b string) {
		if len(text) > 300 {
			return
		}
		source := spl.Plain(&diag.Text{Name: "<search>", Body: text})
		tree, problems := spl.ParseExpr(source)
		if problems.HasErrors() {
			return
		}
		x, problems := Compile(tree, &spl.Stage{Source: source}, testEnv(Rules{}))
		if problems.HasErrors() || x.volatile {
			return
		}
		values := [][]string{nil, {a}, {b}, {a, b}}
		rows := batch.New(len(values) * len(values))
		for i, name := range x.Fields() {
			c := batch.Nulls(rows.Len)
			for r := range rows.Len {
				c.Codes[r] = c.Dict.AddValues(values[[]int{r / len(values), r % len(values)}[i%2]])
			}
			rows.Set(name, c)
		}
		column := x.Column(Of(rows), batch.AllRows(rows.Len), rows.Len)
		for r := range rows.Len {
			v := x.Eval(func(i int) Value { return FieldValues(rows.Columns[i].Values(r)) })
			require.Equal(t, v.Values(), column.Values(r), text)
		}
	})
}
