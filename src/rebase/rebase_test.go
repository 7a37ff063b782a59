package rebase

import (
	"bufio"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"riskreplay/src/event"
)

const (
	day     = 86400 * event.Time(time.Second)
	dayHour = day + 3600e9
)

// eventTime is the time of every event in these tests.
var eventTime = event.At(time.Date(2026, 1, 15, 23, 41, 40, 145335200, time.UTC))

func rewriter(t testing.TB, o Options) *Rewriter {
	t.Helper()
	r, err := New(o)
	require.NoError(t, err)
	return r
}

// moved is a raw event moved by some options, and what was counted; the way back
// must give the same bytes, unless it was said that it may not.
func moved(t *testing.T, o Options, raw string) (string, Counts) {
	t.Helper()
	e := event.Event{Raw: []byte(raw), Time: eventTime, Host: "pc1"}
	there := rewriter(t, o)
	left := there.Event(&e)
	require.Equal(t, left, there.Counts().Left)
	out := string(e.Raw)
	back := rewriter(t, o.Inverse())
	back.Event(&e)
	if there.Counts().Inexact+back.Counts().Inexact == 0 {
		require.Equal(t, raw, string(e.Raw), "the way back from %s", out)
		require.Equal(t, eventTime, e.Time)
	}
	require.Equal(t, "pc1", e.Host)
	return out, there.Counts()
}

// pairs are texts before and after, each line `before => after`; no arrow means
// that nothing changes.
func pairs(t *testing.T, o Options, text string) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		line = strings.NewReplacer(`\t`, "\t", `\n`, "\n", `\r`, "\r").Replace(line)
		before, after, changed := strings.Cut(line, " => ")
		if !changed {
			after = before
		}
		out, counts := moved(t, o, before)
		require.Equal(t, after, out)
		require.Equal(t, changed, counts.Moved+counts.Keys > 0, before)
	}
}

func TestForms(t *testing.T) {
	pairs(t, Options{Shift: Shift{Delta: dayHour}}, `
		SystemTime='2026-01-15T23:41:40.145335200Z' => SystemTime='2026-01-17T00:41:40.145335200Z'
		SystemTime="2026-01-15T23:41:40.1453352Z" => SystemTime="2026-01-17T00:41:40.1453352Z"
		UtcTime'>2026-01-15 23:41:39.938< => UtcTime'>2026-01-17 00:41:39.938<
		"eventTime":"2026-12-31T23:41:39Z" => "eventTime":"2027-01-02T00:41:39Z"
		2026-01-15T23:41:39.1234567890123+05:30 x => 2026-01-17T00:41:39.1234567890123+05:30 x
		2026-01-15 23:41:39,938 WARN => 2026-01-17 00:41:39,938 WARN
		2026-01-15 23:41:39,9,2 => 2026-01-17 00:41:39,9,2
		2026/01/15 23:41:39,001,pan => 2026/01/17 00:41:39,001,pan
		date=2026-01-15 time=23:41:39 => date=2026-01-17 time=00:41:39
		log_2026-01-15_23:41:39.txt => log_2026-01-17_00:41:39.txt
		2026-01-15t23:41:39z => 2026-01-17t00:41:39z
		2024-02-28T23:00:00Z 2023-02-28T23:00:00Z => 2024-03-01T00:00:00Z 2023-03-02T00:00:00Z
		2026-01-15T11:41:39 pm, 2026-01-15 12:00:00 AM => 2026-01-17T12:41:39 am, 2026-01-16 01:00:00 AM
		01/15/2026 11:41:39 PM\nLogName=Security => 01/17/2026 12:41:39 AM\nLogName=Security
		01/15/2026 23:41:39.123 +0000, search_name=x => 01/17/2026 00:41:39.123 +0000, search_name=x
		1/15/2026, 11:41:39 AM => 1/16/2026, 12:41:39 PM
		<Data Name='PasswordLastSet'>9/30/2026 11:05:07 PM</Data> => <Data Name='PasswordLastSet'>10/2/2026 12:05:07 AM</Data>
		<Data Name='PasswordLastSet'>12/30/2025 11:05:07 PM</Data> => <Data Name='PasswordLastSet'>1/1/2026 12:05:07 AM</Data>
		Password Last Set:\t12/30/2025 11:05:07 PM\r\n => Password Last Set:\t1/1/2026 12:05:07 AM\r\n
		9/5/2026 08:05:07 PM => 9/6/2026 09:05:07 PM
		192.0.2.1 - - [15/Jan/2026:23:41:39 +0100] "GET / => 192.0.2.1 - - [17/Jan/2026:00:41:39 +0100] "GET /
		Date: Thu, 15 Jan 2026 23:41:39 GMT => Date: Sat, 17 Jan 2026 00:41:39 GMT
		15-JAN-2026 23:41:39 => 17-JAN-2026 00:41:39
		Jan 31 23:41:39 host sshd[881]: x => Feb  2 00:41:39 host sshd[881]: x
		<13>Dec  9 23:41:39.5 host: => <13>Dec 11 00:41:39.5 host:
		<13>Dec 31 23:41:39 host: => <13>Jan  2 00:41:39 host:
		Jan 15 2026 23:41:39: %ASA-6-302013 => Jan 17 2026 00:41:39: %ASA-6-302013
		Jan 15, 2026 11:41:39 PM => Jan 17, 2026 12:41:39 AM
		"calendarTime":"Thu Jan 15 23:41:39 2026 UTC" => "calendarTime":"Sat Jan 17 00:41:39 2026 UTC"
		Thu Jan 15 23:41:39 UTC 2026 => Sat Jan 17 00:41:39 UTC 2026
		Mon Jan 15 23:41:39 -0500 2026 => Wed Jan 17 00:41:39 -0500 2026
		X-Amz-Date=20260115T234139Z 20260115T2341399 20261315T234139Z => X-Amz-Date=20260117T004139Z 20260115T2341399 20261315T234139Z
		2026-01-15\t23:41:39\tLAX => 2026-01-17\t00:41:39\tLAX
		CreationDate=20260115234139.123456+060 => CreationDate=20260117004139.123456+060
		`)
}

