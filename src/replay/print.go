package replay

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"riskreplay/src/event"
	"riskreplay/src/rebase"
)

// Print writes the plan for people: a line for each dataset and, below it, one for
// each file.
func (p *Plan) Print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "plan %s: %d events, %s, %s\n", p.Hash()[:12], p.Events, size(p.Bytes), p.Settings)
	for _, d := range p.Datasets {
		fmt.Fprintf(&b, "\n%s: %d events, %s, %s\n", d.Name, d.Events, size(d.Bytes), moved(d.Shift.rebase()))
		fmt.Fprintf(&b, "  recorded  %s .. %s\n", d.First, d.Last)
		if d.First != d.NewFirst || d.Last != d.NewLast {
			fmt.Fprintf(&b, "  replayed  %s .. %s\n", d.NewFirst, d.NewLast)
		}
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "  EVENTS\tSIZE\tFORMAT\tSOURCETYPE\tSOURCE\tHOSTS\tINDEX\tSHA256\tFILE")
		for _, f := range d.Files {
			fmt.Fprintf(t, "  %d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Events, size(f.Size), f.Format,
				f.each(func(g Group) string { return g.Sourcetype }), f.each(func(g Group) string { return g.Source }),
				f.each(func(g Group) string { return g.Host }), or(or(p.Settings.Index, f.each(func(g Group) string { return g.Index })), "-"),
				f.SHA256[:min(len(f.SHA256), 12)], f.Path)
		}
		_ = t.Flush() // to memory
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// each is the one value that a file's groups have, or how many.
func (f File) each(of func(Group) string) string {
	seen := map[string]bool{}
	last := ""
	for _, g := range f.Groups {
		last = of(g)
		seen[last] = true
	}
	if len(seen) > 1 {
		return strconv.Itoa(len(seen)) + " different"
	}
	return last
}

// String says what the settings do, in one line.
func (s Settings) String() string {
	out := []string{"time " + or(s.Time, "keep")}
	add := func(set bool, text string) {
		if set {
			out = append(out, text)
		}
	}
	add(s.Anchor == "first", "anchored at the first event")
	add(s.Compress, "compressed")
	add(s.Together, "all datasets together")
	add(s.Rekey, "rekeyed")
	add(s.Index != "", "into index "+s.Index)
	add(s.Duration == 0, "speed "+or(s.Speed, "max"))
	add(s.Duration > 0, "in "+s.Duration.String())
	add(s.EPS > 0, fmt.Sprintf("at most %g events/s", s.EPS))
	add(s.MBPS > 0, fmt.Sprintf("at most %g MB/s", s.MBPS))
	add(s.MaxGap > 0, "gaps of at most "+s.MaxGap.String())
	add(s.Loop != "" && s.Loop != "1", "loop "+s.Loop)
	set, err := s.parse()
	add(err == nil && set.byTime, "in the order of time")
	return strings.Join(out, ", ")
}

// moved says where a shift puts times.
func moved(s rebase.Shift) string {
	var out []string
	if s.Num != s.Den {
		out = append(out, fmt.Sprintf("times scaled by %d/%d", s.Num, s.Den))
	}
	if s.Delta != 0 {
		out = append(out, "times moved by "+signed(s.Delta))
	}
	if len(out) == 0 {
		return "times kept"
	}
	return strings.Join(out, ", ")
}

// signed is a distance as +1234d05:06:07.
func signed(t event.Time) string {
	sign, d := "+", time.Duration(t)
	if t < 0 {
		sign, d = "-", -d
	}
	days := d / (24 * time.Hour)
	rest := d % (24 * time.Hour)
	text := fmt.Sprintf("%s%dd%02d:%02d:%02d", sign, days, rest/time.Hour, rest/time.Minute%60, rest/time.Second%60)
	if below := rest % time.Second; below != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%09d", below), "0")
	}
	return text
}

// size is bytes for people.
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return strconv.FormatInt(n, 10) + " B"
}
