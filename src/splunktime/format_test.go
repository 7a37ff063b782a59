package splunktime

import (
	"testing"
	"time"

	"github.com/itchyny/timefmt-go"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
)

// The date of the examples is Sunday 2025-02-02 03:04:05.123456789 in New York.
func TestStrftime(t *testing.T) {
	ny := zone(t, "America/New_York")
	when := local(t, "2025-02-02 03:04:05.123456789", ny)
	for format, want := range map[string]string{
		"":                     "",
		"no variables":         "no variables",
		"%Y-%m-%dT%H:%M:%S":    "2025-02-02T03:04:05",
		CTime:                  "02/02/2025 03:04:05",
		"%F %T":                "2025-02-02 03:04:05",
		"%D %R %r":             "02/02/25 03:04 03:04:05 AM",
		"%a %A %b %B %h":       "Sun Sunday Feb February Feb",
		"%d %e %j %y %C":       "02  2 033 25 20",
		"%H %k %I %l %p":       "03  3 03  3 AM",
		"%N %3N %6N %9N %1N":   "123456789 123 123456 123456789 1",
		"%Q %3Q %6Q %9Q %f":    "123 123 123456 123456789 123456",
		"%s %s.%3N":            "1738483445 1738483445.123",
		"%z %:z %::z %:::z":    "-0500 -05:00 -05:00:00 -05",
		"%Z %Ez":               "EST -300",
		"%c":                   "Sun Feb  2 03:04:05 2025",
		"%+":                   "Sun Feb  2 03:04:05 EST 2025",
		"%x %X":                "02/02/2025 03:04:05",
		"%w %u %U %V %W %G %g": "0 7 05 05 04 2025 25",
		"%% 100%% %n%t":        "% 100% \n\t",
		"%-d %_H %^a %e":       "2  3 SUN  2",
		"%Ey %Od":              "25 02",
		"%":                    "%",
		"%5":                   "%5",
		"%E":                   "%E",
		"%i %::Y %L":           "%i %::Y %L",
		"%Y ñ %d":              "2025 ñ 02",
	} {
		require.Equal(t, want, Strftime(when, format, ny), format)
	}
	// Weeks as the reference prints them.
	require.Equal(t, "06", Strftime(local(t, "2025-02-03 00:00:00", time.UTC), "%V", nil))
	require.Equal(t, "1969-12-31T23:59:59.750 PM", Strftime(-250_000_000, "%FT%T.%Q %p", nil))
	require.Equal(t, "+0530 +330 +05:30 +05:30", Strftime(0, "%z %Ez %:z %:::z", time.FixedZone("IST", 330*60)))
	require.Equal(t, "12 AM 12 PM", Strftime(0, "%I %p ", nil)+Strftime(12*3600e9, "%I %p", nil))
	require.Equal(t, "%Y %q", CompileFormat("%Y %q").String())
}

