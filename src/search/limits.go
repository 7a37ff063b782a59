package search

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/diag"
)

// Limits are Splunk's limits with their defaults (limits.conf); zero takes the
// default. Hitting one is a warning.
type Limits struct {
	Sort       int // rows that sort keeps: 10,000
	List       int // values of list(): 100
	Results    int // rows of makeresults: 50,000
	Bins       int // 50,000
	Frequent   int // rows of top and rare: 50,000
	Window     int // rows in a window of streamstats: 10,000
	Map        int // searches that map runs: 10
	Expand     int // MB of the rows that mvexpand makes of a batch: 500
	Open       int // open transactions: 5,000
	OpenEvents int // events in open transactions: 100,000
	Spath      int // characters that spath without a path reads: 5,000

	SubsearchRows int           // rows of a subsearch that becomes a condition: 10,000
	SubsearchTime time.Duration // of any subsearch: 60 s
	JoinRows      int           // rows of the right side of join: 50,000
	JoinTime      time.Duration // of the right side of join: 60 s
	AppendRows    int           // rows of append and union: 50,000
	AppendTime    time.Duration // of append and union: 60 s
}

// Limit is one of Splunk's limits by its name: the stanza of limits.conf, a point and
// the setting. Those that limits.conf does not have, because they are the default of a
// command's option, are named like it.
type Limit struct {
	Name    string
	Default int
	Help    string
	// most is the largest value; time tells that it is in seconds.
	most    int
	of      func(*Limits) *int
	seconds func(*Limits) *time.Duration
}

// AllLimits is every limit, in order of their names.
func AllLimits() []Limit { return limitTable }

var limitTable = []Limit{
	{Name: "append.maxout", Default: 50_000, Help: "rows of append and union", of: func(l *Limits) *int { return &l.AppendRows }},
	{Name: "append.maxtime", Default: 60, Help: "seconds of append and union", seconds: func(l *Limits) *time.Duration { return &l.AppendTime }},
	{Name: "discretize.maxbins", Default: 50_000, Help: "bins of bin, chart and timechart", most: 1_000_000, of: func(l *Limits) *int { return &l.Bins }},
	{Name: "join.subsearch_maxout", Default: 50_000, Help: "rows of the right side of join", of: func(l *Limits) *int { return &l.JoinRows }},
	{Name: "join.subsearch_maxtime", Default: 60, Help: "seconds of the right side of join", seconds: func(l *Limits) *time.Duration { return &l.JoinTime }},
	{Name: "makeresults.maxresultrows", Default: 50_000, Help: "rows of makeresults and gentimes", most: 10_000_000, of: func(l *Limits) *int { return &l.Results }},
	{Name: "map.maxsearches", Default: 10, Help: "searches that map runs", most: 10_000, of: func(l *Limits) *int { return &l.Map }},
	{Name: "mvexpand.max_mem_usage_mb", Default: 500, Help: "MB of rows that mvexpand makes of a batch", most: 1 << 20, of: func(l *Limits) *int { return &l.Expand }},
	{Name: "sort.limit", Default: 10_000, Help: "rows that sort keeps", of: func(l *Limits) *int { return &l.Sort }},
	{Name: "spath.extraction_cutoff", Default: 5_000, Help: "characters that spath reads without a path", of: func(l *Limits) *int { return &l.Spath }},
	{Name: "stats.list_maxsize", Default: 100, Help: "values of list()", of: func(l *Limits) *int { return &l.List }},
	{Name: "stats.max_stream_window", Default: 10_000, Help: "rows in a window of streamstats", most: 1_000_000, of: func(l *Limits) *int { return &l.Window }},
	{Name: "subsearch.maxout", Default: 10_000, Help: "rows of a subsearch that becomes a condition", most: 1_000_000, of: func(l *Limits) *int { return &l.SubsearchRows }},
	{Name: "subsearch.maxtime", Default: 60, Help: "seconds of a subsearch", seconds: func(l *Limits) *time.Duration { return &l.SubsearchTime }},
	{Name: "top.maxresultrows", Default: 50_000, Help: "rows of top and rare", most: 10_000_000, of: func(l *Limits) *int { return &l.Frequent }},
	{Name: "transactions.maxopenevents", Default: 100_000, Help: "events in open transactions", most: 100_000_000, of: func(l *Limits) *int { return &l.OpenEvents }},
	{Name: "transactions.maxopentxn", Default: 5_000, Help: "open transactions", most: 10_000_000, of: func(l *Limits) *int { return &l.Open }},
}

// mostLimit is the largest value of a limit that has no other.
const mostLimit = 1_000_000_000

// FindLimit is the limit of a name; the error names the nearest one.
func FindLimit(name string) (Limit, error) {
	names := make([]string, len(limitTable))
	for i, s := range limitTable {
		if s.Name == name {
			return s, nil
		}
		names[i] = s.Name
	}
	return Limit{}, diag.Message{Text: fmt.Sprintf("there is no limit %q", name), Hint: diag.DidYouMean(name, names)}
}

// Place is the stanza and the setting of limits.conf.
func (s Limit) Place() (stanza, setting string) {
	stanza, setting, _ = strings.Cut(s.Name, ".")
	return stanza, setting
}

// Set changes the limit to a whole number from 1 up.
func (s Limit) Set(l *Limits, value string) error {
	most := s.most
	if most == 0 {
		most = mostLimit
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > most {
		return diag.Message{Text: fmt.Sprintf("cannot set %s to %q: it takes a whole number from 1 to %d", s.Name, value, most), Hint: fmt.Sprintf("%s: %d", s.Help, s.Default)}
	}
	if s.seconds != nil {
		*s.seconds(l) = time.Duration(n) * time.Second
		return nil
	}
	*s.of(l) = n
	return nil
}

// Over is the limits with those of others where they are not set.
func (l Limits) Over(others Limits) Limits {
	for _, s := range limitTable {
		if s.seconds != nil {
			if p := s.seconds(&l); *p == 0 {
				*p = *s.seconds(&others)
			}
			continue
		}
		if p := s.of(&l); *p == 0 {
			*p = *s.of(&others)
		}
	}
	return l
}

// Or is a limit, or Splunk's when it is not set.
func Or[T int | time.Duration](value, otherwise T) T {
	if value == 0 {
		return otherwise
	}
	return value
}
