package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ordinary fills the recorded time with n rounds of the hosts' habits, and
// with some logons.
func (d *dataset) ordinary(n, logons int) {
	total := 0
	for _, h := range habits {
		total += h.weight
	}
	for range n {
		at := d.anytime()
		row := d.rng.IntN(total)
		for _, h := range habits {
			if row -= h.weight; row < 0 {
				d.follow(h, at)
				break
			}
		}
	}
	for range logons {
		d.someLogon(d.anytime())
	}
}

// anytime is a time while the dataset was recorded.
func (d *dataset) anytime() time.Time {
	return d.from.Add(d.soon(0, d.to.Sub(d.from)))
}

// someLogon is one over the network to the server, or a privileged call.
func (d *dataset) someLogon(at time.Time) {
	switch d.rng.IntN(5) {
	case 0:
		d.networkLogon(d.app, at, admin, d.wks.ip)
	case 1, 2:
		d.networkLogon(d.app, at, deploy, "10.20.4.41")
	case 3:
		d.privilegedCall(d.wks.procs["edge"], at, "-", "SeProfileSingleProcessPrivilege", false)
	case 4:
		d.privilegedCall(d.app.procs["lsass"], at, "LsaRegisterLogonProcess()", "SeTcbPrivilege", true)
	}
}

// follow does one round of a habit.
func (d *dataset) follow(h habit, at time.Time) {
	on := d.wks
	if h.host == "app" || (h.host == "" && d.rng.IntN(2) == 0) {
		on = d.app
	}
	p, life := on.procs[h.parent], 20*time.Second
	if h.path != "" {
		as := on.sessions[h.as]
		if as == nil {
			as = p.as
		}
		p = d.start(p, at, launch{path: h.path, cmd: d.fill(h.cmd, as), as: as})
		life = d.soon(h.life/2, h.life*3/2)
		if d.rng.IntN(2) == 0 {
			d.exit(p, at.Add(life))
		}
	}
	d.perform(p, at, life, h.does)
}

// perform spreads the deeds over the life of a process.
func (d *dataset) perform(p *proc, at time.Time, life time.Duration, do deeds) {
	step := life / 16
	next := func() time.Time {
		at = at.Add(d.soon(step/4, step))
		return at
	}
	for _, path := range do.loads {
		d.load(p, next(), d.fill(path, p.as))
	}
	for _, q := range do.asks {
		d.ask(p, next(), q)
	}
	for _, c := range do.talks {
		d.connect(p, next(), c)
	}
	for _, path := range do.writes {
		d.write(p, next(), d.fill(path, p.as))
	}
	for _, object := range do.keys {
		d.key(p, next(), "CreateKey", d.fill(object, p.as))
	}
	for _, v := range do.sets {
		d.set(p, next(), d.fill(v[0], p.as), d.fill(v[1], p.as))
	}
}

// fill puts drawn values in the places of a text.
func (d *dataset) fill(text string, as *session) string {
	for strings.Contains(text, "{n}") {
		text = strings.Replace(text, "{n}", strconv.Itoa(1000+d.rng.IntN(9000)), 1)
	}
	for strings.Contains(text, "{hex}") {
		text = strings.Replace(text, "{hex}", fmt.Sprintf("%08x", d.rng.Uint32()), 1)
	}
	for strings.Contains(text, "{guid}") {
		text = strings.Replace(text, "{guid}", d.wks.drawGUID(), 1)
	}
	return strings.NewReplacer("{sid}", as.sid, "{user}", as.name).Replace(text)
}

// systemLog has services come and go, and what other providers say.
func (d *dataset) systemLog(n int) {
	for i := range n {
		h := []*host{d.wks, d.app}[i%2]
		at := d.anytime()
		s := notices[d.rng.IntN(len(notices))]
		d.serviceState(h, at, s[0], s[1], "running")
		d.serviceState(h, at.Add(d.soon(30*time.Second, 6*time.Minute)), s[0], s[1], "stopped")
	}
	for _, h := range []*host{d.wks, d.app} {
		d.systemNotice(h, d.anytime(), updateClient, 19, 1, 1, system, fields(
			"updateTitle", "Security Intelligence Update for Microsoft Defender Antivirus - KB2267602 (Version 1.443.512.0)",
			"updateGuid", h.drawGUID(), "updateRevisionNumber", "200", "serviceGuid", h.drawGUID()))
		d.systemNotice(h, d.anytime(), timeService, 35, 0, 0, localService, fields(
			"TimeSource", "dc-01.corp.example (ntp.d|0.0.0.0:123->10.20.4.10:123)", "TimeSourceRefId", "168035338",
			"CurrentStratumNumber", "4"))
		d.systemNotice(h, d.anytime(), kernelGeneral, 16, 0, 0, system, fields(
			"HiveNameLength", "68", "HiveName", `\??\C:\Windows\ServiceProfiles\NetworkService\ntuser.dat`,
			"KeysUpdated", "12", "DirtyPages", "5"))
		d.startMode(h, d.anytime(), system, "Background Intelligent Transfer Service", "auto start", "demand start", "BITS")
	}
}
