package aggregate

import "slices"

// table is every function, by name.
var table = []Func{
	{Name: "avg", Help: "the mean of the numbers", Tstats: true, New: numericOf(newAvg)},
	{Name: "count", Help: "the number of rows, or of the field's values", Tstats: true, Rows: true, New: newCount},
	{Name: "dc", Help: "the number of distinct values", Tstats: true, New: newDistinct},
	{Name: "earliest", Help: "the value with the smallest _time", Tstats: true, Ordered: true, Time: true, New: newEarliest},
	{Name: "earliest_time", Help: "the smallest _time of a row with the field", Tstats: true, Time: true, New: newEarliestTime},
	{Name: "estdc", Help: "the number of distinct values; exact here", Tstats: true, New: newDistinct},
	{Name: "estdc_error", Help: "the error of estdc: 0, since it is exact here", New: newDistinctError},
	{Name: "exactperc", Help: "the percentile of the numbers", Tstats: true, Percent: true, New: numericOf(newPercentile)},
	{Name: "first", Help: "the first value seen; events come newest first", Tstats: true, Ordered: true, New: newFirst},
	{Name: "last", Help: "the last value seen; events come newest first", Tstats: true, Ordered: true, New: newLast},
	{Name: "latest", Help: "the value with the largest _time", Tstats: true, Ordered: true, Time: true, New: newLatest},
	{Name: "latest_time", Help: "the largest _time of a row with the field", Tstats: true, Time: true, New: newLatestTime},
	{Name: "list", Help: "all values in order, the first 100", Ordered: true, New: newList},
	{Name: "max", Help: "the largest value; texts are greater than numbers", Tstats: true, New: newMax},
	{Name: "median", Help: "the middle of the numbers", Tstats: true, New: numericOf(newMedian)},
	{Name: "min", Help: "the smallest value; numbers are smaller than texts", Tstats: true, New: newMin},
	{Name: "mode", Help: "the most frequent value", Tstats: true, New: newMode},
	{Name: "perc", Help: "the percentile of the numbers", Tstats: true, Percent: true, New: numericOf(newPercentile)},
	{Name: "range", Help: "the largest number less the smallest", Tstats: true, New: numericOf(newRange)},
	{Name: "rate", Help: "the counter's growth by second", Tstats: true, Time: true, New: newRate},
	{Name: "stdev", Help: "the standard deviation of the sample", Tstats: true, New: numericOf(newStdev)},
	{Name: "stdevp", Help: "the standard deviation of the population", Tstats: true, New: numericOf(newStdevp)},
	{Name: "sum", Help: "the sum of the numbers", Tstats: true, New: numericOf(newSum)},
	{Name: "sumsq", Help: "the sum of the numbers' squares", Tstats: true, New: numericOf(newSumsq)},
	{Name: "upperperc", Help: "the percentile of the numbers", Tstats: true, Percent: true, New: numericOf(newPercentile)},
	{Name: "values", Help: "the distinct values in byte order", Tstats: true, New: newValues},
	{Name: "var", Help: "the variance of the sample", Tstats: true, New: numericOf(newVar)},
	{Name: "varp", Help: "the variance of the population", Tstats: true, New: numericOf(newVarp)},
}

// refused are functions that Splunk has and stats cannot run, with the reason.
var refused = map[string]string{
	"per_day":    "only timechart has it",
	"per_hour":   "only timechart has it",
	"per_minute": "only timechart has it",
	"per_second": "only timechart has it",
	"rate_avg":   "only mstats has it, and there are no metric indexes",
	"rate_sum":   "only mstats has it, and there are no metric indexes",
}

// Find is the function of that canonical name: "dc" for distinct_count, "perc"
// for p95.
func Find(name string) (Func, bool) {
	i, found := slices.BinarySearchFunc(table, name, func(f Func, n string) int {
		switch {
		case f.Name < n:
			return -1
		case f.Name > n:
			return 1
		}
		return 0
	})
	if !found {
		return Func{}, false
	}
	return table[i], true
}

// Refused tells why a function that Splunk has is not run.
func Refused(name string) (reason string, known bool) {
	reason, known = refused[name]
	return reason, known
}

// All is every function, in order of their names.
func All() []Func { return slices.Clone(table) }

// Names is the names of all functions.
func Names() []string {
	out := make([]string, len(table))
	for i, f := range table {
		out[i] = f.Name
	}
	return out
}
