package rebase

import (
	"riskreplay/src/event"
)

// Rekey gives what an event names a new identity, so that a second replay of a
// dataset is not taken for the same processes, logons and hosts:
//
//	{A837DB8D-01B5-5F25-0000-00104F440100}   {A837DB8D-9745-6969-0000-00104F440100}
//	<Computer>ws-1.corp.example<             ws-1-r2.corp.example
//
// The GUIDs are those of Sysmon's events whose name speaks of a process or a
// logon; their second and third group are the time of its start in seconds, which
// is moved as all times are. Hosts are Event's Host and, in the event, the one of
// a syslog header and the values of Computer, ComputerName, Hostname and the like
// (see hostKey). Both depend on nothing but the name, and so are the same in all
// events. Addresses, localhost, accounts (PC1$) and hosts inside of other text
// stay.
type Rekey struct {
	// Suffix is put behind a host's name, before its domain: "-r2". Empty leaves
	// hosts as they are.
	Suffix string
	undo   bool
}

func (k *Rekey) check() error {
	if k == nil {
		return nil
	}
	for i, c := range []byte(k.Suffix) {
		if !isLetter(c) && c != '-' && c != '_' && (!isDigit(c) || i == 0) {
			return badSuffix(k.Suffix)
		}
	}
	return nil
}

var sysmonName = []byte("-Sysmon")

// guid moves the time in the GUID whose first group ends at raw[i], and gives
// where to go on.
func (r *Rewriter) guid(i int) int {
	start, end := i-8, i+28
	if !r.sysmon || start < r.done || !isGUID(r.raw, start, end) {
		return i + 1
	}
	key := i - 8
	if key > 0 && r.raw[key-1] == '{' {
		key--
	}
	if !guidKey(keyBefore(r.raw, key)) {
		return i + 1
	}
	low, high := hex4(r.raw[i+1:]), hex4(r.raw[i+6:])
	seconds := high<<16 | low
	to, ok := r.shift.text(event.Time(seconds)*1e9, 1e9, 0)
	if seconds < uint32(rangeStart/1e9) {
		return end // no time, or the GUID of nothing
	}
	if !ok || to/1e9 > 0xFFFFFFFF {
		r.counts.Inexact++
		return end
	}
	upper, known := hexCase(r.raw[start:i], r.raw[i+10:end])
	if !known {
		if upper, known = hexCase(r.raw[i:i+10], nil); known {
			r.counts.Inexact++
		}
	}
	seconds = uint32(to / 1e9)
	r.upTo(i+1, i+10)
	r.hex4(seconds&0xFFFF, upper)
	r.out = append(r.out, '-')
	r.hex4(seconds>>16, upper)
	r.counts.Keys++
	return end
}

// isGUID tells whether raw[start:end] is 8-4-4-4-12 hex digits.
func isGUID(raw []byte, start, end int) bool {
	if start < 0 || end > len(raw) {
		return false
	}
	for i, c := range raw[start:end] {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isDigit(c) && c|0x20-'a' >= 6 {
			return false
		}
	}
	return true
}

// guidKey tells whether a name is that of a process or logon: ProcessGuid,
// SourceProcessGUID, ParentProcessGuid, LogonGuid.
func guidKey(key []byte) bool {
	n := len(key) - len("guid")
	if n < 0 || !equalFold(key[n:], "guid") {
		return false
	}
	return n >= 7 && equalFold(key[n-7:n], "process") || n >= 5 && equalFold(key[n-5:n], "logon")
}

func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i := range b {
		if b[i]|0x20 != lower[i] {
			return false
		}
	}
	return true
}

func hex4(b []byte) (n uint32) {
	for _, c := range b[:4] {
		if isDigit(c) {
			n = n<<4 | uint32(c-'0')
		} else {
			n = n<<4 | uint32(c|0x20-'a'+10)
		}
	}
	return n
}

func (r *Rewriter) hex4(n uint32, upper bool) {
	digits := "0123456789abcdef"
	if upper {
		digits = "0123456789ABCDEF"
	}
	r.out = append(r.out, digits[n>>12&15], digits[n>>8&15], digits[n>>4&15], digits[n&15])
}

// hexCase tells the case of the first letter in two texts.
func hexCase(a, b []byte) (upper, known bool) {
	for _, text := range [...][]byte{a, b} {
		for _, c := range text {
			if isLetter(c) {
				return c < 'a', true
			}
		}
	}
	return true, false
}
