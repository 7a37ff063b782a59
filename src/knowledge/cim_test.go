package knowledge_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

const (
	sysmon   = "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"
	security = "XmlWinEventLog:Security"
	system   = "XmlWinEventLog:System"
)

func load(t testing.TB, apps ...conf.App) *knowledge.Base {
	t.Helper()
	base, problems := knowledge.Load(apps, "", eval.Env{})
	require.Empty(t, problems)
	return base
}

// eventsOf is rows as an index holds them.
func eventsOf(evs ...event.Event) *knowledge.Events {
	out := &knowledge.Events{}
	texts := make([][]string, 4)
	for i, e := range evs {
		out.Raw, out.Times = append(out.Raw, e.Raw), append(out.Times, e.Time)
		for k, s := range []string{e.Host, e.Source, e.Sourcetype, e.Index} {
			texts[k] = append(texts[k], s)
		}
		if e.Fields != nil {
			if out.Indexed == nil {
				out.Indexed = map[int32][]event.Field{}
			}
			out.Indexed[int32(i)] = e.Fields
		}
	}
	out.Host, out.Source, out.Sourcetype, out.Index = batch.Texts(texts[0]...), batch.Texts(texts[1]...), batch.Texts(texts[2]...), batch.Texts(texts[3]...)
	return out
}

// row is the fields of one event; values of a multivalue are joined by "|".
func row(b *batch.Batch, r int) map[string]string {
	out := map[string]string{}
	for i, name := range b.Names {
		if !b.Columns[i].IsNull(r) {
			out[name] = strings.Join(b.Columns[i].Values(r), "|")
		}
	}
	return out
}

// fieldsOf is all fields of an event.
func fieldsOf(base *knowledge.Base, e event.Event) map[string]string {
	v := base.Fields([]string{"*"}).View(eventsOf(e), &knowledge.Cache{})
	return row(v.Batch(v.Rows()), 0)
}

// inDataset is the fields of an event in a dataset of Endpoint, without the
// prefix; nil when it is not in it.
func inDataset(t testing.TB, base *knowledge.Base, dataset string, e event.Event) map[string]string {
	d, err := base.Dataset("Endpoint", dataset)
	require.NoError(t, err)
	v := d.Extractor([]string{dataset + ".*"}).View(eventsOf(e), &knowledge.Cache{})
	if len(v.Rows()) == 0 {
		return nil
	}
	out := map[string]string{}
	for name, value := range row(v.Batch(v.Rows()), 0) {
		out[strings.TrimPrefix(name, dataset+".")] = value
	}
	return out
}

// winEvent is Windows event XML as Splunk has it: attributes in single quotes.
func winEvent(code int, keywords string, data ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P' Guid='{5770385F}'/><EventID>%d</EventID><Version>2</Version><Keywords>%s</Keywords><TimeCreated SystemTime='2026-01-15T12:00:00.000000000Z'/><EventRecordID>7</EventRecordID><Correlation/><Execution ProcessID='2412' ThreadID='3252'/><Channel>C</Channel><Computer>pc1.example.com</Computer><Security UserID='S-1-5-18'/></System><EventData>`, code, keywords)
	for _, d := range data {
		name, value, _ := strings.Cut(d, "=")
		fmt.Fprintf(&b, "<Data Name='%s'>%s</Data>", name, value)
	}
	return []byte(b.String() + "</EventData></Event>")
}

