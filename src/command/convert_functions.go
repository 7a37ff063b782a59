package command

import (
	"math"
	"strconv"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/splunktime"
)

// ctime prints epoch seconds (rule K5); what is no number stays.
func ctime(format string, env eval.Env) func(string) (string, bool) {
	if format == "" {
		format = splunktime.CTime
	}
	f := splunktime.CompileFormat(format)
	return func(s string) (string, bool) {
		t, ok := epoch(s)
		if !ok {
			return "", false
		}
		return string(f.Print(nil, t, env.Zone)), true
	}
}

// epoch reads epoch seconds, all their digits where the text has them.
func epoch(s string) (event.Time, bool) {
	if t, ok := event.ParseTime(s); ok {
		return t, true
	}
	x, ok := batch.Number(s)
	if !ok || math.IsNaN(x) || math.Abs(x) > 9e9 {
		return 0, false
	}
	return event.Time(x * 1e9), true
}

func mktime(format string, env eval.Env) func(string) (string, bool) {
	if format == "" {
		format = splunktime.CTime
	}
	f := splunktime.CompileFormat(format)
	return func(s string) (string, bool) {
		t, ok := f.Parse(s, env.Zone)
		return t.String(), ok
	}
}

func number(x float64, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	return string(aggregate.AppendNumber(nil, x)), true
}

// bestNumber reads what looks like a number in one of the ways that the other
// functions know.
func bestNumber(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if _, ok := batch.Number(s); ok {
		return s, true
	}
	if plain := strings.ReplaceAll(s, ",", ""); plain != s {
		if _, ok := batch.Number(plain); ok {
			return plain, true
		}
	}
	for _, read := range []func(string) (string, bool){durationSeconds, minuteSeconds, kilobytes} {
		if n, ok := read(s); ok {
			return n, true
		}
	}
	return "", false
}

// durationSeconds reads [D+]HH:MM:SS.
func durationSeconds(s string) (string, bool) {
	days := 0.0
	if d, rest, found := strings.Cut(s, "+"); found {
		n, ok := digits(d)
		if !ok {
			return "", false
		}
		days, s = n, rest
	}
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return "", false
	}
	h, hok := digits(parts[0])
	m, mok := digits(parts[1])
	sec, sok := decimal(parts[2])
	return number(days*86400+h*3600+m*60+sec, hok && mok && sok)
}

// minuteSeconds reads [MM:]SS.SSS.
func minuteSeconds(s string) (string, bool) {
	minutes, ok := 0.0, true
	if m, rest, found := strings.Cut(s, ":"); found {
		minutes, ok = digits(m)
		s = rest
	}
	sec, sok := decimal(s)
	return number(minutes*60+sec, ok && sok)
}

func digits(s string) (float64, bool) {
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return float64(n), err == nil
}

func decimal(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	return batch.Number(s)
}

// kilobytes reads a size with a letter k, m or g, k when there is none.
func kilobytes(s string) (string, bool) {
	factor := 1.0
	if n := len(s); n > 0 {
		switch s[n-1] {
		case 'k', 'K':
			s = s[:n-1]
		case 'm', 'M':
			s, factor = s[:n-1], 1024
		case 'g', 'G':
			s, factor = s[:n-1], 1024*1024
		}
	}
	x, ok := batch.Number(strings.TrimSpace(s))
	return number(x*factor, ok)
}

// leadingNumber cuts off what follows a number.
func leadingNumber(s string) (string, bool) {
	s = strings.TrimLeft(s, " \t")
	end := 0
	if end < len(s) && (s[end] == '-' || s[end] == '+') {
		end++
	}
	point := false
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' && !point) {
		point = point || s[end] == '.'
		end++
	}
	_, ok := batch.Number(s[:end])
	return s[:end], ok
}
