package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// shownReasons is how many reasons a summary shows.
const shownReasons = 20

// tally counts what was found of many searches, by the status that detections
// have.
type tally struct {
	all      counts
	byStatus map[string]*counts
	reasons  map[string]int
}

type counts struct{ total, parsed, planned, runnable int }

func (c *counts) add(v verdict) {
	c.total++
	for _, x := range []struct {
		n  *int
		is bool
	}{{&c.parsed, v.parsed}, {&c.planned, v.planned()}, {&c.runnable, v.runnable()}} {
		if x.is {
			*x.n++
		}
	}
}

func (c *counts) String() string {
	return "parsed " + c.share(c.parsed) + ", planned " + c.share(c.planned) + ", runnable " + c.share(c.runnable)
}

// share is a count, and its part of all rounded down, so that 100.0 % is all.
func (c *counts) share(n int) string {
	permille := n * 1000 / c.total
	return fmt.Sprintf("%s (%d.%d %%)", grouped(n), permille/10, permille%10)
}

// grouped writes thousands with commas.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// add counts a search; the first of its errors is the reason that it does not run.
func (s *tally) add(v verdict) {
	if s.byStatus == nil {
		s.byStatus, s.reasons = map[string]*counts{}, map[string]int{}
	}
	s.all.add(v)
	if v.Status != "" {
		if s.byStatus[v.Status] == nil {
			s.byStatus[v.Status] = &counts{}
		}
		s.byStatus[v.Status].add(v)
	}
	if errs := v.problems.Errors(); len(errs) > 0 {
		s.reasons[errs[0].Text]++
	}
}

// print says the counts, and the most frequent reasons first. One search is no
// matter for a summary.
func (s *tally) print(w io.Writer) error {
	if s.all.total < 2 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s searches: %s\n", grouped(s.all.total), &s.all)
	if len(s.byStatus) > 1 {
		for _, status := range slices.Sorted(maps.Keys(s.byStatus)) {
			fmt.Fprintf(&b, "  %s %s: %s\n", grouped(s.byStatus[status].total), status, s.byStatus[status])
		}
	}
	s.printReasons(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *tally) printReasons(b *strings.Builder) {
	if len(s.reasons) == 0 {
		return
	}
	b.WriteString("why the others do not run:\n")
	list := slices.SortedFunc(maps.Keys(s.reasons), func(x, y string) int {
		return cmp.Or(cmp.Compare(s.reasons[y], s.reasons[x]), cmp.Compare(x, y))
	})
	for i, text := range list {
		if i == shownReasons {
			fmt.Fprintf(b, "  and %d more reasons\n", len(list)-i)
			return
		}
		fmt.Fprintf(b, "  %d %s\n", s.reasons[text], text)
	}
}