func TestNumbers(t *testing.T) {
	pairs(t, Options{Shift: Shift{Delta: dayHour}}, `
		type=SYSCALL msg=audit(1768520499.123:99): a=1 => type=SYSCALL msg=audit(1768610499.123:99): a=1
		{"timestamp":"1768520499123","ContextTimeStamp":1768520499.123,"ProcessStartTime": "1768520499"} => {"timestamp":"1768610499123","ContextTimeStamp":1768610499.123,"ProcessStartTime": "1768610499"}
		{"event_info.timestamp_usec":1768520499123456} => {"event_info.timestamp_usec":1768610499123456}
		{"timeUnixNano":1,"_time":1768520499123456789} => {"timeUnixNano":1,"_time":1768610499123456789}
		{\"eventTime\":1768520499123} => {\"eventTime\":1768610499123}
		{"when":"/Date(1768520499123+0100)/"} => {"when":"/Date(1768610499123+0100)/"}
		"lastLogon":"134129940991234567" => "lastLogon":"134130840991234567"
		<Data Name='LastLogonTime'>134129940991234567</Data><ts>1768520499</ts> => <Data Name='LastLogonTime'>134130840991234567</Data><ts>1768610499</ts>
		info_min_time=1768520499.000, info_max_time=1768520499 x => info_min_time=1768610499.000, info_max_time=1768610499 x
		1768520499.123    200 192.0.2.7 TCP_MISS => 1768610499.123    200 192.0.2.7 TCP_MISS
		S-1-5-21-1768520499-1768520499-1768520499-500
		"aid":"1768520499","KernelModeTime":"1768520499","id":1768520499123
		LowDateTime:1098060289,HighDateTime:30805949***Binary mof
		"time":"17685204991","time":176852049,"time":1768520499abc
		1609999999 bytes sent
		`)
}