func TestStrptime(t *testing.T) {
	ny := zone(t, "America/New_York")
	for _, c := range []struct{ s, format, want string }{
		{"2026-01-15T12:20:00", "%Y-%m-%dT%H:%M:%S", "2026-01-15 17:20:00"},
		{"2022-9-25T09:45:22.000", "%Y-%m-%dT%H:%M:%S.%Q", "2022-09-25 13:45:22"},
		{"2026-01-15T12:20:00.1234567Z", "%Y-%m-%dT%H:%M:%S.%9N%z", "2026-01-15 12:20:00.1234567"},
		{"2026-01-15T12:20:00.1234567Z", "%Y-%m-%dT%H:%M:%S.%Q%Z", "2026-01-15 12:20:00.1234567"},
		{"2026-01-15 12:20:00 and more", "%Y-%m-%d %H:%M:%S", "2026-01-15 17:20:00"},
		{"2026-01-15 12:20:00", "%Y-%m-%d", "2026-01-15 05:00:00"},
		{"2026-01-15 12:20", "%F %R", "2026-01-15 17:20:00"},
		{"01/15/2026 01:02:03 pm", "%m/%d/%Y %I:%M:%S %p", "2026-01-15 18:02:03"},
		{"01/15/2026 12:02 AM", "%m/%d/%Y %I:%M %p", "2026-01-15 05:02:00"},
		{"01/15/2026 12:02 PM", "%m/%d/%Y %I:%M %p", "2026-01-15 17:02:00"},
		{"PM 01/15/2026 3", "%p %m/%d/%Y %I", "2026-01-15 20:00:00"},
		{"Thu Jan 15 12:20:00 2026", "%c", "2026-01-15 17:20:00"},
		{"thursday JANUARY 5, 2026", "%A %B %e, %Y", "2026-01-05 05:00:00"},
		{"May 5 26", "%b %d %y", "2026-05-05 04:00:00"},
		{"5/May/2026:01:02:03 +0200", "%d/%b/%Y:%H:%M:%S %z", "2026-05-04 23:02:03"},
		{"2026-07-15 12:00 EST", "%Y-%m-%d %H:%M %Z", "2026-07-15 17:00:00"},
		{"2026-07-15 12:00 EDT", "%Y-%m-%d %H:%M %Z", "2026-07-15 16:00:00"},
		{"2026-07-15 12:00 cest", "%Y-%m-%d %H:%M %Z", "2026-07-15 10:00:00"},
		{"2026-07-15 12:00 -300", "%Y-%m-%d %H:%M %Ez", "2026-07-15 17:00:00"},
		{"2026-07-15 12:00 -05", "%Y-%m-%d %H:%M %z", "2026-07-15 17:00:00"},
		{"2026-07-15 12:00 +05:30:15", "%Y-%m-%d %H:%M %::z", "2026-07-15 06:29:45"},
		{"1768479600", "%s", "2026-01-15 12:20:00"},
		{"1768479600.25", "%s.%N", "2026-01-15 12:20:00.25"},
		{"1768479600123", "%s%3N", "2026-01-15 12:20:00.123"},
		{"1768479600123456", "%s%6N", "2026-01-15 12:20:00.123456"},
		{"-5", "%s", "1969-12-31 23:59:55"},
		{"2026 015", "%Y %j", "2026-01-15 05:00:00"},
		{"20260115", "%Y%m%d", "2026-01-15 05:00:00"},
		{"20 26 01 15", "%C %y %m %d", "2026-01-15 05:00:00"},
		{"100% 2026-01-15", "100%% %F", "2026-01-15 05:00:00"},
		{"  2026-1-5", "%Y-%m-%d", "2026-01-05 05:00:00"},
		{"2026-01-15   12", "%Y-%m-%d %H", "2026-01-15 17:00:00"},
		{"2026-01-15T12:20:60", "%FT%T", "2026-01-15 17:21:00"},
		{"4 2026-01-15", "%w %F", "2026-01-15 05:00:00"},
		{"2026 W03 4", "%G W%V %u", "2026-01-15 05:00:00"},
		{"1971-01-01", "%F", "1971-01-01 05:00:00"},
		{"15.1.2026", "%-d.%-m.%Y", "2026-01-15 05:00:00"},
		{"2026-01-15 03:00 PM", "%F %I:%M %P", "2026-01-15 20:00:00"},
	} {
		got, ok := Strptime(c.s, c.format, ny)
		require.True(t, ok, "%q %q", c.s, c.format)
		require.Equal(t, c.want, show(got, time.UTC), "%q %q", c.s, c.format)
	}
	for _, c := range []struct{ s, format string }{
		{"", "%F"},
		{"2026-01", "%Y-%m"}, // a day must be there
		{"12:20:00", "%H:%M:%S"},
		{"01-15", "%m-%d"},
		{"2026-02-30", "%F"},
		{"2025 366", "%Y %k"},
		{"1970-12-31", "%F"}, // before 1971
		{"0000-01-01", "%F"},
		{"2026-13-01", "%F"},
		{"2026-01-15 24:00:00", "%F %T"},
		{"2026-01-15 13 PM", "%F %I %p"},
		{"2026-01-15 XYZ", "%F %Z"},
		{"2026-01-15 +5", "%F %z"},
		{"2026-01-15 +9900", "%F %z"},
		{"2026-01-15 x", "%F %Ez"},
		{"2026-01-15.", "%F.%N"},
		{"x2026-01-15", "%F"},
		{"2026-01-15", "%i%F"},
		{"2026-01-15", "%F%"},
		{"99999999999999999999", "%s"},
		{"9999999999999", "%s"},
		{"Foo 5 2026", "%b %d %Y"},
		{"2026 W03 4 ", "%G W%V %u"},
		{"9999-01-01", "%F"},
	} {
		_, ok := Strptime(c.s, c.format, ny)
		require.False(t, ok, "%q %q", c.s, c.format)
	}
}

