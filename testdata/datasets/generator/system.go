package main

import (
	"fmt"
	"time"
	"unicode/utf16"
)

// Providers of the System log. The service manager's events carry the old
// Qualifiers, the others do not.
const (
	serviceManager = "Name='Service Control Manager' Guid='{555908d1-a6d7-4695-8e1e-26931d2012f4}' EventSourceName='Service Control Manager'"
	updateClient   = "Name='Microsoft-Windows-WindowsUpdateClient' Guid='{945A8954-C147-4ACD-923F-40C45405A658}'"
	timeService    = "Name='Microsoft-Windows-Time-Service' Guid='{06EDCFEB-0FD0-4E53-ACCA-A6F8BBF81BCB}'"
	kernelGeneral  = "Name='Microsoft-Windows-Kernel-General' Guid='{A68CA8B7-004F-D7B6-A698-07E2DE0F1F5D}'"
)

func (d *dataset) scm(h *host, at time.Time, id int, security string, data []field, binary string) {
	d.put(d.system, h, at, winEvent{
		host: h, at: at, provider: serviceManager, id: id, qualifiers: " Qualifiers='16384'", level: 4,
		keywords: "0x8080000000000000", channel: "System", security: security,
		pid: h.procs["services"].pid, tid: h.thread(), data: data, binary: binary,
	})
}

// serviceState is event 7036.
func (d *dataset) serviceState(h *host, at time.Time, service, title, state string) {
	code := map[string]string{"running": "/4\x00", "stopped": "/1\x00"}[state]
	var binary string
	for _, u := range utf16.Encode([]rune(service + code)) {
		binary += fmt.Sprintf("%02X%02X", u&0xff, u>>8)
	}
	d.scm(h, at, 7036, "", fields("param1", title, "param2", state), binary)
}

// startMode is event 7040.
func (d *dataset) startMode(h *host, at time.Time, by account, title, from, to, service string) {
	d.scm(h, at, 7040, " UserID='"+by.sid+"'", fields("param1", title, "param2", from, "param3", to, "param4", service), "")
}

// serviceInstalled is event 7045, which has a field ImagePath.
func (d *dataset) serviceInstalled(h *host, at time.Time, by account, name, path, kind, start string) {
	who := "LocalSystem"
	if kind == "kernel mode driver" {
		who = ""
	}
	d.scm(h, at, 7045, " UserID='"+by.sid+"'", fields(
		"ServiceName", name, "ImagePath", path, "ServiceType", kind, "StartType", start, "AccountName", who), "")
}

// systemNotice is an event of a provider with a manifest.
func (d *dataset) systemNotice(h *host, at time.Time, provider string, id, version, task int, by account, data []field) {
	d.put(d.system, h, at, winEvent{
		host: h, at: at, provider: provider, id: id, version: version, level: 4, task: task,
		keywords: "0x8000000000000000", channel: "System", security: " UserID='" + by.sid + "'",
		pid: h.procs["netsvcs"].pid, tid: h.thread(), data: data,
	})
}
