package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const utcTime = "2006-01-02 15:04:05.000"

// Versions of Sysmon's events; an event's task is its id.
var sysmonVersion = map[int]int{1: 5, 3: 5, 5: 3, 7: 3, 11: 2, 12: 2, 13: 2, 14: 2, 22: 5}

// sysmonEvent records what p did at a time: RuleName and UtcTime before, and
// User after the data where this host's Sysmon has it.
func (d *dataset) sysmonEvent(p *proc, id int, at time.Time, rule string, data []field) {
	h := p.host
	if p.hidden() {
		return
	}
	guid := "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"
	if h.newSysmon {
		guid = strings.ToLower(guid)
	} else if rule == "-" {
		rule = ""
	}
	all := fields("RuleName", rule, "UtcTime", at.Format(utcTime))
	if id >= 12 && id <= 14 { // EventType comes before the time
		all = append(all[:1], data[0], all[1])
		data = data[1:]
	}
	all = append(all, data...)
	if h.newSysmon && id != 1 && id != 3 {
		all = append(all, field{"User", p.as.user()})
	}
	stamp := at.Add(d.soon(200*time.Microsecond, 9*time.Millisecond)).Truncate(100 * time.Nanosecond)
	if id == 22 {
		stamp = stamp.Add(d.soon(time.Second, 2*time.Second))
	}
	d.put(d.sysmon, h, stamp, winEvent{
		host: h, at: stamp, provider: "Name='Microsoft-Windows-Sysmon' Guid='" + guid + "'",
		id: id, version: sysmonVersion[id], level: 4, task: id,
		keywords: "0x8000000000000000", channel: "Microsoft-Windows-Sysmon/Operational",
		security: " UserID='S-1-5-18'", pid: h.procs["sysmon"].pid, tid: h.sysmonTID, data: all,
	})
}

// actor names the process that did it.
func actor(p *proc) []field {
	return fields("ProcessGuid", p.guid, "ProcessId", strconv.Itoa(p.pid), "Image", p.path)
}

// sysmonStart is event 1.
func (d *dataset) sysmonStart(p *proc) {
	i := about(p.path)
	data := append(actor(p), fields(
		"FileVersion", i.version(p.host), "Description", i.description, "Product", i.product, "Company", i.company,
		"OriginalFileName", i.original, "CommandLine", p.cmd, "CurrentDirectory", p.dir, "User", p.as.user(),
		"LogonGuid", p.host.logonGUID(p.as), "LogonId", hexID(p.as.id), "TerminalSessionId", strconv.Itoa(p.as.desk),
		"IntegrityLevel", p.as.level, "Hashes", i.sysmonHashes(p.host),
		"ParentProcessGuid", p.parent.guid, "ParentProcessId", strconv.Itoa(p.parent.pid),
		"ParentImage", p.parent.path, "ParentCommandLine", p.parent.cmd)...)
	if p.host.newSysmon {
		data = append(data, field{"ParentUser", p.parent.as.user()})
	}
	d.sysmonEvent(p, 1, p.start, p.host.rule(p.path), data)
}

// rule is what a Sysmon configuration with a rule for the image would name.
func (h *host) rule(path string) string {
	rules := map[string]string{
		"reg.exe":        "technique_id=T1112,technique_name=Modify Registry",
		"powershell.exe": "technique_id=T1059.001,technique_name=PowerShell",
		"regsvcs.exe":    "technique_id=T1218.009,technique_name=Regsvcs/Regasm",
		"regasm.exe":     "technique_id=T1218.009,technique_name=Regsvcs/Regasm",
	}
	if r := rules[strings.ToLower(lastSegment(path))]; r != "" && h.newSysmon {
		return r
	}
	return "-"
}

// sysmonExit is event 5.
func (d *dataset) sysmonExit(p *proc, at time.Time) { d.sysmonEvent(p, 5, at, "-", actor(p)) }

