package ingest

import (
	"bytes"

	"riskreplay/src/winevent"
)

// syslogFormat is lines with a syslog header, old or new:
//
//	Jan 15 11:40:12 web1 sshd[881]: ...            <38>Jan 15 11:40:12 web1 sshd: ...
//	<34>1 2026-01-15T11:40:12.003Z web1 su - ...   2026-01-15T11:40:12+00:00 web1 sudo: ...
var syslogFormat = format{name: "syslog", sniff: sniffSyslog, open: func(*reader, []byte) breaker { return lines{syslogLine} }}

// sniffSyslog tells a text of whose first lines more than half have the header.
func sniffSyslog(head []byte) bool {
	all, with := 0, 0
	wholeLines(head, 20, func(line []byte) {
		if all++; syslogHost(line) != nil {
			with++
		}
	})
	return 2*with > all
}

// syslogHost is the host in a line's header; nil when it has none.
func syslogHost(line []byte) []byte {
	line = line[:min(len(line), 512)]
	rest := afterPriority(line)
	marked := len(rest) < len(line)
	if isSyslogStamp(rest) {
		rest, marked = rest[len("Jan 02 15:04:05"):], true
	} else if _, n := winevent.TimePrefix(rest); n > 0 && rest[10] == 'T' {
		rest = rest[n:]
	} else {
		return nil
	}
	if len(rest) == 0 || rest[0] != ' ' {
		return nil
	}
	host, rest, _ := bytes.Cut(rest[1:], []byte(" "))
	program, _, _ := bytes.Cut(rest, []byte(" "))
	if len(host) == 0 || !marked && !bytes.HasSuffix(program, []byte(":")) || host[len(host)-1] == ':' || bytes.IndexByte(host, '=') >= 0 {
		return nil
	}
	return host
}

// isSyslogStamp tells text that begins as `Jan  5 11:40:12` does.
func isSyslogStamp(b []byte) bool {
	if len(b) < len("Jan 02 15:04:05") || b[3] != ' ' || b[6] != ' ' || b[9] != ':' || b[12] != ':' {
		return false
	}
	return monthOf(b) > 0
}

func syslogLine(r *reader, start int, line []byte) {
	t, ok := textTime(line, r.o.Now)
	e := r.meta.other(line, r.time(t, ok, start))
	e.Sourcetype = or(r.meta.given.Sourcetype, syslogType)
	if r.meta.given.Host == "" {
		e.Host = r.meta.host(syslogHost(line))
	}
	r.add(start, e)
}
