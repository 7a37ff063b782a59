package eval

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// processes is n rows of process events: a few hundred names, many command
// lines.
func processes(n, lines int) *batch.Batch {
	names, commands := batch.Nulls(n), batch.Nulls(n)
	for r := range n {
		names.Codes[r] = names.Dict.Add(fmt.Sprintf(`C:\Windows\System32\Proc%d.exe`, r*7919%400))
		commands.Codes[r] = commands.Dict.Add(fmt.Sprintf(`"C:\Program Files\Vendor\Tool.exe" --session %d --Mode Fast`, r*7919%lines))
	}
	b := batch.New(n)
	b.Set("process_name", names)
	b.Set("process", commands)
	return b
}

const benchRows = 1_000_000

func benchmarkPredicate(b *testing.B, lines int, p *Predicate) {
	rows := processes(benchRows, lines)
	named := batch.AllRows(benchRows)
	p.Select(Of(rows), named) // dictionaries fold their entries once
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		p.Select(Of(rows), named)
	}
}

// BenchmarkPredicateSmallDict is a wildcard on a field of 400 distinct values.
func BenchmarkPredicateSmallDict(b *testing.B) {
	benchmarkPredicate(b, 1000, mustPredicate(b, compare("process_name", "=", `*proc33*`), Rules{}))
}

// BenchmarkPredicateLargeDict is a wildcard on 200,000 distinct command lines.
func BenchmarkPredicateLargeDict(b *testing.B) {
	benchmarkPredicate(b, 200_000, mustPredicate(b, compare("process", "=", `*session 77*fast`), Rules{}))
}

// BenchmarkPredicateAnd lets the cheap field go first.
func BenchmarkPredicateAnd(b *testing.B) {
	benchmarkPredicate(b, 200_000, mustPredicate(b,
		and(compare("process", "=", `*session*`), or(compare("process_name", "=", `*\proc33.exe`), compare("process_name", "=", `*\proc44.exe`))), Rules{}))
}

func BenchmarkPatternMatch(b *testing.B) {
	text := `C:\Windows\Microsoft.NET\Framework64\v4.0.30319\RegSvcs.exe /quiet C:\Temp\Payload.dll`
	for _, pattern := range []string{`*\regsvcs.exe*`, `c:\windows\*`, `*.exe`, `*framework*regsvcs*payload*`} {
		b.Run(pattern, func(b *testing.B) {
			p := CompilePattern(pattern)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				p.Match(text)
			}
		})
	}
}

func TestSelectOfAllKeepsRows(t *testing.T) {
	rows := batch.AllRows(100)
	got := mustPredicate(t, compare("process_name", "=", "*.exe"), Rules{}).Select(Of(processes(100, 10)), rows)
	require.Equal(t, &rows[0], &got[0], "all rows are true: the list itself")
}

// BenchmarkExprSelect is where with conditions on two fields.
func BenchmarkExprSelect(b *testing.B) {
	rows, named := Of(processes(benchRows, 1000)), batch.AllRows(benchRows)
	x := mustExpr(b, `like(process_name, "%Proc33%") AND len(process)>10`, Rules{})
	b.ReportAllocs()
	for b.Loop() {
		x.Select(rows, named)
	}
}

// BenchmarkExprColumn is a function of one field, BenchmarkExprColumnTuples one
// of two.
func BenchmarkExprColumn(b *testing.B) { benchmarkColumn(b, `lower(process_name)`) }

func BenchmarkExprColumnTuples(b *testing.B) {
	benchmarkColumn(b, `lower(process_name).": ".process`)
}

func benchmarkColumn(b *testing.B, text string) {
	rows, named := Of(processes(benchRows, 1000)), batch.AllRows(benchRows)
	x := mustExpr(b, text, Rules{})
	b.ReportAllocs()
	for b.Loop() {
		x.Column(rows, named, benchRows)
	}
}

// timesBatch is n rows of _time, one a second.
func timesBatch(n int) *batch.Batch {
	c := &batch.Column{Times: make([]event.Time, n)}
	for i := range c.Times {
		c.Times[i] = testNow + event.Time(i)*1_000_100_000
	}
	b := batch.New(n)
	b.Set("_time", c)
	return b
}

func BenchmarkExprTimes(b *testing.B) {
	rows, named := Of(timesBatch(100_000)), batch.AllRows(100_000)
	for _, text := range []string{`_time>=relative_time(now(), "-1d@d")`, `strftime(_time, "%Y-%m-%d %H")="x"`} {
		b.Run(text, func(b *testing.B) {
			x := mustExpr(b, text, Rules{})
			for b.Loop() {
				x.Select(rows, named)
			}
		})
	}
}