// connect is event 3, of TCP unless the port is NTP's.
func (d *dataset) connect(p *proc, at time.Time, c conn) {
	protocol, none := "tcp", "-"
	if !p.host.newSysmon {
		none = ""
	}
	portName := none
	switch c.port {
	case 123:
		protocol, portName = "udp", "ntp"
	case 443:
		portName = "https"
	}
	from := strconv.Itoa(49152 + d.rng.IntN(16000))
	d.sysmonEvent(p, 3, at, "-", append(actor(p), fields(
		"User", p.as.user(), "Protocol", protocol, "Initiated", "true",
		"SourceIsIpv6", "false", "SourceIp", p.host.ip, "SourceHostname", p.host.name, "SourcePort", from, "SourcePortName", none,
		"DestinationIsIpv6", "false", "DestinationIp", c.ip, "DestinationHostname", c.name,
		"DestinationPort", strconv.Itoa(c.port), "DestinationPortName", portName)...))
	d.falconConnect(p, at, c, from)
}

// load is event 7.
func (d *dataset) load(p *proc, at time.Time, path string) {
	i := about(path)
	signed, signature, status := "true", i.company, "Valid"
	if i.company == "Microsoft Corporation" {
		signature = "Microsoft Windows"
	}
	if i.company == "-" {
		signed, signature, status = "false", "-", "Unavailable"
	}
	d.sysmonEvent(p, 7, at, "-", append(actor(p), fields(
		"ImageLoaded", path, "FileVersion", i.version(p.host), "Description", i.description, "Product", i.product,
		"Company", i.company, "OriginalFileName", i.original, "Hashes", i.sysmonHashes(p.host),
		"Signed", signed, "Signature", signature, "SignatureStatus", status)...))
}

// write is event 11. A file that was there before keeps its time of creation.
func (d *dataset) write(p *proc, at time.Time, path string) {
	created := at
	if d.rng.IntN(3) == 0 {
		created = at.Add(-d.soon(time.Hour, 400*time.Hour))
	}
	d.sysmonEvent(p, 11, at, "-", append(actor(p), fields(
		"TargetFilename", path, "CreationUtcTime", created.Format(utcTime))...))
}

// key is event 12: CreateKey, DeleteKey or DeleteValue.
func (d *dataset) key(p *proc, at time.Time, what, object string) {
	d.sysmonEvent(p, 12, at, "-", append(
		append(fields("EventType", what), actor(p)...), field{"TargetObject", object}))
}

// set is event 13.
func (d *dataset) set(p *proc, at time.Time, object, details string) {
	rule := "-"
	if strings.Contains(object, `\CurrentControlSet\Services\`) && !strings.Contains(object, `\bam\`) {
		rule = "technique_id=T1543,technique_name=Service Creation"
		if !p.host.newSysmon {
			rule = "T1031,T1050"
		}
	}
	d.sysmonEvent(p, 13, at, rule, append(
		append(fields("EventType", "SetValue"), actor(p)...), fields("TargetObject", object, "Details", details)...))
}

// rename is event 14.
func (d *dataset) rename(p *proc, at time.Time, object, name string) {
	d.sysmonEvent(p, 14, at, "-", append(
		append(fields("EventType", "RenameKey"), actor(p)...), fields("TargetObject", object, "NewName", name)...))
}

// ask is event 22; an answer that names addresses ends in a semicolon.
func (d *dataset) ask(p *proc, at time.Time, q query) {
	status, results := "0", ""
	switch {
	case q.answer == "":
		status, results = "9003", "-"
	case q.alias != "" && p.host.newSysmon:
		results = fmt.Sprintf("type:  5 %s;::ffff:%s;", q.alias, q.answer)
	case p.host.newSysmon:
		results = fmt.Sprintf("::ffff:%s;", q.answer)
	default:
		results = q.answer + ";"
	}
	d.sysmonEvent(p, 22, at, "-", append(
		fields("ProcessGuid", p.guid, "ProcessId", strconv.Itoa(p.pid), "QueryName", q.name,
			"QueryStatus", status, "QueryResults", results), field{"Image", p.path}))
	d.falconAsk(p, at, q)
}
