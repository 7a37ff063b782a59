package main

import "time"

// habit is something a host does over and over: start a program that then does
// a few things, or (without a path) have a standing process do them. Texts may
// hold {n} a number, {hex} eight hex digits, {guid}, {sid} and {user} of the
// account.
type habit struct {
	host   string // wks, app; empty: both
	weight int
	parent string
	as     string // empty: the parent's session
	path   string
	cmd    string
	life   time.Duration // about; 0: it outlives the recording
	does   deeds
}

// deeds are what a process does, in this order, spread over its life.
type deeds struct {
	loads  []string
	asks   []query
	talks  []conn
	writes []string
	keys   []string // created
	sets   [][2]string
}

const (
	netDir  = `C:\Windows\Microsoft.NET\Framework64\v4.0.30319\`
	psPath  = `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`
	sysDir  = `C:\Windows\System32\`
	svcKey  = `HKLM\System\CurrentControlSet\Services\`
	winKey  = `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\`
	userKey = `HKU\{sid}\Software\`
	psAuto  = `C:\Windows\assembly\NativeImages_v4.0.30319_64\System.Manaa57fc8cc#\{hex}\System.Management.Automation.dll`
)

var habits = []habit{
	// A person at the workstation.
	{
		host: "wks", weight: 9, parent: "edge", path: `C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
		cmd:  `"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --type=renderer --lang=en-US --renderer-client-id={n} --launch-time-ticks={n} /prefetch:1`,
		life: 4 * time.Minute,
	},
	{host: "wks", weight: 16, parent: "edge", does: deeds{
		asks:   []query{{"intranet.corp.example", "", "10.20.4.30"}, {"www.example.com", "edge.example.net", "198.51.100.24"}},
		talks:  []conn{{"198.51.100.24", "-", 443}},
		writes: []string{`C:\Users\{user}\AppData\Local\Microsoft\Edge\User Data\Default\Cache\Cache_Data\f_{hex}`},
		sets:   [][2]string{{userKey + `Microsoft\Edge\BLBeacon\state`, "DWORD (0x00000001)"}},
	}},
	{
		host: "wks", weight: 7, parent: "explorer", path: `C:\Windows\System32\notepad.exe`,
		cmd: `"C:\Windows\system32\NOTEPAD.EXE" C:\Users\{user}\Documents\ticket-{n}.txt`, life: 2 * time.Minute, does: deeds{
			loads:  []string{`C:\Windows\System32\combase.dll`},
			writes: []string{`C:\Users\{user}\Documents\ticket-{n}.txt`, `C:\Users\{user}\AppData\Roaming\Microsoft\Windows\Recent\ticket-{n}.lnk`},
			sets:   [][2]string{{userKey + `Microsoft\Notepad\iWindowPosX`, "DWORD (0x{hex})"}},
		},
	},
	{
		host: "wks", weight: 6, parent: "explorer", path: `C:\Program Files\Example Notes\exnotes.exe`,
		cmd: `"C:\Program Files\Example Notes\exnotes.exe" --open "C:\Users\{user}\Documents\Shift notes\{n} & follow-up.xnt"`, life: 5 * time.Minute, does: deeds{
			asks:   []query{{"sync.notes.example.org", "", "203.0.113.77"}, {"beta.notes.example.org", "", ""}},
			talks:  []conn{{"203.0.113.77", "-", 443}},
			writes: []string{`C:\Users\{user}\AppData\Local\Example Notes\cache\{hex}.tmp`},
			sets:   [][2]string{{userKey + `Example\Notes\LastDocument`, `C:\Users\{user}\Documents\Shift notes\{n}.xnt`}},
		},
	},
	{host: "wks", weight: 10, parent: "explorer", does: deeds{
		sets: [][2]string{
			{userKey + `Microsoft\Windows\CurrentVersion\Explorer\UserAssist\{guid}\Count\HRZR_PGYFRFFVBA`, "Binary Data"},
			{userKey + `Microsoft\Windows\CurrentVersion\Explorer\RecentDocs\MRUListEx`, "Binary Data"},
			{svcKey + `bam\State\UserSettings\{sid}\\Device\HarddiskVolume3\Windows\explorer.exe`, "Binary Data"},
		},
	}},
	{
		host: "wks", weight: 4, parent: "dcom", as: "helpdesk", path: `C:\Windows\System32\backgroundTaskHost.exe`,
		cmd: `"C:\Windows\system32\backgroundTaskHost.exe" -ServerName:App.AppX{hex}.mca`, life: 25 * time.Second, does: deeds{
			sets: [][2]string{{userKey + `Microsoft\Windows\CurrentVersion\PushNotifications\Backup\LastRun`, "QWORD (0x01dc8522-0x{hex})"}},
		},
	},
	{
		host: "wks", weight: 4, parent: "search", path: `C:\Windows\System32\SearchProtocolHost.exe`,
		cmd: `"C:\Windows\system32\SearchProtocolHost.exe" Global\UsGthrFltPipeMssGthrPipe{n}_ Global\UsGthrCtrlFltPipeMssGthrPipe{n} 1 -2147483646 "Software\Microsoft\Windows Search"`, life: 70 * time.Second,
	},
	{
		host: "wks", weight: 3, parent: "explorer", as: "raised", path: `C:\Windows\System32\gpupdate.exe`,
		cmd: `gpupdate  /target:computer`, life: 6 * time.Second, does: deeds{
			asks: []query{{"_ldap._tcp.dc._msdcs.corp.example", "", "10.20.4.10"}},
			sets: [][2]string{{winKey + `Group Policy\State\Machine\Extension-List\{00000000-0000-0000-0000-000000000000}\EndTimeLo`, "DWORD (0x{hex})"}},
		},
	},

	// The server's work.
	{host: "app", weight: 9, parent: "backup", does: deeds{
		loads:  []string{`C:\Program Files\Example Backup\exbkvss.dll`},
		talks:  []conn{{"10.20.4.60", "bkstore.corp.example", 9102}},
		writes: []string{`D:\exbk\spool\{hex}.blk`, `C:\ProgramData\Example Backup\catalog\{n}.idx`},
		sets:   [][2]string{{`HKLM\SOFTWARE\Example\Backup\Jobs\{n}\LastResult`, "DWORD (0x00000000)"}},
	}},
	{
		host: "app", weight: 7, parent: "netsvcs", as: "deploy", path: psPath,
		cmd: `powershell.exe -NoProfile -ExecutionPolicy RemoteSigned -File "C:\ProgramData\Example Deploy\tasks\inventory.ps1" -Since {n} > C:\ProgramData\Example Deploy\logs\inventory.log`, life: 20 * time.Second, does: deeds{
			loads:  []string{psAuto, `C:\Windows\System32\amsi.dll`},
			writes: []string{`C:\Users\{user}\AppData\Local\Temp\__PSScriptPolicyTest_{hex}.ps1`, `C:\ProgramData\Example Deploy\logs\inventory.log`},
			asks:   []query{{"deploy.corp.example", "", "10.20.4.41"}},
			talks:  []conn{{"10.20.4.41", "deploy.corp.example", 8443}},
		},
	},
	{
		host: "app", weight: 5, parent: "dagent", path: `C:\Program Files\Example Deploy\dworker.exe`,
		cmd: `"C:\Program Files\Example Deploy\dworker.exe" --job {n} --quiet`, life: 40 * time.Second, does: deeds{
			loads:  []string{`C:\Program Files\Example Deploy\dcore.dll`, netDir + `clr.dll`},
			writes: []string{`C:\ProgramData\Example Deploy\jobs\{n}.json`},
			sets:   [][2]string{{`HKLM\SOFTWARE\Example\Deploy\Jobs\Current`, "{n}"}},
		},
	},
	{
		host: "app", weight: 4, parent: "netsvcs", as: "deploy", path: `C:\Windows\System32\robocopy.exe`,
		cmd: `robocopy  \\files.corp.example\pkg D:\pkg /MIR /R:1 /W:1 /LOG:D:\pkg\copy-{n}.log`, life: 50 * time.Second, does: deeds{
			writes: []string{`D:\pkg\copy-{n}.log`, `D:\pkg\stage\{hex}.cab`},
		},
	},

	// What Windows does by itself.
	{
		weight: 5, parent: "dcom", path: `C:\Windows\System32\wbem\WmiPrvSE.exe`,
		cmd: `C:\Windows\system32\wbem\wmiprvse.exe -secured -Embedding`, life: 90 * time.Second, does: deeds{
			loads: []string{`C:\Windows\System32\wbemcomn.dll`},
			sets:  [][2]string{{`HKLM\SOFTWARE\Microsoft\Wbem\Transports\Decoupled\Server\CreationTime`, "1340{n}"}},
		},
	},
	{weight: 4, parent: "netsvcs", path: `C:\Windows\System32\taskhostw.exe`, cmd: `taskhostw.exe {guid}`, life: 35 * time.Second, does: deeds{
		loads: []string{`C:\Windows\System32\taskschd.dll`},
		sets:  [][2]string{{`HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tasks\{guid}\DynamicInfo`, "Binary Data"}},
	}},
	{
		weight: 3, parent: "defender", path: `C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.25110.6-0\MpCmdRun.exe`,
		cmd: `"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.25110.6-0\MpCmdRun.exe" SignatureUpdate -ScheduleJob -RestrictPrivileges`, life: 12 * time.Second, does: deeds{
			writes: []string{`C:\Windows\Temp\MpCmdRun-{n}.log`},
		},
	},
	{weight: 5, parent: "defender", does: deeds{
		writes: []string{`C:\ProgramData\Microsoft\Windows Defender\Scans\History\Service\{guid}`},
		sets:   [][2]string{{`HKLM\SOFTWARE\Microsoft\Windows Defender\Scan\LastScanRun`, "Binary Data"}},
	}},
	{weight: 6, parent: "time", does: deeds{
		talks: []conn{{"10.20.4.10", "dc-01.corp.example", 123}},
		sets: [][2]string{
			{svcKey + `W32Time\Config\LastKnownGoodTime`, "QWORD (0x01dc8522-0x{hex})"},
			{svcKey + `W32Time\SecureTimeLimits\RunTime\SecureTimeTickCount`, "QWORD (0x00000000-0x{hex})"},
		},
	}},
	{weight: 6, parent: "netsvcs", does: deeds{
		sets: [][2]string{
			{svcKey + `Tcpip\Parameters\Interfaces\{4f0c2a77-51d8-4be3-9a06-0d5b8c1e7f32}\LeaseObtainedTime`, "DWORD (0x6967{n})"},
			{svcKey + `BITS\Performance\PerfMMFileName`, `Global\MMF_BITS_s{n}`},
			{winKey + `WindowsUpdate\Orchestrator\Scheduler\UserAwaySignal`, "QWORD (0x01dc8522-0x{hex})"},
		},
	}},
	{weight: 6, parent: "dnscache", does: deeds{
		asks: []query{{"dc-01.corp.example", "", "10.20.4.10"}, {"wpad.corp.example", "", ""}, {"time.example.net", "pool.example.net", "192.0.2.123"}},
		sets: [][2]string{{svcKey + `Dnscache\Parameters\DnsPolicyConfig\Version`, "DWORD (0x00000002)"}},
	}},
	{weight: 3, parent: "services", does: deeds{
		keys: []string{`HKLM\System\CurrentControlSet\Control\Class\{4d36e97d-e325-11ce-bfc1-08002be10318}\00{n}`},
		sets: [][2]string{
			{svcKey + `BITS\Start`, "DWORD (0x00000003)"},
			{svcKey + `WinHttpAutoProxySvc\Type`, "DWORD (0x00000020)"},
		},
	}},
}

// notices are the services whose states the System log tells.
var notices = [][2]string{
	{"WinHttpAutoProxySvc", "WinHTTP Web Proxy Auto-Discovery Service"},
	{"BITS", "Background Intelligent Transfer Service"},
	{"wuauserv", "Windows Update"},
	{"TrustedInstaller", "Windows Modules Installer"},
	{"AppXSvc", "AppX Deployment Service (AppXSVC)"},
	{"smphost", "Microsoft Storage Spaces SMP"},
}
