package main

import (
	"strconv"
	"strings"
	"time"
)

const (
	auditSuccess = "0x8020000000000000"
	auditFailure = "0x8010000000000000"
)

// audit records an event of the Security log.
func (d *dataset) audit(h *host, at time.Time, id, version, task int, keywords string, data []field) {
	pid := 4
	if id != 4688 && id != 4689 {
		pid = h.procs["lsass"].pid
	}
	d.put(d.security, h, at, winEvent{
		host: h, at: at,
		provider: "Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-A5BA-3E3B0328C30D}'",
		id:       id, version: version, task: task, keywords: keywords, channel: "Security",
		pid: pid, tid: h.thread(), data: data,
	})
}

// subject is who did it: SYSTEM and its like act as the machine.
func subject(h *host, s *session) []field {
	a := s.account
	if a == system || a == networkService {
		a = h.machine()
		a.sid = s.sid
	}
	return fields("SubjectUserSid", a.sid, "SubjectUserName", a.name, "SubjectDomainName", a.domain,
		"SubjectLogonId", hexID(s.id))
}

// auditStart is event 4688. A process for another account than its parent's
// names that account as the target.
func (d *dataset) auditStart(p *proc) {
	cmd := p.cmd
	if !p.host.auditsCmd {
		cmd = ""
	}
	target := fields("TargetUserSid", "S-1-0-0", "TargetUserName", "-", "TargetDomainName", "-", "TargetLogonId", "0x0")
	if p.as.account != p.parent.as.account {
		target = fields("TargetUserSid", "S-1-0-0", "TargetUserName", p.as.name, "TargetDomainName", p.as.domain,
			"TargetLogonId", hexID(p.as.id))
	}
	data := append(subject(p.host, p.parent.as), fields(
		"NewProcessId", hexID(p.pid), "NewProcessName", p.path, "TokenElevationType", p.as.token,
		"ProcessId", hexID(p.parent.pid), "CommandLine", cmd)...)
	data = append(data, target...)
	data = append(data, fields("ParentProcessName", p.parent.path, "MandatoryLabel", label(p.as.level))...)
	at := p.start.Add(d.soon(10*time.Microsecond, 400*time.Microsecond))
	d.audit(p.host, at, 4688, 2, 13312, auditSuccess, data)
}

// label is the SID of an integrity level.
func label(level string) string {
	rid := map[string]string{"Low": "4096", "Medium": "8192", "High": "12288", "System": "16384"}[level]
	return "S-1-16-" + rid
}

// auditExit is event 4689.
func (d *dataset) auditExit(p *proc, at time.Time) {
	d.audit(p.host, at.Add(d.soon(10*time.Microsecond, 400*time.Microsecond)), 4689, 0, 13313, auditSuccess,
		append(subject(p.host, p.as), fields("Status", "0x0", "ProcessId", hexID(p.pid), "ProcessName", p.path)...))
}

// privileges of an administrator's logon; the list spans lines, as in the log.
var privileges = []string{
	"SeSecurityPrivilege", "SeTakeOwnershipPrivilege", "SeLoadDriverPrivilege", "SeBackupPrivilege", "SeRestorePrivilege",
	"SeDebugPrivilege", "SeSystemEnvironmentPrivilege", "SeImpersonatePrivilege", "SeDelegateSessionUserImpersonatePrivilege",
}

// networkLogon is events 4624, 4672 for an administrator, and 4634.
func (d *dataset) networkLogon(h *host, at time.Time, a account, from string) {
	s := newSession(a, h.rng.Uint32N(1<<26)|1<<24, at, 0, "High")
	d.audit(h, at, 4624, 2, 12544, auditSuccess, append(
		fields("SubjectUserSid", "S-1-0-0", "SubjectUserName", "-", "SubjectDomainName", "-", "SubjectLogonId", "0x0"),
		fields("TargetUserSid", a.sid, "TargetUserName", a.name, "TargetDomainName", a.domain, "TargetLogonId", hexID(s.id),
			"LogonType", "3", "LogonProcessName", "Kerberos", "AuthenticationPackageName", "Kerberos", "WorkstationName", "-",
			"LogonGuid", h.drawGUID(), "TransmittedServices", "-", "LmPackageName", "-", "KeyLength", "0",
			"ProcessId", "0x0", "ProcessName", "-", "IpAddress", from, "IpPort", strconv.Itoa(49152+h.rng.IntN(16000)),
			"ImpersonationLevel", "%%1833", "RestrictedAdminMode", "-", "TargetOutboundUserName", "-",
			"TargetOutboundDomainName", "-", "VirtualAccount", "%%1843", "TargetLinkedLogonId", "0x0", "ElevatedToken", "%%1842")...))
	if a == admin {
		d.audit(h, at.Add(100*time.Nanosecond), 4672, 0, 12548, auditSuccess, append(
			subject(h, s), field{"PrivilegeList", strings.Join(privileges, "\n\t\t\t")}))
	}
	d.audit(h, at.Add(d.soon(8*time.Second, 40*time.Second)), 4634, 0, 12545, auditSuccess, fields(
		"TargetUserSid", a.sid, "TargetUserName", a.name, "TargetDomainName", a.domain, "TargetLogonId", hexID(s.id), "LogonType", "3"))
}

// privilegedCall is event 4673, which the Endpoint model takes for a process.
func (d *dataset) privilegedCall(p *proc, at time.Time, service, privilege string, ok bool) {
	keywords, server := auditSuccess, "NT Local Security Authority / Authentication Service"
	if !ok {
		keywords, server = auditFailure, "Security"
	}
	d.audit(p.host, at, 4673, 0, 13056, keywords, append(subject(p.host, p.as), fields(
		"ObjectServer", server, "Service", service, "PrivilegeList", privilege,
		"ProcessId", hexID(p.pid), "ProcessName", p.path)...))
}

// valueAudit is event 4657, whose paths are the kernel's.
func (d *dataset) valueAudit(p *proc, at time.Time, key, value, kind, data string) {
	d.audit(p.host, at, 4657, 0, 12801, auditSuccess, append(subject(p.host, p.as), fields(
		"ObjectName", `\REGISTRY\MACHINE\SYSTEM\ControlSet001\Services\`+key, "ObjectValueName", value,
		"HandleId", hexID(0x40+4*d.rng.IntN(200)), "OperationType", "%%1904", "OldValueType", "-", "OldValue", "-",
		"NewValueType", kind, "NewValue", data, "ProcessId", hexID(p.pid), "ProcessName", p.path)...))
}

// serviceAudit is event 4697: a service installed by the service manager.
func (d *dataset) serviceAudit(h *host, at time.Time, by *session, name, file string) {
	d.audit(h, at, 4697, 0, 12289, auditSuccess, append(subject(h, by), fields(
		"ServiceName", name, "ServiceFileName", file, "ServiceType", "0x10", "ServiceStartType", "2",
		"ServiceAccount", "LocalSystem")...))
}
