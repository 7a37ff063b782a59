package ingest

import "bytes"

// auditdFormat is what Linux's auditd writes: one record a line, several of which
// make an event of the system and share its time and serial.
//
//	node=web1 type=SYSCALL msg=audit(1768477212.345:88): arch=c000003e ...\x1dARCH=x86_64
//
// What ausearch puts between events is skipped: "----" and "time->...".
var auditdFormat = format{name: "auditd", sniff: sniffAuditd, open: func(*reader, []byte) breaker { return lines{auditLine} }}

var (
	auditTime = []byte("audit(")
	auditNode = []byte("node=")
)

// isAudit tells a record.
func isAudit(line []byte) bool {
	head := line[:min(len(line), 512)]
	if rest, ok := bytes.CutPrefix(head, auditNode); ok {
		_, head, _ = bytes.Cut(rest, []byte(" "))
	}
	return bytes.HasPrefix(head, []byte("type=")) && bytes.Contains(head, []byte("msg=audit("))
}

func isBetweenAudit(line []byte) bool {
	return string(line) == "----" || bytes.HasPrefix(line, []byte("time->"))
}

// sniffAuditd tells a text whose first record is one of auditd's.
func sniffAuditd(head []byte) (yes bool) {
	done := false
	wholeLines(head, 3, func(line []byte) {
		if !done && !isBetweenAudit(line) {
			yes, done = isAudit(line), true
		}
	})
	return yes
}

func auditLine(r *reader, start int, line []byte) {
	if isBetweenAudit(line) {
		return
	}
	t, ok := textTime(line, r.o.Now)
	if i := bytes.Index(line, auditTime); i >= 0 {
		at, found := textTime(line[i+len(auditTime):], r.o.Now)
		if !found {
			at, found = epochTime(line[i+len(auditTime):][:epochWidth(line[i+len(auditTime):])])
		}
		if found {
			t, ok = at, true
		}
	}
	var f found
	if rest, is := bytes.CutPrefix(line, auditNode); is {
		node, _, _ := bytes.Cut(rest, []byte(" "))
		f.set(&r.meta, "host", node)
	}
	f.source, f.sourcetype = auditType, auditType
	e := r.meta.other(line, r.time(t, ok, start))
	f.lay(&e, r.meta.given)
	r.add(start, e)
}
