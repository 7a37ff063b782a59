package spl

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/diag"
)

// aggNames are the aggregate functions and what they are called in the tree.
var aggNames = map[string]string{
	"count": "count", "c": "count", "dc": "dc", "distinct_count": "dc", "estdc": "estdc", "estdc_error": "estdc_error",
	"sum": "sum", "sumsq": "sumsq", "avg": "avg", "mean": "avg", "min": "min", "max": "max", "range": "range",
	"stdev": "stdev", "stdevp": "stdevp", "var": "var", "varp": "varp", "median": "median", "mode": "mode",
	"first": "first", "last": "last", "earliest": "earliest", "latest": "latest",
	"earliest_time": "earliest_time", "latest_time": "latest_time", "list": "list", "values": "values",
	"rate": "rate", "rate_avg": "rate_avg", "rate_sum": "rate_sum",
	"per_second": "per_second", "per_minute": "per_minute", "per_hour": "per_hour", "per_day": "per_day",
	"sparkline": "sparkline",
}

// percentiles are the functions whose names end in a number.
var percentiles = [...]struct{ prefix, name string }{
	{"exactperc", "exactperc"}, {"upperperc", "upperperc"}, {"perc", "perc"}, {"p", "perc"},
}

// Aggregates are the names of the aggregate functions that stats and its like
// know, sorted, without the percentiles (p95, perc99.9, exactperc50, upperperc50).
func Aggregates() []string {
	var names []string
	for n := range aggNames {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// AggregateCall reads a call within an eval of chart, eval(avg(x)/count()), as an
// aggregate of a field or of rows; false when it is none.
func AggregateCall(c *Call) (Agg, bool) {
	a := Agg{Span: c.Span, Written: c.Name}
	fn, known := aggNames[strings.ToLower(c.Name)]
	if !known {
		if fn, a.Percent, known = percentile(strings.ToLower(c.Name)); !known || a.Percent >= 100 {
			return a, false
		}
	}
	a.Func = fn
	switch {
	case len(c.Args) == 0 && fn == "count":
		return a, true
	case len(c.Args) != 1:
		return a, false
	}
	f, ok := c.Args[0].(*Field)
	if !ok {
		return a, false
	}
	a.Arg = &Name{Text: f.Name, Quoted: f.Quoted, Span: f.Span}
	a.Written += "(" + f.Name + ")"
	return a, true
}

// percentile reads p95, perc99.9, exactperc50 and upperperc50, in lower case.
func percentile(name string) (fn string, percent float64, ok bool) {
	for _, f := range percentiles {
		digits, found := strings.CutPrefix(name, f.prefix)
		if !found || digits == "" || !isDigit(digits[0]) {
			continue
		}
		percent, err := strconv.ParseFloat(digits, 64)
		return f.name, percent, err == nil
	}
	return "", 0, false
}

// function sets the function that a name means, or reports that there is none.
func (p *parser) function(a *Agg, written string, sp Span) bool {
	low := strings.ToLower(written)
	if name, ok := aggNames[low]; ok {
		a.Func = name
		return true
	}
	fn, percent, ok := percentile(low)
	switch {
	case ok && percent < 100:
		a.Func, a.Percent = fn, percent
		return true
	case fn != "":
		p.fail(sp, `the percentile of "`+written+`" is not below 100`, "")
	default:
		p.fail(sp, `unknown aggregate function "`+shorten(written)+`"`, p.notAggregate(low))
	}
	return false
}

func (p *parser) notAggregate(low string) string {
	switch {
	case strings.HasPrefix(low, "perc") || low == "p":
		return "a percentile has its number in its name: perc95(field)"
	case forms[low] != nil:
		return "a pipe may be missing before the command " + low
	case meantAggregates[low] != "":
		return "SPL calls it " + meantAggregates[low]
	}
	return cmp.Or(diag.DidYouMean(low, Aggregates()), "docs/spl.md lists the functions")
}

// meantAggregates is what other languages call aggregates.
var meantAggregates = map[string]string{
	"average": "avg", "total": "sum", "unique": "dc", "nunique": "dc", "countif": "count(eval(condition))",
	"count_distinct": "dc", "std": "stdev", "stddev": "stdev", "variance": "var", "minimum": "min", "maximum": "max",
	"collect_set": "values", "collect_list": "list", "make_set": "values", "quantile": "perc95", "percentile": "perc95",
}