// cimCases are events and the fields that a dataset must have of them. Expected
// "field=" is a field that is not there. The first word of a name is the section
// of cim-endpoint.md.
var cimCases = []struct {
	name, source, dataset string
	code                  int
	keywords              string
	data, want            []string
}{
	{
		"5 a process begins", sysmon, "Processes", 1, "0x8000000000000000",
		[]string{
			`ProcessGuid={a-1}`, `ProcessId=4242`, `Image=C:\Windows\System32\cmd.exe`, `OriginalFileName=Cmd.Exe`, `CommandLine=cmd /c "a &gt; b"`, `CurrentDirectory=C:\`,
			`User=CORP\sub\kim`, `IntegrityLevel=High`, `Hashes=MD5=1,SHA256=2`, `ParentProcessGuid={b}`, `ParentProcessId=17`, `ParentImage=C:\Windows\RegSvcs.exe`, `ParentCommandLine=regsvcs x.dll`,
		},
		[]string{
			`dest=pc1.example.com`, `vendor_product=Microsoft Sysmon`, `user=kim`, `user_id=S-1-5-18`, `process_path=C:\Windows\System32\cmd.exe`, `process_name=cmd.exe`, `process_exec=cmd.exe`,
			`process_guid={a-1}`, `process_id=4242`, `process=cmd /c "a &gt; b"`, `process_current_directory=C:\`, `process_hash=MD5=1,SHA256=2`, `process_integrity_level=high`,
			`original_file_name=Cmd.Exe`, `parent_process=regsvcs x.dll`, `parent_process_path=C:\Windows\RegSvcs.exe`, `parent_process_name=RegSvcs.exe`, `parent_process_exec=RegSvcs.exe`,
			`parent_process_guid={b}`, `parent_process_id=17`, `action=allowed`, `tag=process|report`,
		},
	},
	{
		"5 and 2.3 a process without what the model fills", sysmon, "Processes", 1, "",
		[]string{`Image=evil.exe`, `OriginalFileName=-`},
		[]string{
			`user=unknown`, `original_file_name=unknown`, `process=unknown`, `process_name=evil.exe`, `parent_process=unknown`, `parent_process_name=unknown`,
			`parent_process_id=`, `process_guid=`, `process_hash=`, `process_integrity_level=`, `parent_process_path=`,
		},
	},
	{
		"2.3 names fall back to the first word of the command lines", sysmon, "Processes", 1, "",
		[]string{`CommandLine=  C:\a.exe -x y`, `ParentCommandLine=boss.exe -k`},
		[]string{`process_name=C:\a.exe`, `parent_process_name=boss.exe`},
	},
	{
		"5 a library is loaded", sysmon, "Processes", 7, "",
		[]string{`Image=C:\a.exe`, `ImageLoaded=C:\b.dll`, `Signed=true`, `SignatureStatus=Valid`, `ProcessGuid={g}`},
		[]string{`process_name=a.exe`, `action=success`, `process=unknown`, `process_guid={g}`, `parent_process_name=unknown`},
	},
	{"5 a process that is opened does not begin", sysmon, "Processes", 10, "", []string{`SourceImage=C:\a.exe`, `TargetImage=C:\b.exe`}, nil},
	{
		"5 a file is created", sysmon, "Filesystem", 11, "",
		[]string{`UtcTime=2026-01-15 12:00:00.000`, `Image=C:\a.exe`, `TargetFilename=C:\t\x.txt`, `CreationUtcTime=2026-01-15 12:00:00.000`},
		[]string{
			`action=created`, `file_path=C:\t\x.txt`, `file_name=x.txt`, `file_create_time=2026-01-15 12:00:00.000`, `file_hash=unknown`, `file_acl=unknown`, `file_size=`,
			`vendor_product=Microsoft Sysmon`, `user=unknown`, `tag=endpoint|filesystem`,
		},
	},
	{
		"5 a file is written over", sysmon, "Filesystem", 11, "",
		[]string{`UtcTime=2026-01-15 12:00:01.000`, `TargetFilename=x`, `CreationUtcTime=2026-01-15 12:00:00.000`},
		[]string{`action=modified`, `file_name=x`},
	},
	{
		"5 a file is deleted", sysmon, "Filesystem", 23, "",
		[]string{`TargetFilename=C:\t\x.txt`, `Hashes=MD5=1`, `User=CORP\kim`},
		[]string{`action=deleted`, `file_hash=MD5=1`, `user=kim`},
	},
	{"5 a key is created", sysmon, "Registry", 12, "", []string{`EventType=CreateKey`, `TargetObject=HKLM\System\Setup\x`}, []string{
		`action=created`, `registry_key_name=x`, `registry_value_name=unknown`, `registry_value_data=unknown`, `registry_hive=HKEY_LOCAL_MACHINE\System`, `status=success`, `registry_path=HKLM\System\Setup\x`, `tag=endpoint|registry`,
	}},
	{"5 a key is deleted", sysmon, "Registry", 12, "", []string{`EventType=DeleteKey`, `TargetObject=HKU\x`}, []string{`action=deleted`, `registry_hive=HKEY_CURRENT_USER`}},
	{"5 a value is deleted", sysmon, "Registry", 12, "", []string{`EventType=DeleteValue`, `TargetObject=HKCR\x`}, []string{`action=deleted`, `registry_hive=`}},
	{
		"5 a value is set", sysmon, "Registry", 13, "",
		[]string{`EventType=SetValue`, `ProcessGuid={g}`, `ProcessId=9`, `Image=C:\Windows\system32\services.exe`, `TargetObject=HKLM\System\CurrentControlSet\Services\npf\ImagePath`, `Details=\??\C:\a &amp; b\npf.sys`},
		[]string{
			`action=modified`, `registry_path=HKLM\System\CurrentControlSet\Services\npf\ImagePath`, `registry_key_name=npf`, `registry_value_name=ImagePath`, `registry_value_data=\??\C:\a &amp; b\npf.sys`,
			`registry_value_type=REG_SZ`, `process_guid={g}`, `process_id=9`, `user=unknown`, `status=success`, `dest=pc1.example.com`,
		},
	},
	{"5 a DWORD is set", sysmon, "Registry", 13, "", []string{`TargetObject=HKLM\SOFTWARE\a\b`, `Details=DWORD (0x00000001)`}, []string{
		`registry_value_data=0x00000001`, `registry_value_type=REG_DWORD`, `registry_hive=HKEY_LOCAL_MACHINE\Software`,
	}},
	{"5 a QWORD is set", sysmon, "Registry", 13, "", []string{`TargetObject=a\b`, `Details=QWORD (0x00000000-0x00000001)`}, []string{`registry_value_data=0x00000000-0x00000001`, `registry_value_type=REG_QWORD`}},
	{"5 bytes are set", sysmon, "Registry", 13, "", []string{`TargetObject=a\b`, `Details=Binary Data`}, []string{`registry_value_data=Binary Data`, `registry_value_type=REG_BINARY`}},
	{"5 a value without a key", sysmon, "Registry", 13, "", []string{`TargetObject=b`, `Details=(x)`}, []string{`registry_key_name=unknown`, `registry_value_name=b`, `registry_value_data=(x)`}},
	{"5 a value without data", sysmon, "Registry", 13, "", []string{`TargetObject=a\b`, `Details=`}, []string{`registry_value_data=unknown`, `registry_value_type=unknown`}},
	{"5 a key is renamed", sysmon, "Registry", 14, "0x8000000000000000", []string{`EventType=RenameKey`, `TargetObject=HKLM\a`, `NewName=HKLM\b`}, []string{
		`action=modified`, `registry_key_name=a`, `registry_value_name=unknown`, `status=success`,
	}},
	{"5 a value is renamed", sysmon, "Registry", 14, "0x1", []string{`EventType=RenameValue`, `TargetObject=HKLM\a`}, []string{`registry_value_name=a`, `status=`}},
	{"5 a connection is no process", sysmon, "Processes", 3, "", []string{`Image=C:\a.exe`}, nil},
	{"8 another source maps nothing", "sysmon.log", "Registry", 13, "", []string{`TargetObject=a\b`}, nil},
	{
		"6 a process begins", security, "Processes", 4688, "0x8020000000000000",
		[]string{
			`SubjectUserName=kim`, `TargetUserName=-`, `NewProcessId=0xf84`, `NewProcessName=C:\Program Files\a.exe`, `ProcessId=0x11`, `CommandLine=a -x  y`, `ParentProcessName=C:\Windows\explorer.exe`,
		},
		[]string{
			`process_name=a.exe`, `process_path=C:\Program Files\a.exe`, `process_id=0xf84`, `parent_process=C:\Windows\explorer.exe`, `parent_process_path=C:\Windows\explorer.exe`,
			`parent_process_name=explorer.exe`, `parent_process_id=0x11`, `process="C:\Program Files\a.exe" -x  y`, `user=kim`, `dest=pc1.example.com`, `action=allowed`, `vendor_product=Microsoft Windows`,
			`process_guid=`, `user_id=S-1-5-18`, `tag=process|report`,
		},
	},
	{"6 the command line names a path", security, "Processes", 4688, "0x8010000000000000", []string{`TargetUserName=ann`, `SubjectUserName=kim`, `NewProcessName=C:\a.exe`, `CommandLine="C:\a.exe" -x`}, []string{
		`process="C:\a.exe" -x`, `user=ann`, `action=blocked`,
	}},
	{"6 the command line has one word", security, "Processes", 4688, "", []string{`NewProcessName=C:\a.exe`, `CommandLine=a`}, []string{`process=C:\a.exe`, `action=`}},
	{"6 the command line is not there", security, "Processes", 4688, "", []string{`NewProcessName=C:\a.exe`, `CommandLine=`}, []string{`process=C:\a.exe`, `parent_process_name=unknown`, `parent_process=unknown`}},
	{"6 a process ends", security, "Processes", 4689, "0x8020000000000000", []string{`ProcessName=C:\a.exe`, `ProcessId=0x1`, `SubjectUserName=kim`}, []string{
		`process_name=a.exe`, `process_id=0x1`, `parent_process_id=`, `parent_process_name=unknown`, `user=kim`,
	}},
	{"6 a token is given", security, "Processes", 4696, "", []string{`ProcessId=0x1`}, []string{`parent_process_id=0x1`}},
	{"6 a privilege is used", security, "Processes", 4673, "", []string{`ProcessName=C:\a.exe`, `ProcessId=0x1`}, []string{`process_name=C:\a.exe`, `parent_process_id=`}},
	{"6 an object is used", security, "Processes", 4674, "", []string{`ProcessName=C:\a.exe`}, []string{`process_path=C:\a.exe`}},
	{
		"6 a value is written", security, "Registry", 4657, "0x8020000000000000",
		[]string{`SubjectUserName=kim`, `ObjectName=\REGISTRY\MACHINE\SYSTEM\ControlSet001\Services\EventLog`, `ObjectValueName=ImagePath`, `NewValueType=%%1873`, `OperationType=%%1905`, `ProcessName=C:\reg.exe`},
		[]string{
			`registry_path=\REGISTRY\MACHINE\SYSTEM\ControlSet001\Services\EventLog`, `registry_value_name=ImagePath`, `registry_value_type=%%1873`, `registry_value_data=unknown`, `process_guid=`,
			`user=kim`, `action=modified`, `tag=endpoint|registry`,
		},
	},
	{"6 permissions of a key change", security, "Registry", 4670, "", []string{`ObjectType=Registry`, `ObjectName=x`}, []string{`registry_path=x`}},
	{"6 permissions of a file change", security, "Registry", 4670, "", []string{`ObjectType=File`, `ObjectName=x`}, nil},
	{"6 a logon is neither", security, "Processes", 4624, "", nil, nil},
	{"2.2 a service is installed", system, "Services", 7045, "", []string{`ServiceName=PSEXESVC`, `ImagePath=%SystemRoot%\PSEXESVC.exe`, `StartType=demand start`, `AccountName=LocalSystem`}, []string{
		`service=PSEXESVC`, `service_name=PSEXESVC`, `service_path=%SystemRoot%\PSEXESVC.exe`, `service_exec=PSEXESVC.exe`, `start_mode=manual`, `status=installed`, `user=LocalSystem`, `service_id=unknown`,
	}},
	{"2.2 a service starts", system, "Services", 7036, "", []string{`param1=Spooler`, `param2=running`}, []string{`service=Spooler`, `status=started`, `start_mode=unknown`}},
	{"2.2 a service is no registry event", system, "Registry", 7045, "", []string{`ImagePath=x`}, nil},
}

func TestWindowsEventsInTheModel(t *testing.T) {
	base := load(t)
	for _, c := range cimCases {
		t.Run(c.name, func(t *testing.T) {
			got := inDataset(t, base, c.dataset, event.Event{Raw: winEvent(c.code, c.keywords, c.data...), Source: c.source, Sourcetype: "xmlwineventlog", Index: "main"})
			if c.want == nil {
				require.Nil(t, got)
				return
			}
			require.NotNil(t, got, "the event is not in the dataset")
			for _, w := range c.want {
				name, value, _ := strings.Cut(w, "=")
				require.Equal(t, value, got[name], name)
			}
		})
	}
}

func TestCrowdStrikeInTheModel(t *testing.T) {
	raw := `{"event_simpleName":"ProcessRollup2","aid":"abc","ComputerName":"PC7","CommandLine":"\"C:\\x.exe\" -a","ImageFileName":"\\Device\\HarddiskVolume2\\Windows\\x.exe","ParentBaseFileName":"RegSvcs.exe","ParentProcessId":"77","RawProcessId":"5","SHA256HashData":"ff","UserSid":"S-1-5-21-1","IntegrityLevel":"12288"}`
	want := map[string]string{
		"dest": "PC7", "process": `"C:\x.exe" -a`, "process_path": `\Device\HarddiskVolume2\Windows\x.exe`, "process_name": "x.exe", "parent_process_name": "RegSvcs.exe", "parent_process_id": "77",
		"process_id": "5", "process_hash": "ff", "user": "S-1-5-21-1", "process_integrity_level": "high", "parent_process": "unknown", "original_file_name": "unknown", "vendor_product": "CrowdStrike Falcon", "action": "allowed",
	}
	e := event.Event{Raw: []byte(raw), Source: "crowdstrike", Sourcetype: "CrowdStrike:Events:Sensor", Index: "main"}
	base := load(t)
	got := inDataset(t, base, "Processes", e)
	for name, value := range want {
		require.Equal(t, value, got[name], name)
	}
	e.Raw = []byte(`{"event_simpleName":"ProcessRollup2","aid":"abc"}`)
	require.Equal(t, "abc", inDataset(t, base, "Processes", e)["dest"], "the sensor stands for its computer")
	withTable := load(t, app("a", "lookups/crowdstrike_aids.csv", "aid,computer_name\nabc,PC9\n"))
	require.Equal(t, "PC9", inDataset(t, withTable, "Processes", e)["dest"])
	e.Raw = []byte(`{"event_simpleName":"ProcessRollup2","aid":"abc","ComputerName":"PC7"}`)
	require.Equal(t, "PC7", inDataset(t, withTable, "Processes", e)["dest"], "the event's own name counts")
	e.Raw = []byte(`{"event_simpleName":"NetworkConnectIP4","aid":"abc"}`)
	require.Nil(t, inDataset(t, base, "Processes", e))
}

const classic = "01/15/2026 12:00:00 PM\r\nLogName=Security\r\nEventCode=4688\r\nComputerName=pc1\r\nKeywords=Audit Success\r\nMessage=A new process has been created.\r\n\r\n" +
	"Creator Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tAccount Name:\t\tkim\r\n\r\nTarget Subject:\r\n\tAccount Name:\t\t-\r\n\r\n" +
	"Process Information:\r\n\tNew Process ID:\t\t0x1\r\n\tNew Process Name:\tC:\\a.exe\r\n\tCreator Process ID:\t0x2\r\n\tCreator Process Name:\tC:\\b.exe\r\n\tProcess Command Line:\ta -x\r\n"

func TestClassicTextInTheModel(t *testing.T) {
	e := event.Event{Raw: []byte(classic), Source: "WinEventLog:Security", Sourcetype: "WinEventLog", Index: "main"}
	got := inDataset(t, load(t), "Processes", e)
	for name, value := range map[string]string{
		"process": `C:\a.exe -x`, "process_id": "0x1", "process_name": "a.exe", "parent_process_id": "0x2", "parent_process_name": "b.exe", "user": "kim", "dest": "pc1", "action": "allowed",
	} {
		require.Equal(t, value, got[name], name)
	}
	e.Sourcetype = "WinEventLog:Security"
	require.Equal(t, "a.exe", inDataset(t, load(t), "Processes", e)["process_name"], "the channel is cut off")
}

func TestSysmonAnswers(t *testing.T) {
	got := fieldsOf(load(t), event.Event{Raw: winEvent(22, "", "QueryName=a.example", "QueryResults=type:  5 b.example;10.0.0.1;", "QueryStatus=0"), Source: sysmon, Sourcetype: "XmlWinEventLog"})
	require.Equal(t, "b.example|10.0.0.1", got["answer"])
	require.Equal(t, "2", got["answer_count"])
	require.Equal(t, "a.example", got["query"])
	require.Equal(t, "communicate", fieldsOf(load(t), event.Event{Raw: winEvent(3, ""), Source: sysmon, Sourcetype: "XmlWinEventLog"})["tag"][:11])
}

// modelFields is section 2.2: the datasets' fields without those that asset and
// identity correlation fills.
var modelFields = map[string]string{
	"Ports":      "creation_time dest dest_port process_guid process_id src src_port state tag transport transport_dest_port user vendor_product",
	"Processes":  "action cpu_load_percent dest mem_used original_file_name os parent_process parent_process_exec parent_process_guid parent_process_id parent_process_name parent_process_path process process_current_directory process_exec process_guid process_hash process_id process_integrity_level process_name process_path tag user user_id vendor_product",
	"Services":   "description dest process_guid process_id service service_dll service_dll_hash service_dll_path service_dll_signature_exists service_dll_signature_verified service_exec service_hash service_id service_name service_path service_signature_exists service_signature_verified start_mode status tag user vendor_product",
	"Filesystem": "action dest file_access_time file_acl file_create_time file_hash file_modify_time file_name file_path file_size process_guid process_id tag user vendor_product",
	"Registry":   "action dest process_guid process_id registry_hive registry_key_name registry_path registry_value_data registry_value_name registry_value_text registry_value_type status tag user vendor_product",
}

func TestModelFields(t *testing.T) {
	base := load(t)
	for name, want := range modelFields {
		d, err := base.Dataset("Endpoint", name)
		require.NoError(t, err)
		var got []string
		for _, f := range d.Fields() {
			last := f[strings.LastIndexByte(f, '_')+1:]
			who, _, _ := strings.Cut(f, "_")
			if slices.Contains([]string{"dest", "src", "user"}, who) && slices.Contains([]string{"bunit", "priority", "category", "av", "timesync", "update", "expected"}, last) {
				continue
			}
			got = append(got, f)
		}
		require.Equal(t, want, strings.Join(got, " "), name)
	}
}