func TestLeft(t *testing.T) {
	for raw, left := range map[string]int{
		"on 2026-01-15 and 01/15/2026":                     2,
		"2026-01-15T23:41Z":                                1,
		"1601-01-01T00:00:00Z 9999-12-31T23:59:59Z":        2,
		"1970-01-01 00:00:00":                              1,
		"2016-12-31T23:59:60Z":                             1,
		"15/01/2026 10:00:00":                              1,
		"2026-02-30 10:00:00":                              1,
		"2261-12-31T12:00:00Z":                             1,
		`"time":"9199999999"`:                              1,
		`"pid":"1768520499"`:                               1,
		"20260115234139":                                   1,
		"10:00:00 1/2 3-4-5 2026-1-15 v2026-01-15x":        1,
		"{A837DB8D-2026-0115-2026-011510000000} Jan 15 12": 0,
	} {
		out, counts := moved(t, Options{Shift: Shift{Delta: dayHour}}, raw)
		require.Equal(t, raw, out)
		require.Equal(t, left, counts.Left, raw)
		require.Zero(t, counts.Moved, raw)
	}
}

// A delta is cut to what a text can show, towards zero, in either direction.
func TestPrecision(t *testing.T) {
	text := "2026-01-15 23:41:39.900 2026-01-15 23:41:39 2026-01-15 23:41:39.9999999 2026-01-15 23:41:39.123456789123"
	for delta, want := range map[event.Time]string{
		1_999_999_999: "2026-01-15 23:41:41.899 2026-01-15 23:41:40 2026-01-15 23:41:41.9999998 2026-01-15 23:41:41.123456788123",
		-1_900_000_50: "2026-01-15 23:41:39.710 2026-01-15 23:41:39 2026-01-15 23:41:39.8099999 2026-01-15 23:41:38.933456739123",
	} {
		out, counts := moved(t, Options{Shift: Shift{Delta: delta}}, text)
		require.Equal(t, want, out)
		require.Equal(t, Counts{Moved: 4}, counts)
	}
}

func TestInexactIsSaid(t *testing.T) {
	for _, c := range []struct {
		before, after string
		counts        Counts
	}{
		{"<a>09/30/2026 11:05:07 PM", "<a>10/02/2026 12:05:07 AM", Counts{Moved: 1}}, // 02 still tells it
		{"<a>09/30/2026 09:05:07 AM", "<a>10/01/2026 10:05:07 AM", Counts{Moved: 1}},
		{"<a>11/09/2026 10:05:07 AM", "<a>11/10/2026 11:05:07 AM", Counts{Moved: 1, Inexact: 1}},
		{"at 9/9/2026 9:05:07 AM", "at 9/10/2026 10:05:07 AM", Counts{Moved: 1}},
		{"at 11/9/2026 9:05:07 AM", "at 11/10/2026 10:05:07 AM", Counts{Moved: 1, Inexact: 1}},
		{"Jan  9 01:02:03 x", "Jan 10 02:02:03 x", Counts{Moved: 1}},
		{"Jan 09 01:02:03 x", "Jan 10 02:02:03 x", Counts{Moved: 1, Inexact: 1}},
		{"Jul 16 23:41:39 x", "Jul 18 00:41:39 x", Counts{Moved: 1, Inexact: 1}},
		{"2261-12-31 22:00:00", "2261-12-31 22:00:00", Counts{Left: 1, Inexact: 1}},
		{"ts=9199999999", "ts=9199999999", Counts{Left: 1, Inexact: 1}},
	} {
		out, counts := moved(t, Options{Shift: Shift{Delta: dayHour}}, c.before)
		require.Equal(t, c.after, out)
		require.Equal(t, c.counts, counts, c.before)
	}
}

