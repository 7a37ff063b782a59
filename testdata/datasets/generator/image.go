package main

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"strings"
)

// image is what the version resource of a program or library says.
type image struct {
	description, product, company, original string
	fixed                                   string // version; empty: the one of the host's Windows
	path                                    string // in small letters
}

const windowsProduct = "Microsoft® Windows® Operating System"

// windowsImages are described by what their file names are; original is the
// name as the maker wrote it.
var windowsImages = map[string][2]string{
	"cmd.exe":                          {"Windows Command Processor", "Cmd.Exe"},
	"conhost.exe":                      {"Console Window Host", "CONHOST.EXE"},
	"powershell.exe":                   {"Windows PowerShell", "PowerShell.EXE"},
	"reg.exe":                          {"Registry Console Tool", "reg.exe"},
	"sc.exe":                           {"Service Control Manager Configuration Tool", "sc.exe"},
	"msiexec.exe":                      {"Windows® installer", "msiexec.exe"},
	"notepad.exe":                      {"Notepad", "NOTEPAD.EXE"},
	"whoami.exe":                       {"whoami - displays logged on user information", "whoami.exe"},
	"hostname.exe":                     {"Hostname APP", "hostname.exe"},
	"ping.exe":                         {"TCP/IP Ping Command", "ping.exe"},
	"find.exe":                         {"Find String (grep) Utility", "FIND.EXE"},
	"findstr.exe":                      {"Find String (QGREP) Utility", "FINDSTR.EXE"},
	"taskhostw.exe":                    {"Host Process for Windows Tasks", "taskhostw.exe"},
	"backgroundtaskhost.exe":           {"Background Task Host", "backgroundTaskHost.exe"},
	"wmiprvse.exe":                     {"WMI Provider Host", "Wmiprvse.exe"},
	"searchprotocolhost.exe":           {"Microsoft Windows Search Protocol Host", "SearchProtocolHost.exe"},
	"gpupdate.exe":                     {"Microsoft® Group Policy Update Utility", "GPUpdate.exe"},
	"robocopy.exe":                     {"Microsoft Robocopy", "robocopy.exe"},
	"amsi.dll":                         {"Anti-Malware Scan Interface", "amsi.dll"},
	"wbemcomn.dll":                     {"WMI", "wbemcomn.dll"},
	"taskschd.dll":                     {"Task Scheduler COM API", "taskschd.dll"},
	"combase.dll":                      {"Microsoft COM for Windows", "COMBASE.DLL"},
	"system.management.automation.dll": {"System.Management.Automation", "System.Management.Automation.dll"},
}

// otherImages are of products that bring their own version.
var otherImages = map[string]image{
	"msedge.exe":      {"Microsoft Edge", "Microsoft Edge", "Microsoft Corporation", "msedge.exe", "143.0.3650.96", ""},
	"mpcmdrun.exe":    {"Microsoft Malware Protection Command Line Utility", windowsProduct, "Microsoft Corporation", "MpCmdRun.exe", "4.18.25110.6", ""},
	"regsvcs.exe":     {"Microsoft .NET Services Installation Utility", "Microsoft® .NET Framework", "Microsoft Corporation", "RegSvcs.exe", "4.8.9037.0 built by: NET481REL1", ""},
	"regasm.exe":      {"Microsoft .NET Assembly Registration Utility", "Microsoft® .NET Framework", "Microsoft Corporation", "RegAsm.exe", "4.8.9037.0 built by: NET481REL1", ""},
	"clr.dll":         {"Microsoft .NET Runtime Common Language Runtime - WorkStation", "Microsoft® .NET Framework", "Microsoft Corporation", "clr.dll", "4.8.9065.0 built by: NET481REL1", ""},
	"dworker.exe":     {"Example Deploy Worker", "Example Deploy", "Example Software", "dworker.exe", "7.2.0.114", ""},
	"dcore.dll":       {"Example Deploy Core", "Example Deploy", "Example Software", "dcore.dll", "7.2.0.114", ""},
	"exbkvss.dll":     {"Example Backup VSS Requestor", "Example Backup & Restore", "Example Software", "exbkvss.dll", "11.0.3.0", ""},
	"exremote.exe":    {"Example Remote Support", "Example Remote", "Example Software", "exremote.exe", "3.9.1.0", ""},
	"exnotes.exe":     {"Example Notes", "Example Notes", "Example Software", "exnotes.exe", "22.4.0.0", ""},
	"wrapregsvcs.exe": {"COM+ Build Step", "Build Tools", "Example Software", "wrapregsvcs.exe", "1.4.0.0", ""},
	"publish.exe":     {"Publish Build", "Build Tools", "Example Software", "publish.exe", "1.4.0.0", ""},
}

// about is the image at a path. What nobody described has no description.
func about(path string) image {
	name := strings.ToLower(lastSegment(path))
	i, known := otherImages[name]
	if w, ok := windowsImages[name]; ok {
		i, known = image{description: w[0], original: w[1], product: windowsProduct, company: "Microsoft Corporation"}, true
	}
	if !known {
		i = image{description: "-", product: "-", company: "-", original: "-", fixed: "-"}
	}
	i.path = strings.ToLower(path)
	return i
}

func (i image) version(h *host) string {
	switch {
	case i.fixed != "":
		return i.fixed
	case h.newSysmon:
		return "10.0.19041.4522 (WinBuild.160101.0800)"
	}
	return "10.0.17763.5696 (WinBuild.160101.0800)"
}

// content stands for the bytes of the file: the same on every run, another for
// every path and version.
func (i image) content(h *host) []byte {
	return []byte("made up for riskreplay: " + i.path + " " + i.version(h))
}

func (i image) md5(h *host) string    { return fmt.Sprintf("%x", md5.Sum(i.content(h))) }
func (i image) sha1(h *host) string   { return fmt.Sprintf("%x", sha1.Sum(i.content(h))) }
func (i image) sha256(h *host) string { return fmt.Sprintf("%x", sha256.Sum256(i.content(h))) }

// sysmonHashes is in the order and case that Sysmon has it; older ones here
// were not set to take SHA1.
func (i image) sysmonHashes(h *host) string {
	imp := fmt.Sprintf("%x", md5.Sum(append(i.content(h), "imports"...)))
	all := "MD5=" + i.md5(h) + ",SHA256=" + i.sha256(h) + ",IMPHASH=" + imp
	if h.newSysmon {
		all = "SHA1=" + i.sha1(h) + "," + all
	}
	return strings.ToUpper(all)
}
