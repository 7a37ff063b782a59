package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"riskreplay/src/diag"
	"riskreplay/src/search"
)

// limitFlags bound what a search may take and give.
type limitFlags struct {
	memory string
	limits []string
}

// searchMemory is what the rows that one search holds may take, unless told otherwise.
const searchMemory = "1GB"

func (f *limitFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.memory, "memory", searchMemory, "how much the rows that one search holds may take before they go to disk, as 512MB or 4GB; 0 is no limit")
	c.Flags().StringArrayVar(&f.limits, "limit", nil, "one of Splunk's limits by its name in limits.conf, as subsearch.maxout=20000 (repeatable; --limit help lists them)")
}

// read is the bytes of memory, and the limits.
func (f *limitFlags) read() (int64, search.Limits, error) {
	var out search.Limits
	memory, err := parseMemory(f.memory)
	if err != nil {
		return 0, out, usageError{err}
	}
	for _, text := range f.limits {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return 0, out, usageError{errors.New(limitList(text))}
		}
		limit, err := search.FindLimit(strings.TrimSpace(name))
		if err == nil {
			err = limit.Set(&out, strings.TrimSpace(value))
		}
		if err != nil {
			return 0, out, usageError{withHint(err)}
		}
	}
	return memory, out, nil
}

// withHint puts a message's hint behind its text.
func withHint(err error) error {
	var m diag.Message
	if errors.As(err, &m) && m.Hint != "" {
		return fmt.Errorf("%s (%s)", m.Text, m.Hint)
	}
	return err
}

func limitList(text string) string {
	var b strings.Builder
	if text != "help" {
		fmt.Fprintf(&b, "cannot read --limit %q: write it like subsearch.maxout=20000. ", text)
	}
	b.WriteString("The limits, with their defaults:")
	for _, l := range search.AllLimits() {
		fmt.Fprintf(&b, "\n  %-28s %7d  %s", l.Name, l.Default, l.Help)
	}
	return b.String()
}

// leastMemory is the least that --memory takes: a few rows must fit.
const leastMemory = 1 << 20

// parseMemory reads a number of bytes: 512MB, 4GB, 1.5g, 1048576.
func parseMemory(text string) (int64, error) {
	lower := strings.ToLower(strings.TrimSpace(text))
	if lower == "" || lower == "0" {
		return 0, nil
	}
	number := strings.TrimRight(lower, "kmgtib ")
	shift, known := map[string]int{"": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20, "g": 30, "gb": 30, "gib": 30, "t": 40, "tb": 40, "tib": 40}[strings.TrimSpace(lower[len(number):])]
	n, err := strconv.ParseFloat(number, 64)
	size := n * float64(int64(1)<<shift)
	switch {
	case !known || err != nil || n != n:
		return 0, fmt.Errorf("cannot read --memory %q: write it like 512MB or 4GB", text)
	case size < leastMemory || size > 1<<50:
		return 0, fmt.Errorf("cannot take --memory %q: it goes from 1MB to 1024TB, and 0 is no limit", text)
	}
	return int64(size), nil
}