func TestScale(t *testing.T) {
	base := event.At(time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC))
	pairs(t, Options{Shift: Shift{Base: base, Num: 1, Den: 10}}, `
		2026-01-15T10:00:00Z => 2026-01-15T01:00:00Z
		2026-01-15T11:00:00+01:00 => 2026-01-15T02:00:00+01:00
		2026-01-14T19:00:00.000 -0500 => 2026-01-14T19:00:00.000 -0500
		2026-01-14T23:59:50.500Z => 2026-01-14T23:59:59.050Z
		{"time":1768435200100} => {"time":1768435200010}
		`)
	s := Shift{Base: base, Num: 1, Den: 10, Delta: day}
	require.Equal(t, base+day+1, s.Time(base+10))
	require.Equal(t, base+day+1, s.Time(base+19))
	require.Equal(t, base+day-2, s.Time(base-19))
	require.Equal(t, base+10, s.Inverse().Time(base+day+1))
	require.Equal(t, event.Time(math.MaxInt64), Shift{Num: math.MaxInt64, Den: 1}.Time(base))
	require.Equal(t, event.Time(math.MinInt64), Shift{Base: base, Num: math.MaxInt64, Den: 1}.Time(0))
	require.Equal(t, event.Time(math.MaxInt64), Shift{Delta: math.MaxInt64}.Time(base))
	for _, wrong := range []Shift{{Num: 1}, {Den: 1}, {Num: -1, Den: 1}} {
		_, err := New(Options{Shift: wrong})
		require.EqualError(t, err, "cannot scale times: the scale must be greater than 0")
	}
}

// The scale is exact: it is what big numbers give, rounded down.
func TestScaleOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Shift{
			Delta: event.Time(rapid.Int64Range(-4e18, 4e18).Draw(t, "delta")),
			Base:  event.Time(rapid.Int64Range(-4e18, 4e18).Draw(t, "base")),
			Num:   rapid.Int64Range(1, math.MaxInt64).Draw(t, "num"),
			Den:   rapid.Int64Range(1, math.MaxInt64).Draw(t, "den"),
		}
		at := rapid.Int64Range(-4e18, 4e18).Draw(t, "at")
		clamp := func(x *big.Int) *big.Int {
			for _, end := range []int64{math.MinInt64, math.MaxInt64} {
				if e := big.NewInt(end); x.Cmp(e)*e.Sign() > 0 {
					return e
				}
			}
			return x
		}
		big1 := func(n int64) *big.Int { return big.NewInt(n) }
		distance := new(big.Int).Sub(big1(at), big1(int64(s.Base)))
		scaled := distance.Mul(distance, big1(s.Num))
		scaled.Div(scaled, big1(s.Den)) // Euclid's division rounds down where the divisor is positive
		if limited := clamp(scaled); limited != scaled {
			scaled = limited // far beyond all times
			require.Contains(t, []event.Time{saturated(math.MinInt64, s.Delta), saturated(math.MaxInt64, s.Delta)}, s.Time(event.Time(at)))
			return
		}
		scaled = clamp(scaled.Add(scaled, big1(int64(s.Base))))
		want := clamp(new(big.Int).Add(scaled, big1(int64(s.Delta))))
		require.Equal(t, want.Int64(), int64(s.Time(event.Time(at))))
	})
}

func TestRekey(t *testing.T) {
	pairs(t, Options{Shift: Shift{Delta: dayHour}, Rekey: &Rekey{Suffix: "-r2"}}, `
		Microsoft-Windows-Sysmon <Data Name='ProcessGuid'>{A837DB8D-01B5-5F25-0000-00104F440100}< => Microsoft-Windows-Sysmon <Data Name='ProcessGuid'>{A837DB8D-6145-5F26-0000-00104F440100}<
		Linux-Sysmon <Data Name="ParentProcessGUID">{a837db8d-ffff-5f25-0000-00104f440100}< => Linux-Sysmon <Data Name="ParentProcessGUID">{a837db8d-5f8f-5f27-0000-00104f440100}<
		"Microsoft-Windows-Sysmon","LogonGuid":"A837DB8D-01B5-5F25-0000-00104F440100" => "Microsoft-Windows-Sysmon","LogonGuid":"A837DB8D-6145-5F26-0000-00104F440100"
		Provider='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'
		Microsoft-Windows-Sysmon LogonGuid: {00000000-0000-0000-0000-000000000000}
		<Data Name='LogonGuid'>{A837DB8D-01B5-5F25-0000-00104F440100}<
		<Computer>ws-1.corp.example</Computer> => <Computer>ws-1-r2.corp.example</Computer>
		{"ComputerName": "APP-02","Hostname":"app-02-r2","host":"192.0.2.1","host":"localhost"} => {"ComputerName": "APP-02-r2","Hostname":"app-02-r2-r2","host":"192.0.2.1","host":"localhost"}
		<13>Jan 31 23:41:39 ws-1 sshd[881]: ws-1 => <13>Feb  2 00:41:39 ws-1-r2 sshd[881]: ws-1
		<13>1 2026-01-15T23:41:39.5+01:00 ws-1.corp app - => <13>1 2026-01-17T00:41:39.5+01:00 ws-1-r2.corp app -
		2026-01-15 23:41:39 INFO x; at Jan 15 23:41:39 ws-1 x => 2026-01-17 00:41:39 INFO x; at Jan 17 00:41:39 ws-1 x
		Jan 15 23:41:39 192.0.2.1 x Jan 15 23:41:39 kernel: => Jan 17 00:41:39 192.0.2.1 x Jan 17 00:41:39 kernel:
		Computer:C:\x ComputerName=pc1 => Computer:C:\x ComputerName=pc1-r2
		`)
}

