package ingest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// sysmonEvent is a process creation as Splunk renders it, of some 1.6 kB.
const sysmonEvent = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/><EventID>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2026-01-15T11:%02d:%02d.%07d00Z'/><EventRecordID>%d</EventRecordID><Correlation/><Execution ProcessID='2744' ThreadID='3912'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws-%03d.corp.example</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data><Data Name='UtcTime'>2026-01-15 11:40:12.343</Data><Data Name='ProcessGuid'>{2d9b1c52-803f-6968-241c-010000006903}</Data><Data Name='ProcessId'>%d</Data><Data Name='Image'>C:\Windows\System32\svchost.exe</Data><Data Name='FileVersion'>10.0.17763.1 (WinBuild.160101.0800)</Data><Data Name='Description'>Host Process for Windows Services</Data><Data Name='Product'>Microsoft® Windows® Operating System</Data><Data Name='Company'>Microsoft Corporation</Data><Data Name='OriginalFileName'>svchost.exe</Data><Data Name='CommandLine'>C:\Windows\System32\svchost.exe -k netsvcs -p -s wlidsvc</Data><Data Name='CurrentDirectory'>C:\Windows\system32\</Data><Data Name='User'>NT AUTHORITY\SYSTEM</Data><Data Name='LogonGuid'>{2d9b1c52-7f3a-6968-e703-000000000000}</Data><Data Name='LogonId'>0x3e7</Data><Data Name='TerminalSessionId'>0</Data><Data Name='IntegrityLevel'>System</Data><Data Name='Hashes'>MD5=8A0A29438052FAED8A2532DA50455756,SHA256=7FD065BAC18C5278777AE44908101CDFED72D26FA741367F0AD4D02020787AB6</Data><Data Name='ParentProcessGuid'>{2d9b1c52-7f39-6968-0b00-000000006903}</Data><Data Name='ParentProcessId'>632</Data><Data Name='ParentImage'>C:\Windows\System32\services.exe</Data><Data Name='ParentCommandLine'>C:\Windows\system32\services.exe</Data></EventData></Event>
`

// sysmonFile writes a log of some size and gives its path and content.
func sysmonFile(b *testing.B, size int) (string, []byte) {
	var text bytes.Buffer
	for i := 0; text.Len() < size; i++ {
		fmt.Fprintf(&text, sysmonEvent, i/60%60, i%60, i, i, i%40, i%9000)
	}
	path := filepath.Join(b.TempDir(), "sysmon.log")
	require.NoError(b, os.WriteFile(path, text.Bytes(), 0o600))
	return path, text.Bytes()
}

func BenchmarkRead(b *testing.B) {
	path, text := sysmonFile(b, 64<<20)
	b.Run("ingest", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			problems := Read(b.Context(), newFile(path, Metadata{}), Options{}, func(block Block) error {
				n += len(block.Events)
				return nil
			})
			if len(problems) > 0 || n == 0 {
				b.Fatal(problems)
			}
		}
	})
	b.Run("encodingXML", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			d := xml.NewDecoder(bytes.NewReader(text))
			for {
				if _, err := d.RawToken(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("byteScan", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		buf := make([]byte, 4<<20)
		for b.Loop() {
			f, err := os.Open(path)
			require.NoError(b, err)
			lines := 0
			for {
				n, err := f.Read(buf)
				lines += bytes.Count(buf[:n], newline)
				if err != nil {
					break
				}
			}
			require.NoError(b, f.Close())
			if lines == 0 {
				b.Fatal("no lines")
			}
		}
	})
}

func BenchmarkReadOthers(b *testing.B) {
	for name, line := range map[string]string{
		"json":    `{"event_simpleName":"ProcessRollup2","TargetProcessId":"71204923002","RawProcessId":"5888","ParentBaseFileName":"svchost.exe","ImageFileName":"\\Device\\HarddiskVolume3\\Windows\\System32\\robocopy.exe","CommandLine":"robocopy D:\\pkg /MIR /R:1 /W:1 /LOG:D:\\pkg\\copy.log","UserSid":"S-1-5-21-2071456230-1187340255-3390214478-1722","SHA256HashData":"c88342c91059c7e2d611467bb705ad2d9b9caee295e935a0e6eaa5e24df432cf","aid":"4f1c8a90d27e4b6ab3c5e1f7029d8466","timestamp":"1768464248629","ComputerName":"APP-02"}` + "\n",
		"hec":     `{"time":1768464248.629,"host":"app-02","source":"s","sourcetype":"t","index":"main","event":"a line of text with a few words, as programs write them","fields":{"run":"7"}}` + "\n",
		"lines":   "Jan 15 11:40:12 app-02 sshd[881]: Accepted publickey for bo from 192.0.2.7 port 50122 ssh2\n",
		"classic": "01/14/2021 11:41:39 PM\nLogName=Security\nEventCode=4688\nComputerName=pc9\nMessage=A new process has been created.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n",
		"nxlog":   nxlogLine + "\n",
		"csv":     "2026-01-15T11:40:12Z,ws-001,\"a, quoted \"\"cell\"\"\",some more words in a cell of a table,4711\n",
		"splunk":  `{"preview":false,"result":{"_raw":"a line with \"quotes\" and a few words, as programs write them","_time":"2026-01-15T11:40:12.000+00:00","host":"h","source":"s","sourcetype":"t"}}` + "\n",
		"stash":   "01/15/2026 11:40:12 +0000, search_name=\"Some Rule - Rule\", info_min_time=1768477212.000, risk_object=\"pc1\", risk_score=\"64\"\n",
		"auditd":  "type=SYSCALL msg=audit(1768477212.345:88): arch=c000003e syscall=59 success=yes exit=0 pid=881 comm=\"sh\" exe=\"/bin/sh\" key=(null)\n",
	} {
		text := bytes.Repeat([]byte(line), 8<<20/len(line))
		if name == "csv" {
			text = append([]byte("_time,host,message,words,id\n"), text...)
		}
		path := filepath.Join(b.TempDir(), name)
		require.NoError(b, os.WriteFile(path, text, 0o600))
		f := newFile(path, Metadata{})
		if name == "hec" {
			f.Format = name
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if problems := Read(b.Context(), f, Options{}, func(Block) error { return nil }); len(problems) > 0 {
					b.Fatal(problems)
				}
			}
		})
	}
}
