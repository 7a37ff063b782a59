package lookup

import (
	"slices"
	"strconv"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/event"
	"riskreplay/src/splunktime"
)

// Temporal bounds matches by time: a row matches an event that is between Min and
// Max later than the row.
type Temporal struct {
	Field string
	// Text is time_format; "" is seconds since 1970.
	Text     string
	Min, Max event.Time
}

// maxOffset is Splunk's max_offset_secs.
const maxOffset = 2_000_000_000

// readTemporal reads time_field and what belongs to it.
func readTemporal(s *conf.Stanza, report func(key, text, hint string)) *Temporal {
	field := s.Get("time_field")
	if field == "" {
		return nil
	}
	t := &Temporal{Field: field, Text: s.Get("time_format"), Max: maxOffset * 1e9}
	for _, b := range []struct {
		key string
		to  *event.Time
	}{{"min_offset_secs", &t.Min}, {"max_offset_secs", &t.Max}} {
		text := s.Get(b.key)
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > maxOffset {
			report(b.key, "expected a number of seconds for "+b.key+`, found "`+text+`"`, "")
			continue
		}
		*b.to = event.Time(n) * 1e9
	}
	return t
}

// times is each row's time, and the rows that have one, latest first.
func (t *Table) times() (at []event.Time, ok []bool, err error) {
	o := t.Options.Time
	c, err := t.Column(o.Field)
	if err != nil {
		return nil, nil, err
	}
	at, ok = make([]event.Time, len(t.rows)), make([]bool, len(t.rows))
	for r, row := range t.rows {
		if o.Text == "" || o.Text == "%s" || o.Text == "%s.%Q" {
			at[r], ok[r] = event.ParseTime(row[c])
			continue
		}
		at[r], ok[r] = splunktime.Strptime(row[c], o.Text, time.UTC)
	}
	return at, ok, nil
}

// fitting is the rows, of those named, whose time fits an event's, latest first.
func (m *Matcher) fitting(rows []int, t event.Time) []int {
	o := m.table.Options.Time
	var out []int
	for _, r := range rows {
		if age := t - m.times[r]; m.timed[r] && age >= o.Min && age <= o.Max {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int {
		switch {
		case m.times[a] > m.times[b]:
			return -1
		case m.times[a] < m.times[b]:
			return 1
		}
		return 0
	})
	return out[:min(len(out), m.most)]
}
