package main

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
)

// proc is a process of a host.
type proc struct {
	host   *host
	path   string
	pid    int
	start  time.Time
	guid   string
	cmd    string
	dir    string
	as     *session
	parent *proc
	falcon uint64 // CrowdStrike's id of it
}

// launch says what is started. Left empty: pid is drawn, dir and as are the
// parent's.
type launch struct {
	path, cmd, dir string
	as             *session
	pid            int
}

// spawn makes the process and records nothing.
func (h *host) spawn(parent *proc, at time.Time, l launch) *proc {
	p := &proc{host: h, path: l.path, pid: l.pid, start: at, cmd: l.cmd, dir: l.dir, as: l.as, parent: parent}
	if p.pid == 0 {
		p.pid = h.newPID()
	}
	h.pids[p.pid] = true
	if p.dir == "" && parent != nil {
		p.dir = parent.dir
	}
	if p.dir == "" {
		p.dir = `C:\Windows\system32\`
	}
	if p.as == nil {
		p.as = parent.as
	}
	h.counter += 1 + uint32(h.rng.IntN(9))
	p.guid = h.procGUID(at, h.counter)
	if h.sensor != nil {
		p.falcon = h.sensor.nextID(at)
	}
	return p
}

// start is spawn, recorded by all that watch the host.
func (d *dataset) start(parent *proc, at time.Time, l launch) *proc {
	p := parent.host.spawn(parent, at, l)
	d.sysmonStart(p)
	d.auditStart(p)
	d.falconStart(p)
	return p
}

// exit ends a process at a time.
func (d *dataset) exit(p *proc, at time.Time) {
	d.sysmonExit(p, at)
	d.auditExit(p, at)
	d.falconExit(p, at)
}

// hidden says that the host's Sysmon leaves the image out.
func (p *proc) hidden() bool {
	return slices.Contains(p.host.hides, strings.ToLower(lastSegment(p.path)))
}

// lastSegment is the text after the last backslash.
func lastSegment(path string) string { return path[strings.LastIndexByte(path, '\\')+1:] }

// procGUID holds the start in seconds; what follows tells processes of one
// second apart, in two layouts.
func (h *host) procGUID(at time.Time, n uint32) string {
	if h.newSysmon {
		return h.formGUID(at, n, 0x0352_0000)
	}
	return h.formGUID(at, 0x1000_0000, n)
}

// logonGUID is like a process's, with the logon's id at its end.
func (h *host) logonGUID(s *session) string {
	if h.newSysmon {
		return h.formGUID(s.since, s.id, 0)
	}
	return h.formGUID(s.since, 0x2000_0000, s.id)
}

// formGUID: machine, two swapped words of time, then eight bytes in little
// endian order.
func (h *host) formGUID(at time.Time, low, high uint32) string {
	var tail [8]byte
	binary.LittleEndian.PutUint32(tail[:4], low)
	binary.LittleEndian.PutUint32(tail[4:], high)
	t := uint32(at.Unix())
	form := "{%08X-%04X-%04X-%X-%X}"
	if h.newSysmon {
		form = "{%08x-%04x-%04x-%x-%x}"
	}
	return fmt.Sprintf(form, h.guid, t&0xffff, t>>16, tail[:2], tail[2:])
}
