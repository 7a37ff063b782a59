package main

import "time"

// servicesRegistry is T1574.011: services made by writing their keys, with
// reg.exe and with the service manager.
//
// The detection must find seven (key, value, data) on two hosts, one of them
// set twice. All around are the near misses, each marked below.
func servicesRegistry() *dataset {
	d := newDataset("T1574.011", "2026-01-14", 1574011)
	d.from, d.to = d.at("13:25:06"), d.at("14:17:31.25")
	d.machines("2026-01-14T06:58:41.5532Z", nil, [2]uint32{0x0841, 0x018A_C2F4})
	d.wks.firstRecord = map[string]uint64{d.sysmon.name: 418207, d.security.name: 96311, d.system.name: 15920}
	d.app.firstRecord = map[string]uint64{d.sysmon.name: 2207713, d.security.name: 1840226, d.system.name: 61077}
	d.security.noEnd = true
	d.system.joined = 9

	d.ordinary(165, 20)
	d.systemLog(10)
	d.helpdeskRegistersServices()
	d.serverInstallsBackup()
	d.deployWritesServiceKeys()
	d.privilegedCall(d.app.procs["lsass"], d.to, "LsaRegisterLogonProcess()", "SeTcbPrivilege", true)
	return d
}

// helpdeskRegistersServices is the workstation's part.
func (d *dataset) helpdeskRegistersServices() {
	w := d.wks
	shell := d.start(w.procs["explorer"], d.at("13:40:31.2074415"), launch{
		path: sysDir + "cmd.exe", cmd: `"C:\Windows\system32\cmd.exe" `, dir: `C:\Users\helpdesk01\`, as: w.sessions["raised"],
	})
	d.start(shell, d.at("13:40:31.2391807"), launch{path: sysDir + "conhost.exe", cmd: `\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1`})
	// near: reads only
	d.reg(shell, "13:41:12.6630112", `query HKLM\SYSTEM\CurrentControlSet\Services\Spooler /v ImagePath`)

	const cache = `HKLM\SYSTEM\CurrentControlSet\Services\TelemetryCache`
	p := d.reg(shell, "13:42:10.1187340", `add `+cache+` /v Type /t REG_DWORD /d 16 /f`)
	d.key(p, after(p, 17), "CreateKey", svcKey+`TelemetryCache`) // near: Sysmon 12
	d.set(p, after(p, 18), svcKey+`TelemetryCache\Type`, "DWORD (0x00000010)")
	p = d.reg(shell, "13:42:31.5520093", `add `+cache+` /v Start /t REG_DWORD /d 2 /f`)
	d.set(p, after(p, 22), svcKey+`TelemetryCache\Start`, "DWORD (0x00000002)") // near: value Start
	p = d.reg(shell, "13:42:58.3110448", `add `+cache+` /v ImagePath /t REG_EXPAND_SZ /d "C:\Users\Public\Libraries\tcache.exe -k" /f`)
	// found
	d.set(p, after(p, 24), svcKey+`TelemetryCache\ImagePath`, `C:\Users\Public\Libraries\tcache.exe -k`)
	// near: the kernel's path
	d.valueAudit(p, after(p, 24).Add(3100*time.Nanosecond), "TelemetryCache", "ImagePath", "%%1874", `C:\Users\Public\Libraries\tcache.exe -k`)
	p = d.reg(shell, "13:43:40.0072251", `add `+cache+` /v ImagePathOld /d none /f`)
	d.set(p, after(p, 20), svcKey+`TelemetryCache\ImagePathOld`, `none`) // near: another value

	// The value in small letters, with a command line that XML must escape.
	p = d.reg(shell, "13:46:05.4419206", `add HKLM\SYSTEM\CurrentControlSet\Services\WuaSync /v imagepath /d "C:\Windows\System32\cmd.exe /c whoami /all > C:\Users\Public\who.txt & C:\Users\Public\Libraries\wua.exe" /f`)
	d.key(p, after(p, 15), "CreateKey", svcKey+`WuaSync`)
	// found
	d.set(p, after(p, 16), svcKey+`WuaSync\imagepath`, `C:\Windows\System32\cmd.exe /c whoami /all > C:\Users\Public\who.txt & C:\Users\Public\Libraries\wua.exe`)

	// Refused: the command line is all there is of it.
	// near: 4688, Sysmon 1
	d.reg(shell, "13:47:50.8800771", `add HKLM\SYSTEM\CurrentControlSet\Services\WinDefend /v ImagePath /d C:\Windows\Temp\no.exe /f`)

	sc := d.start(shell, d.at("13:49:11.3020518"), launch{
		path: sysDir + "sc.exe",
		cmd:  `sc  create RemoteAssistSvc binPath= "C:\Windows\Temp\ra.exe /svc" start= auto DisplayName= "Remote Assist"`,
	})
	d.serviceMade(w, d.at("13:49:11.3370902"), service{"RemoteAssistSvc", "Remote Assist", `C:\Windows\Temp\ra.exe /svc`, "DWORD (0x00000010)", "DWORD (0x00000002)", "user mode service", "auto start"}, helpdesk)
	d.serviceAudit(w, d.at("13:49:11.3441229"), w.sessions["raised"], "RemoteAssistSvc", `C:\Windows\Temp\ra.exe /svc`)
	d.exit(sc, d.at("13:49:11.3606604"))

	// A file that names the key twice, so that one process sets it twice.
	p = d.start(shell, d.at("14:04:22.2150661"), launch{path: sysDir + "reg.exe", cmd: `reg  import C:\Users\Public\svc.reg`})
	d.key(p, d.at("14:04:22.3081944"), "CreateKey", svcKey+`DrvHost`)
	// found, twice
	d.set(p, d.at("14:04:22.3107332"), svcKey+`DrvHost\ImagePath`, `%%SystemRoot%%\Temp\drvhost.exe -s`)
	d.set(p, d.at("14:04:22.3120517"), svcKey+`DrvHost\Start`, "DWORD (0x00000003)")
	d.set(p, d.at("14:04:24.8713086"), svcKey+`DrvHost\ImagePath`, `%%SystemRoot%%\Temp\drvhost.exe -s`)
	d.exit(p, d.at("14:04:24.9040255"))

	// near: values of that name outside Services.
	p = d.reg(shell, "14:07:13.7204410", `add "HKCU\Software\Example\Remote" /v ImagePath /d C:\Users\Public\Libraries\wua.exe /f`)
	d.set(p, after(p, 19), `HKU\`+helpdesk.sid+`\Software\Example\Remote\ImagePath`, `C:\Users\Public\Libraries\wua.exe`)
	p = d.reg(shell, "14:08:02.1116093", `add HKLM\SYSTEM\CurrentControlSet\Control\Example /v ImagePath /d C:\Users\Public\Libraries\wua.exe /f`)
	d.set(p, after(p, 21), `HKLM\System\CurrentControlSet\Control\Example\ImagePath`, `C:\Users\Public\Libraries\wua.exe`)
	d.exit(shell, d.at("14:10:44.0190037"))
}

// serverInstallsBackup is software that is what it says; the detection finds
// it all the same.
func (d *dataset) serverInstallsBackup() {
	installer := d.app.procs["msiserver"]
	worker := d.start(installer, d.at("13:52:37.0418720"), launch{path: sysDir + "msiexec.exe", cmd: `C:\Windows\System32\MsiExec.exe -Embedding 7C1B0E52A4F94D0C8A6B1D3E5F708192 E Global\MSI0000`})
	d.write(worker, d.at("13:52:38.1190334"), `C:\Program Files\Example Backup\drv\exbksnap.sys`)
	// found
	d.serviceMade(d.app, d.at("13:52:40.4105527"), service{"exbksnap", "Example Backup Snapshot", `\??\C:\Program Files\Example Backup\drv\exbksnap.sys`, "DWORD (0x00000001)", "DWORD (0x00000003)", "kernel mode driver", "demand start"}, system)
	// near: another value
	d.set(worker, d.at("13:53:05.2260418"), svcKey+`exbkagent\Parameters\ServiceDll`, `C:\Program Files\Example Backup\exbkvss.dll`)
	// found: below a service's key
	d.set(worker, d.at("13:53:05.2283371"), svcKey+`exbkagent\Parameters\ImagePath`, `"C:\Program Files\Example Backup\exbkagent.exe" --service`)
	d.key(worker, d.at("13:53:06.7719203"), "DeleteValue", svcKey+`exbklegacy\ImagePath`) // near: Sysmon 12
	d.key(worker, d.at("13:53:06.7740981"), "DeleteKey", svcKey+`exbklegacy`)
	d.exit(worker, d.at("13:53:09.3006119"))
}

// deployWritesServiceKeys is the server's part of the attack.
func (d *dataset) deployWritesServiceKeys() {
	const add = `reg add HKLM\SYSTEM\CurrentControlSet\Services\DeployCache /v `
	shell := d.start(d.app.procs["dagent"], d.at("14:06:48.5027714"), launch{
		path: sysDir + "cmd.exe", dir: `C:\ProgramData\Example Deploy\`, as: d.app.sessions["deploy"],
		cmd: `cmd.exe /c ` + add + `ImagePath /t REG_EXPAND_SZ /d "C:\ProgramData\Example Deploy\dagent2.exe --svc" /f && ` + add + `Start /t REG_DWORD /d 2 /f > nul`,
	})
	d.start(shell, d.at("14:06:48.5260033"), launch{path: sysDir + "conhost.exe", cmd: `\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1`})
	p := d.reg(shell, "14:06:48.6118805", `add HKLM\SYSTEM\CurrentControlSet\Services\DeployCache /v ImagePath /t REG_EXPAND_SZ /d "C:\ProgramData\Example Deploy\dagent2.exe --svc" /f`)
	d.key(p, after(p, 14), "CreateKey", svcKey+`DeployCache`)
	// found
	d.set(p, after(p, 15), svcKey+`DeployCache\ImagePath`, `C:\ProgramData\Example Deploy\dagent2.exe --svc`)
	p = d.reg(shell, "14:06:48.7301142", `add HKLM\SYSTEM\CurrentControlSet\Services\DeployCache /v Start /t REG_DWORD /d 2 /f`)
	d.set(p, after(p, 13), svcKey+`DeployCache\Start`, "DWORD (0x00000002)")
	d.exit(shell, d.at("14:06:48.8240669"))

	agent := d.app.procs["dagent"]
	d.rename(agent, d.at("14:09:20.3360815"), svcKey+`DeployCacheOld`, svcKey+`DeployCacheBak`) // near: Sysmon 14
	// near: outside Services
	d.set(agent, d.at("14:11:02.9041773"), `HKLM\SOFTWARE\Example\Deploy\Agent\ImagePath`, `C:\ProgramData\Example Deploy\dagent2.exe`)
	// near: another control set
	d.set(agent, d.at("14:11:02.9063090"), `HKLM\System\ControlSet002\Services\DeployCache\ImagePath`, `C:\ProgramData\Example Deploy\dagent2.exe`)
}

// reg runs reg.exe from a shell for 60 ms.
func (d *dataset) reg(shell *proc, clock, arguments string) *proc {
	p := d.start(shell, d.at(clock), launch{path: sysDir + "reg.exe", cmd: `reg  ` + arguments})
	d.exit(p, after(p, 60))
	return p
}

// after is so many milliseconds into a process's life.
func after(p *proc, ms int) time.Time { return p.start.Add(time.Duration(ms) * time.Millisecond) }

// service is one that the service manager is told to make.
type service struct{ name, title, path, kindValue, startValue, kind, start string }

// serviceMade has services.exe write a service's key, and the System log tell.
func (d *dataset) serviceMade(h *host, at time.Time, s service, by account) {
	scm, key := h.procs["services"], svcKey+s.name
	d.key(scm, at, "CreateKey", key)
	for _, v := range [][2]string{
		{`\Type`, s.kindValue},
		{`\Start`, s.startValue},
		{`\ErrorControl`, "DWORD (0x00000001)"},
		{`\ImagePath`, s.path},
		{`\DisplayName`, s.title},
		{`\ObjectName`, "LocalSystem"},
	} {
		at = at.Add(700 * time.Microsecond)
		d.set(scm, at, key+v[0], v[1])
	}
	d.serviceInstalled(h, at.Add(1900*time.Microsecond), by, s.name, s.path, s.kind, s.start) // near: System 7045
}