func TestParsePrefixTakesTheRestFromNear(t *testing.T) {
	near := local(t, "2026-01-15 12:20:00", time.UTC)
	for _, c := range []struct {
		s, format, want string
		n               int
	}{
		{"Jan 15 11:00:00 host x", "%b %d %T", "2026-01-15 11:00:00", 15},
		{"Jan 16 12:00:00 host", "%b %d %T", "2026-01-16 12:00:00", 15},
		{"Dec 31 11:00:00 host", "%b %d %T", "2025-12-31 11:00:00", 15},
		{"11:00:05", "%T", "2026-01-15 11:00:05", 8},
		{"360 11", "%j %H", "2025-12-26 11:00:00", 6},
		{"2024-05-06 x", "%F", "2024-05-06 00:00:00", 10},
		{"2026 W03 4", "%G W%V %u", "2026-01-15 00:00:00", 10},
	} {
		got, n, ok := CompileFormat(c.format).ParsePrefix(c.s, near, nil)
		require.True(t, ok, c.s)
		require.Equal(t, c.want, show(got, time.UTC), c.s)
		require.Equal(t, c.n, n)
	}
	for _, c := range []struct{ s, format string }{{"2026-05", "%Y-%m"}, {"Feb 30", "%b %d"}, {"x", "%T"}, {"May", "%b"}} {
		_, _, ok := CompileFormat(c.format).ParsePrefix(c.s, near, nil)
		require.False(t, ok, c.s)
	}
}

// What is printed reads back, and the library prints the same.
func TestFormatsRoundTripAndAgreeWithTheLibrary(t *testing.T) {
	whole := []string{
		"%Y-%m-%dT%H:%M:%S.%N%z", "%d/%b/%Y:%H:%M:%S.%9Q %:z", "%A %B %e %Y %I:%M:%S %p.%9N %::z", "%s.%N", "%j %y %k:%M:%S %9N %z", "%+ %N %z",
	}
	rapid.Check(t, func(r *rapid.T) {
		z := zone(t, rapid.SampledFrom(testZones).Draw(r, "zone"))
		when := event.Time(rapid.Int64Range(40e15, 3e18).Draw(r, "time"))
		format := rapid.SampledFrom(whole).Draw(r, "format")
		text := Strftime(when, format, z)
		back, ok := Strptime(text, format, z)
		require.True(r, ok, "%q %q", format, text)
		require.Equal(r, when, back, "%q %q", format, text)
		for _, f := range []string{"%Y %y %C %m %b %B %d %e %j %F %D", "%a %A %w %u %U %V %W %g %G", "%H %I %k %l %M %S %p %T %R", "%f %s %z %:z %::z %:::z %Z %c"} {
			require.Equal(r, timefmt.Format(when.Std().In(z), f), Strftime(when, f, z))
		}
	})
}

func FuzzStrptime(f *testing.F) {
	f.Add("2026-01-15T12:20:00.123Z", "%Y-%m-%dT%H:%M:%S.%Q%z")
	f.Add("Thu Jan 15 12:20:00 EST 2026", "%+")
	f.Add("1768479600123", "%s%3N")
	f.Add("2026 W03 4", "%G W%V %u")
	f.Add("15.1.26 5 PM", "%-d.%-m.%y %I %P%")
	f.Add("05", "0%Ef%0N%10Q")
	f.Fuzz(func(t *testing.T, s, format string) {
		c := CompileFormat(format)
		got, n, ok := c.ParsePrefix(s, 1768479600e9, time.UTC)
		if ok {
			require.LessOrEqual(t, n, len(s))
		}
		if len(format) < 100 {
			require.NotNil(t, c.Print([]byte{}, got, time.UTC))
		}
		whole, ok := c.Parse(s, nil)
		if !ok || c.weeks {
			return
		}
		if want, err := timefmt.ParseInLocation(s, format, time.UTC); err == nil && same(format) {
			require.Equal(t, event.At(want), whole, "%q %q", s, format)
		}
	})
}

// same tells whether a format has only variables that the library reads as we do.
func same(format string) bool {
	switch format {
	case "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%d %b %Y %I:%M %p", "%F %T", "%s":
		return true
	}
	return false
}

func BenchmarkPrint(b *testing.B) {
	for name, format := range map[string]string{"ctime": "%Y-%m-%dT%H:%M:%S", "default": CTime, "long": "%a %b %e %H:%M:%S.%6N %Z %Y"} {
		b.Run(name, func(b *testing.B) {
			f, dst := CompileFormat(format), make([]byte, 0, 64)
			b.ReportAllocs()
			for i := event.Time(0); b.Loop(); i++ {
				dst = f.Print(dst[:0], 1768479600e9+i*1e9, time.UTC)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	f := CompileFormat("%Y-%m-%dT%H:%M:%S.%N%z")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := f.Parse("2026-01-15T12:20:00.1234567Z", time.UTC); !ok {
			b.Fatal("no match")
		}
	}
}
