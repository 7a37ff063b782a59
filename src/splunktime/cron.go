package splunktime

import (
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"riskreplay/src/diag"
)

// Cron is a schedule of five fields: minute, hour, day of the month, month, day
// of the week (0 and 7 are Sunday). Where both kinds of days are restricted,
// either makes a tick. A tick is a minute in which the local clock shows what the
// fields say: there is none in an hour that the clock skips, and there are two in
// one that it repeats. The zero Cron never ticks.
type Cron struct {
	source string
	// The parsed fields, bit n set for the value n. The library's own Next is
	// not used: where a day has no midnight it never returns.
	spec *cron.SpecSchedule
}

var (
	cronParser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	cronFields = [...]string{"minute", "hour", "day of month", "month", "day of week"}
)

// ParseCron reads a schedule. The error is a diag.Message without a place that
// names the field.
func ParseCron(s string) (Cron, error) {
	fields := strings.Fields(s)
	if len(fields) != len(cronFields) {
		return Cron{}, badCron(s, "expected 5 fields, found "+strconv.Itoa(len(fields)))
	}
	fields[4] = sundays(fields[4])
	parsed, err := cronParser.Parse(strings.Join(fields, " "))
	if spec, ok := parsed.(*cron.SpecSchedule); ok && err == nil {
		return Cron{source: s, spec: spec}, nil
	}
	for i, f := range fields {
		alone := [...]string{"*", "*", "*", "*", "*"}
		alone[i] = f
		if _, err := cronParser.Parse(strings.Join(alone[:], " ")); err != nil {
			return Cron{}, badCron(s, cronFields[i]+` "`+f+`" is not a number, name, range or step in range`)
		}
	}
	return Cron{}, badCron(s, "no such schedule")
}

func badCron(s, why string) error {
	return diag.Message{
		Text: `cannot read cron schedule "` + s + `": ` + why,
		Hint: "minute hour day-of-month month day-of-week, like 0 * * * * or */15 8-18 * * 1-5",
	}
}

// sundays writes items of a day of week field that reach to 7, which the library
// does not know, as a list.
func sundays(field string) string {
	items := strings.Split(field, ",")
	for i, item := range items {
		span, step, _ := strings.Cut(item, "/")
		from, to, _ := strings.Cut(span, "-")
		low, err := strconv.Atoi(from)
		high, every := low, 1
		if to != "" && err == nil {
			high, err = strconv.Atoi(to)
		}
		if step != "" && err == nil {
			every, err = strconv.Atoi(step)
		}
		if err != nil || high != 7 || low < 0 || low > 7 || every < 1 {
			continue
		}
		var days []string
		for d := low; d <= 7; d += every {
			days = append(days, strconv.Itoa(d%7))
		}
		items[i] = strings.Join(days, ",")
	}
	return strings.Join(items, ",")
}

// String is the schedule as given.
func (c Cron) String() string { return c.source }

// farthest is how many days Next and Prev look: eight years, the longest time
// between two leap days.
const farthest = 8*366 + 1

// Next is the first tick after t, in t's zone; the zero time when there is none
// within eight years.
func (c Cron) Next(t time.Time) time.Time {
	if c.spec == nil {
		return time.Time{}
	}
	from := floorFixed(t, time.Minute).Add(time.Minute)
	y, m, d := from.Date()
	for range farthest {
		if c.onDay(y, m, d) {
			end := startOfDay(y, m, d+1, t.Location())
			if tick := c.first(later(from, startOfDay(y, m, d, t.Location())), end); !tick.IsZero() {
				return tick
			}
		}
		y, m, d = time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC).Date()
	}
	return time.Time{}
}

// Prev is the last tick at or before t, in t's zone; the zero time when there is
// none within eight years.
func (c Cron) Prev(t time.Time) time.Time {
	if c.spec == nil {
		return time.Time{}
	}
	from := floorFixed(t, time.Minute)
	y, m, d := from.Date()
	for range farthest {
		if c.onDay(y, m, d) {
			end := startOfDay(y, m, d+1, t.Location()).Add(-time.Minute)
			if end.After(from) {
				end = from
			}
			if tick := c.last(startOfDay(y, m, d, t.Location()), end); !tick.IsZero() {
				return tick
			}
		}
		y, m, d = time.Date(y, m, d-1, 0, 0, 0, 0, time.UTC).Date()
	}
	return time.Time{}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// anyDay is the bit that the library sets for "*".
const anyDay = 1 << 63

func (c Cron) onDay(y int, m time.Month, d int) bool {
	if c.spec.Month>>uint(m)&1 == 0 {
		return false
	}
	inMonth := c.spec.Dom>>uint(d)&1 == 1
	inWeek := c.spec.Dow>>uint(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Weekday())&1 == 1
	if c.spec.Dom&anyDay != 0 || c.spec.Dow&anyDay != 0 {
		return inMonth && inWeek
	}
	return inMonth || inWeek
}

// first is the first minute of [t, end) that hour and minute agree with.
func (c Cron) first(t, end time.Time) time.Time {
	for t.Before(end) {
		hour, minute, _ := t.Clock()
		minutes := c.minutes(hour) >> uint(minute)
		if minutes&1 == 1 {
			return t
		}
		step := 60 - minute
		if minutes != 0 {
			step = bits.TrailingZeros64(minutes)
		}
		t = t.Add(time.Duration(step) * time.Minute)
	}
	return time.Time{}
}

// last is the last minute of [start, t] that hour and minute agree with.
func (c Cron) last(start, t time.Time) time.Time {
	for !t.Before(start) {
		hour, minute, _ := t.Clock()
		minutes := c.minutes(hour) << uint(63-minute)
		if minutes>>63 == 1 {
			return t
		}
		step := minute + 1
		if minutes != 0 {
			step = bits.LeadingZeros64(minutes)
		}
		t = t.Add(-time.Duration(step) * time.Minute)
	}
	return time.Time{}
}

// minutes are the bits of the minutes with ticks in an hour.
func (c Cron) minutes(hour int) uint64 {
	if c.spec.Hour>>uint(hour)&1 == 0 {
		return 0
	}
	return c.spec.Minute &^ anyDay
}
