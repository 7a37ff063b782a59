package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// conn is where a process connects to.
type conn struct {
	ip, name string
	port     int
}

// query is a name asked for; no answer: the name does not exist.
type query struct{ name, alias, answer string }

// standing is a process that runs since boot or logon; nothing records its
// start. Rows are in order of starting, parents first.
type standing struct{ name, parent, as, path, cmd string }

const services = `C:\Windows\system32\services.exe`

var everywhere = []standing{
	{"wininit", "", "system", `C:\Windows\system32\wininit.exe`, `wininit.exe`},
	{"services", "wininit", "system", services, services},
	{"sysmon", "services", "system", `C:\Windows\Sysmon64.exe`, `C:\Windows\Sysmon64.exe`},
	{"lsass", "wininit", "system", `C:\Windows\system32\lsass.exe`, `C:\Windows\system32\lsass.exe`},
	{"dcom", "services", "system", `C:\Windows\system32\svchost.exe`, `C:\Windows\system32\svchost.exe -k DcomLaunch -p`},
	{"netsvcs", "services", "system", `C:\Windows\system32\svchost.exe`, `C:\Windows\system32\svchost.exe -k netsvcs -p`},
	{"time", "services", "local", `C:\Windows\system32\svchost.exe`, `C:\Windows\system32\svchost.exe -k LocalService -p`},
	{"dnscache", "services", "network", `C:\Windows\system32\svchost.exe`, `C:\Windows\system32\svchost.exe -k NetworkService -p`},
	{"defender", "services", "system", `C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.25110.6-0\MsMpEng.exe`, `"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.25110.6-0\MsMpEng.exe"`},
	{"dagent", "services", "system", `C:\Program Files\Example Deploy\dagent.exe`, `"C:\Program Files\Example Deploy\dagent.exe" --service`},
}

var onWorkstation = []standing{
	{"search", "services", "system", `C:\Windows\system32\SearchIndexer.exe`, `C:\Windows\system32\SearchIndexer.exe /Embedding`},
	{"userinit", "", "helpdesk", `C:\Windows\system32\userinit.exe`, `C:\Windows\system32\userinit.exe`},
	{"explorer", "userinit", "helpdesk", `C:\Windows\explorer.exe`, `C:\Windows\Explorer.EXE`},
	{"edge", "explorer", "helpdesk", `C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`, `"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --profile-directory=Default`},
}

var onServer = []standing{
	{"backup", "services", "system", `C:\Program Files\Example Backup\exbkagent.exe`, `"C:\Program Files\Example Backup\exbkagent.exe" --service`},
	{"msiserver", "services", "system", `C:\Windows\system32\msiexec.exe`, `C:\Windows\system32\msiexec.exe /V`},
}

// machines gives the dataset its two hosts, each with what always runs. The
// server has CrowdStrike's sensor, or none. sinceBoot are the machines' counts
// of processes when recording began.
func (d *dataset) machines(wksBoot string, onApp *sensor, sinceBoot [2]uint32) {
	w := newHost(d, "WKS-114", "10.20.7.114", 0x7a41c09e, wksBoot)
	w.newSysmon, w.auditsCmd = true, true
	w.sysmonTID, w.counter = 4988, 0x0021
	w.logon("helpdesk", helpdesk, 0x5c1f3, w.boot.Add(9*time.Minute), 1, "Medium")
	w.logon("raised", helpdesk, 0x5c1a8, w.boot.Add(9*time.Minute), 1, "High")

	a := newHost(d, "APP-02", "10.20.4.22", 0xC3580D17, "2026-01-03T02:14:09.2716Z")
	a.sysmonTID, a.counter = 3136, 0x9C1E
	a.hides, a.sensor = []string{"conhost.exe"}, onApp
	a.logon("deploy", deploy, 0x1e7b04d, a.boot.Add(11*time.Minute), 0, "High")

	d.wks, d.app = w, a
	for _, h := range []*host{w, a} {
		h.logon("system", system, 0x3e7, h.boot, 0, "System")
		h.logon("local", localService, 0x3e5, h.boot, 0, "System")
		h.logon("network", networkService, 0x3e4, h.boot, 0, "System")
		h.run(everywhere)
	}
	w.run(onWorkstation)
	a.run(onServer)
	w.counter, a.counter = sinceBoot[0], sinceBoot[1]
}

// run has the processes running. They are the same in every dataset that
// knows the host since the same boot.
func (h *host) run(table []standing) {
	daily := h.rng
	defer func() { h.rng = daily }()
	h.rng = rand.New(rand.NewPCG(uint64(h.boot.UnixNano()), uint64(len(table))))
	at, pid := h.boot, 480
	for _, p := range h.procs {
		at, pid = latest(at, p.start), max(pid, p.pid)
	}
	for _, s := range table {
		at = at.Add(time.Duration(400+h.rng.IntN(3000)) * time.Millisecond)
		pid += 4 * (5 + h.rng.IntN(22))
		as := h.sessions[s.as]
		if as.since.After(at) {
			at = as.since.Add(2 * time.Second)
		}
		parent := h.procs[s.parent]
		h.procs[s.name] = h.spawn(parent, at, launch{path: s.path, cmd: s.cmd, as: as, pid: pid})
	}
}

// drawGUID is a GUID that means nothing.
func (h *host) drawGUID() string {
	g := fmt.Sprintf("{%08X-%04X-%04X-%04X-%012X}", h.rng.Uint32(), h.rng.IntN(1<<16), 0x4000|h.rng.IntN(1<<12),
		0x8000|h.rng.IntN(1<<14), h.rng.Int64N(1<<48))
	if h.newSysmon {
		return strings.ToLower(g)
	}
	return g
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
