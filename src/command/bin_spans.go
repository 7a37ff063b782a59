package command

import (
	"math"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/batch"
	"riskreplay/src/spl"
	"riskreplay/src/splunktime"
)

// timeSteps are the spans that an automatic one steps through.
var timeSteps = []string{"1s", "5s", "10s", "30s", "1m", "5m", "10m", "30m", "1h", "1d", "30d"}

// timeSpan is the smallest step that gives no more than so many buckets and is
// not below least seconds.
func timeSpan(length float64, most int, least float64) splunktime.Span {
	var span splunktime.Span
	for _, text := range timeSteps {
		span, _ = splunktime.ParseSpan(text)
		if seconds := span.Next(0, time.UTC).Seconds(); length/seconds < float64(most) && seconds >= least {
			break
		}
	}
	return span
}

// numberSpan is the smallest of 1, 2 and 5 times a power of ten that gives no more
// than so many buckets.
func numberSpan(low, high float64, most int, least float64) float64 {
	exponent := math.Floor(math.Log10(math.Max(high-low, 1e-9) / float64(most)))
	for ; ; exponent++ {
		for _, n := range []float64{1, 2, 5} {
			span := n * math.Pow(10, exponent)
			if n := math.Floor(high/span) - math.Floor(low/span) + 1; n <= float64(most) && span >= least {
				return span
			}
		}
	}
}

// bins are buckets of numbers: of one length, or growing by a factor.
type bins struct {
	span         float64
	first, base  float64 // of log spans: first, first*base, first*base*base ...
	decimals     int
	hasLogarithm bool
}

func (b bins) known() bool { return b.span > 0 || b.hasLogarithm }

func evenBins(span float64) bins {
	_, decimals, _ := strings.Cut(strconv.FormatFloat(span, 'f', -1, 64), ".")
	return bins{span: span, decimals: len(decimals)}
}

// logBins reads [n]log[n]: a first edge, 1 when none is given, and a base, 10
// when none is given.
func logBins(a *arguments, v spl.Value) bins {
	first, base, _ := strings.Cut(v.Text, "log")
	read := func(s string, otherwise float64) float64 {
		if s == "" {
			return otherwise
		}
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return math.NaN()
		}
		return x
	}
	b := bins{first: read(first, 1), base: read(base, 10), hasLogarithm: true}
	if !(b.base > 1) || !(b.first >= 1 && b.first < b.base) || math.IsInf(b.base, 0) {
		a.problem(v.Span, `cannot read the log span "`+v.Text+`"`, "it is [first]log[base], the base above 1 and the first from 1 to below the base: log2, 3log10")
	}
	return b
}

// bucket is lo-hi; what is no number, or has no bucket, stays.
func (b *bins) bucket(text string) string {
	x, ok := batch.Number(text)
	if !ok || math.IsNaN(x) || math.IsInf(x, 0) {
		return text
	}
	if b.hasLogarithm {
		return b.logBucket(x, text)
	}
	n := math.Floor(x / b.span)
	if math.Abs(n) > 1<<53 {
		return text
	}
	return b.print(n*b.span) + "-" + b.print((n+1)*b.span)
}

// logBucket finds the power by logarithms, which may miss it by one.
func (b *bins) logBucket(x float64, text string) string {
	if x <= 0 {
		return text
	}
	edge := func(power float64) float64 { return b.first * math.Pow(b.base, power) }
	power := math.Floor(math.Log(x/b.first) / math.Log(b.base))
	switch {
	case edge(power) > x:
		power--
	case edge(power+1) <= x:
		power++
	}
	return shortest(edge(power)) + "-" + shortest(edge(power+1))
}

// print prints an edge with the span's decimals, without zeros at the end.
func (b *bins) print(edge float64) string {
	text := strconv.FormatFloat(edge, 'f', b.decimals, 64)
	if b.decimals > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

func shortest(x float64) string {
	text, _ := number(x, true)
	return text
}
