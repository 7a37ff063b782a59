package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// sensor is CrowdStrike's on a host.
type sensor struct {
	aid, computer string
	last          uint64
}

const customerID = "b7d2c46e0f9a4c51a83d5e6f10287c94"

// nextID is the sensor's own id of a process; it grows with time.
func (s *sensor) nextID(at time.Time) uint64 {
	s.last += 1000 + uint64(at.Nanosecond())/100%90000
	return s.last
}

// sensorEvent is one line of JSON; every value is a string.
type sensorEvent []field

// text writes the fields in their order; the number of the record is not in
// them, CrowdStrike has none.
func (e sensorEvent) text(uint64) string {
	var b strings.Builder
	for i, f := range e {
		b.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		b.WriteString(jsonText(f.name) + ":" + jsonText(f.value))
	}
	return b.String() + "}"
}

var jsonEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

func jsonText(s string) string { return `"` + jsonEscaper.Replace(s) + `"` }

// falconEvent records an event of a host with a sensor. The sensor sees it
// some tenths of a second after it happened.
func (d *dataset) falconEvent(h *host, at time.Time, kind, version string, data []field) {
	if h.sensor == nil {
		return
	}
	seen := at.Add(d.soon(60*time.Millisecond, 420*time.Millisecond)).Truncate(time.Millisecond)
	e := append(sensorEvent(fields("event_simpleName", kind, "name", kind+version)), data...)
	e = append(e, fields(
		"aid", h.sensor.aid, "cid", customerID, "aip", "203.0.113.9", "event_platform", "Win",
		"ConfigBuild", "1007.3.0019105.1", "ConfigStateHash", "2841906614", "EffectiveTransmissionClass", "3",
		"Entitlements", "15", "id", strings.Trim(h.drawGUID(), "{}"), "timestamp", strconv.FormatInt(seen.UnixMilli(), 10))...)
	if d.rng.IntN(9) > 0 || kind == "ProcessRollup2" {
		e = append(e, field{"ComputerName", h.sensor.computer})
	}
	d.put(d.falcon, h, seen, e)
}

// falconStart is ProcessRollup2. The names of the parent and of its parent are
// there, their command lines are not.
func (d *dataset) falconStart(p *proc) {
	if p.host.sensor == nil {
		return
	}
	i := about(p.path)
	grand := "-"
	if p.parent.parent != nil {
		grand = lastSegment(p.parent.parent.path)
	}
	level := strings.TrimPrefix(label(p.as.level), "S-1-16-")
	d.falconEvent(p.host, p.start, "ProcessRollup2", "V19", fields(
		"TargetProcessId", strconv.FormatUint(p.falcon, 10), "RawProcessId", strconv.Itoa(p.pid),
		"ParentProcessId", strconv.FormatUint(p.parent.falcon, 10), "SourceProcessId", strconv.FormatUint(p.parent.falcon, 10),
		"SourceThreadId", strconv.FormatUint(p.parent.falcon*3+17, 10),
		"ParentBaseFileName", lastSegment(p.parent.path), "GrandParentBaseFileName", grand,
		"ImageFileName", devicePath(p.path), "CommandLine", p.cmd, "UserSid", p.as.sid,
		"AuthenticationId", strconv.FormatUint(uint64(p.as.id), 10), "ParentAuthenticationId", strconv.FormatUint(uint64(p.parent.as.id), 10),
		"IntegrityLevel", level, "TokenType", "1", "SessionId", strconv.Itoa(p.as.desk), "ImageSubsystem", "3",
		"ProcessStartTime", seconds(p.start), "ProcessEndTime", "", "ProcessCreateFlags", "525332", "ProcessParameterFlags", "24577",
		"ProcessSxsFlags", "64", "WindowFlags", "128", "SignInfoFlags", "8683538", "EventOrigin", "1",
		"MD5HashData", i.md5(p.host), "SHA1HashData", strings.Repeat("0", 40), "SHA256HashData", i.sha256(p.host),
		"AuthenticodeHashData", i.sha1(p.host), "Tags", "27, 40, 151, 874, 924"))
}

// falconExit is EndOfProcess.
func (d *dataset) falconExit(p *proc, at time.Time) {
	d.falconEvent(p.host, at, "EndOfProcess", "V15", fields(
		"TargetProcessId", strconv.FormatUint(p.falcon, 10), "RawProcessId", strconv.Itoa(p.pid),
		"ContextProcessId", strconv.FormatUint(p.falcon, 10), "ContextTimeStamp", seconds(at), "ExitCode", "0",
		"ImageFileName", devicePath(p.path), "UserSid", p.as.sid))
}

// falconConnect is NetworkConnectIP4.
func (d *dataset) falconConnect(p *proc, at time.Time, c conn, from string) {
	protocol := map[bool]string{true: "17", false: "6"}[c.port == 123]
	d.falconEvent(p.host, at, "NetworkConnectIP4", "V5", fields(
		"ContextProcessId", strconv.FormatUint(p.falcon, 10), "ContextBaseFileName", lastSegment(p.path), "ContextTimeStamp", seconds(at),
		"LocalAddressIP4", p.host.ip, "LocalPort", from, "RemoteAddressIP4", c.ip, "RemotePort", strconv.Itoa(c.port),
		"Protocol", protocol, "ConnectionDirection", "0", "InContext", "0"))
}

// falconAsk is DnsRequest.
func (d *dataset) falconAsk(p *proc, at time.Time, q query) {
	d.falconEvent(p.host, at, "DnsRequest", "V4", fields(
		"ContextProcessId", strconv.FormatUint(p.falcon, 10), "ContextBaseFileName", lastSegment(p.path), "ContextTimeStamp", seconds(at),
		"DomainName", q.name, "RequestType", "1", "InterfaceIndex", "0", "DualRequest", "0"))
}

// devicePath is a path as the kernel has it.
func devicePath(path string) string {
	return `\Device\HarddiskVolume3` + strings.TrimPrefix(strings.TrimPrefix(path, `\??\`), "C:")
}

// seconds is a time as the sensor writes it, to the millisecond.
func seconds(t time.Time) string {
	return fmt.Sprintf("%d.%03d", t.Unix(), t.Nanosecond()/1_000_000)
}