func TestRekeyHostOfEvent(t *testing.T) {
	o := Options{Rekey: &Rekey{Suffix: "-r2"}}
	for name, want := range map[string]string{
		"ws-1.corp.example": "ws-1-r2.corp.example", "WS1": "WS1-r2", "localhost": "localhost", "192.0.2.1": "192.0.2.1", "": "",
	} {
		e := event.Event{Host: name}
		rewriter(t, o).Event(&e)
		require.Equal(t, want, e.Host)
		rewriter(t, o.Inverse()).Event(&e)
		require.Equal(t, name, e.Host)
	}
	_, err := New(Options{Rekey: &Rekey{Suffix: "1"}})
	require.EqualError(t, err, `cannot use "1" as a host suffix: it may hold letters, digits, - and _, and must begin with no digit`)
}

func TestFields(t *testing.T) {
	given := []event.Field{{Name: "run", Value: "7"}, {Name: "orig_time", Value: "1768520499.5"}, {Name: "note", Value: "2026-01-15T23:41:39Z"}}
	e := event.Event{Raw: []byte("x"), Time: eventTime, Fields: given}
	r := rewriter(t, Options{Shift: Shift{Delta: dayHour}})
	require.Zero(t, r.Event(&e))
	require.Equal(t, []event.Field{{Name: "run", Value: "7"}, {Name: "orig_time", Value: "1768610499.5"}, {Name: "note", Value: "2026-01-17T00:41:39Z"}}, e.Fields)
	require.Equal(t, "1768520499.5", given[1].Value)
	require.Equal(t, Counts{Moved: 2}, r.Counts())
	require.Equal(t, eventTime+dayHour, e.Time)
}

func TestNothingToDo(t *testing.T) {
	raw := []byte("2026-01-15T23:41:39Z and 2026-01-15")
	e := event.Event{Raw: raw, Time: eventTime}
	for _, s := range []Shift{{}, {Num: 1, Den: 1}, {Num: 3, Den: 3, Base: 9}} {
		require.Zero(t, rewriter(t, Options{Shift: s}).Event(&e))
		require.Same(t, &raw[0], &e.Raw[0])
		require.Equal(t, eventTime, e.Time)
	}
}

// Events share chunks of memory: none may reach into another.
func TestEventsDoNotOverlap(t *testing.T) {
	r := rewriter(t, Options{Shift: Shift{Delta: dayHour}})
	var all []event.Event
	var want []string
	for i := range 5000 {
		fill := strings.Repeat("x", i*37%3000)
		if i%500 == 0 {
			fill = strings.Repeat("y", chunkSize)
		}
		// Of times that get longer there is not enough slack.
		grow := strings.Repeat(">9/30/2026 9:05:07 PM ", i%70)
		e := event.Event{Raw: []byte(fill + "2026-01-15T23:41:39Z" + grow), Time: eventTime}
		r.Event(&e)
		e.Raw = append(e.Raw, '!')
		all = append(all, e)
		want = append(want, fill+"2026-01-17T00:41:39Z"+strings.Repeat(">10/1/2026 10:05:07 PM ", i%70)+"!")
	}
	for i, e := range all {
		require.Equal(t, want[i], string(e.Raw))
	}
}
