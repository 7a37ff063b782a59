package knowledge_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

// TestSourcesReachTheirModels: an event of each source that the built-in knowledge
// knows, the dataset that it belongs to, and fields that it has there.
func TestSourcesReachTheirModels(t *testing.T) {
	base := load(t)
	win := func(code int, keywords string, data ...string) string {
		return string(winEvent(code, keywords, data...))
	}
	const success, failure = "0x8020000000000000", "0x8010000000000000"
	for _, c := range []struct{ source, sourcetype, raw, dataset, want string }{
		{security, "XmlWinEventLog", win(4624, success, "TargetUserName=bob", "LogonType=3", "IpAddress=::ffff:10.0.0.9"), "Authentication.Authentication", "user=bob|src=10.0.0.9|action=success|app=win:remote|signature=An account was successfully logged on"},
		{security, "XmlWinEventLog", win(4625, failure, "TargetUserName=bob", "LogonType=2", "IpAddress=-", "WorkstationName=PC9"), "Authentication.Failed_Authentication", "user=bob|src=PC9|action=failure|app=win:local"},
		{security, "XmlWinEventLog", win(4672, success, "SubjectUserName=adm"), "Authentication.Privileged_Authentication", "src_user=adm|user=unknown"},
		{security, "XmlWinEventLog", win(4720, success, "SubjectUserName=adm", "TargetUserName=new"), "Change.Accounts_Created", "user=new|action=created|object_category=user|change_type=AAA|src_user=adm"},
		{security, "XmlWinEventLog", win(4740, success, "TargetUserName=bob"), "Change.Account_Lockouts", "result=lockout"},
		{security, "XmlWinEventLog", win(1102, success), "Change.Auditing_Changes", "action=cleared"},
		{security, "XmlWinEventLog", win(4697, success, "ServiceName=svc", "ServiceFileName=c:\\a.exe"), "Endpoint.Services", "service=svc|service_path=c:\\a.exe"},
		{"XmlWinEventLog:Microsoft-Windows-PowerShell/Operational", "XmlWinEventLog", win(4104, "0x0", "ScriptBlockText=whoami", "Path=c:\\a.ps1", "ScriptBlockId=7"), "Endpoint.Processes", "process=whoami|process_path=c:\\a.ps1|process_id=7"},
		{sysmon, "XmlWinEventLog", win(3, success, "User=D\\bob", "SourceIp=10.0.0.1", "DestinationIp=10.0.0.2", "DestinationPort=443", "Protocol=tcp"), "Network_Traffic.All_Traffic", "src=10.0.0.1|dest_ip=10.0.0.2|dest_port=443|transport=tcp|user=bob"},
		{security, "XmlWinEventLog", win(4648, success, "TargetUserName=adm", "SubjectUserName=bob", "TargetServerName=srv", "ProcessName=C:\\w\\runas.exe", "ProcessId=0x10"), "Authentication.Authentication", "user=adm|src_user=bob|action=success"},
		{security, "XmlWinEventLog", win(4768, success, "TargetUserName=bob", "IpAddress=::ffff:10.0.0.9", "TicketEncryptionType=0x17"), "Authentication.Authentication", "user=bob|src=10.0.0.9|action=success"},
		{security, "XmlWinEventLog", win(4769, success, "TargetUserName=bob", "ServiceName=Svc", "ServiceSid=S-1", "TicketEncryptionType=0x17"), "Authentication.Authentication", "user=bob|signature=A Kerberos service ticket was requested"},
		{security, "XmlWinEventLog", win(4776, failure, "TargetUserName=bob", "Workstation=PC9"), "Authentication.Failed_Authentication", "user=bob|src=PC9|action=failure"},
		{security, "XmlWinEventLog", win(4732, success, "MemberName=CN=Kim\\, K,OU=x", "MemberSid=S-1-5-21-1", "TargetUserName=Admins", "SubjectUserName=adm"), "Change.Account_Management", "user=Kim\\, K|object=Admins|object_category=group|action=modified|src_user=adm"},
		{security, "XmlWinEventLog", win(4732, success, "MemberName=-", "MemberSid=D\\kim", "TargetUserName=Admins"), "Change.Account_Management", "user=kim"},
		{security, "XmlWinEventLog", win(4738, success, "TargetUserName=bob", "SubjectUserName=adm", "SidHistory=S-1"), "Change.Accounts_Updated", "user=bob|action=modified"},
		{security, "XmlWinEventLog", win(4742, success, "TargetUserName=PC1$", "SubjectUserName=adm"), "Change.Account_Management", "user=PC1$|action=modified"},
		{security, "XmlWinEventLog", win(5136, success, "ObjectDN=CN=x", "ObjectClass=user", "SubjectUserName=adm"), "Change.All_Changes", "object=CN=x|action=modified|user=unknown"},
		{"XmlWinEventLog:System", "XmlWinEventLog", win(7045, "0x8080000000000000", "ServiceName=svc", "ImagePath=c:\\a.exe", "StartType=auto start"), "Endpoint.Services", "service=svc|service_name=svc|service_path=c:\\a.exe|start_mode=auto|status=installed"},
		{"XmlWinEventLog:System", "XmlWinEventLog", win(7036, "0x8080000000000000", "param1=svc", "param2=running"), "Endpoint.Services", "service=svc|status=started"},
		{sysmon, "XmlWinEventLog", win(5, success, "Image=C:\\a.exe", "ProcessId=9"), "Endpoint.Processes", "process_name=a.exe|process_id=9"},
		{sysmon, "XmlWinEventLog", win(26, success, "TargetFilename=C:\\t\\x", "User=D\\bob"), "Endpoint.Filesystem", "action=deleted|file_name=x|user=bob"},
		{sysmon, "XmlWinEventLog", win(22, success, "QueryName=a.example"), "Network_Resolution.DNS", "query=a.example"},
		{"Syslog:Linux-Sysmon/Operational", "sysmon:linux", win(1, success, "Image=/usr/bin/id", "CommandLine=id -u", "ParentImage=/bin/sh"), "Endpoint.Processes", "process_name=id|process=id -u|parent_process_name=sh|dest=pc1.example.com"},
		{"x", "aws:cloudtrail", `{"eventName":"ConsoleLogin","eventType":"AwsConsoleSignIn","sourceIPAddress":"1.2.3.4","userIdentity":{"userName":"bob","accountId":"12"},"responseElements":{"ConsoleLogin":"Failure"}}`, "Authentication.Failed_Authentication", "user=bob|src=1.2.3.4|signature=ConsoleLogin|app=AwsConsoleSignIn|vendor_account=12"},
		{"x", "aws:cloudtrail", `{"eventName":"RunInstances","eventSource":"ec2.amazonaws.com","requestParameters":{"instanceType":"m5","instancesSet":{"items":[{"imageId":"ami-1"}]}},"userIdentity":{"userName":"bob"}}`, "Change.All_Changes", "action=created|status=success|object_category=instance|change_type=EC2|Instance_Changes.image_id=ami-1|Instance_Changes.instance_type=m5"},
		{"x", "o365:management:activity", `{"Operation":"UserLoginFailed","Workload":"AzureActiveDirectory","UserId":"bob@x","ClientIP":"1.2.3.4","ResultStatus":"Success"}`, "Authentication.Failed_Authentication", "user=bob@x|src=1.2.3.4|app=AzureActiveDirectory|signature=UserLoginFailed"},
		{"x", "azure:monitor:aad", `{"category":"SignInLogs","operationName":"Sign-in activity","properties":{"userPrincipalName":"bob@x","ipAddress":"1.2.3.4","status":{"errorCode":50126}}}`, "Authentication.Failed_Authentication", "user=bob@x|src=1.2.3.4"},
		{"x", "OktaIM2:log", `{"eventType":"user.session.start","outcome":{"result":"FAILURE"},"actor":{"alternateId":"bob@x"},"client":{"ipAddress":"1.2.3.4"}}`, "Authentication.Failed_Authentication", "user=bob@x|src=1.2.3.4|signature=user.session.start|app=okta"},
		{"x", "OktaIM2:log", `{"eventType":"system.api_token.create","outcome":{"result":"SUCCESS"},"actor":{"alternateId":"adm@x"}}`, "Change.All_Changes", "action=created|command=system.api_token.create|status=success"},
		{"x", "crowdstrike:events:sensor", `{"event_simpleName":"ProcessRollup2","aid":"a1","CommandLine":"x -y","ImageFileName":"\\Device\\a\\x.exe","ParentBaseFileName":"p.exe","RawProcessId":"7","UserSid":"S-1"}`, "Endpoint.Processes", "process=x -y|process_name=x.exe|parent_process_name=p.exe|process_id=7|user=S-1|dest=a1"},
		{"x", "azure:monitor:aad", `{"category":"AuditLogs","operationName":"Add member to role","properties":{"result":"success","initiatedBy":{"user":{"userPrincipalName":"adm@x"}}}}`, "Change.All_Changes", "user=adm@x|action=created|status=success|command=Add member to role"},
		{"x", "o365:management:activity", `{"Operation":"Add user.","Workload":"AzureActiveDirectory","UserId":"adm@x","ResultStatus":"Success"}`, "Change.All_Changes", "user=adm@x|action=created|status=success|change_type=AAA"},
		{"x", "suricata", `{"event_type":"dns","src_ip":"1.1.1.1","dest_ip":"2.2.2.2","dns":{"type":"query","rrname":"a.example","rrtype":"A"}}`, "Network_Resolution.DNS", "query=a.example|record_type=A|message_type=Query|src=1.1.1.1"},
		{"x", "zeek:dns:json", `{"id.orig_h":"1.1.1.1","query":"a.example","qtype_name":"A"}`, "Network_Resolution.DNS", "query=a.example|record_type=A"},
		{"x", "suricata", `{"event_type":"alert","src_ip":"1.1.1.1","dest_ip":"2.2.2.2","alert":{"signature":"bad","severity":1,"category":"c"}}`, "Intrusion_Detection.Network_IDS_Attacks", "signature=bad|severity=high|src=1.1.1.1"},
		{"x", "suricata", `{"event_type":"http","src_ip":"1.1.1.1","dest_ip":"2.2.2.2","http":{"hostname":"h.example","url":"/a?b=c","http_method":"GET","status":200}}`, "Web.Web", "url=h.example/a?b=c|uri_path=/a|uri_query=b=c|http_method=GET|status=200|dest=h.example"},
		{"x", "zeek:conn:json", `{"id.orig_h":"1.1.1.1","id.resp_h":"2.2.2.2","id.resp_p":22,"proto":"tcp","service":"ssh"}`, "Network_Traffic.All_Traffic", "src=1.1.1.1|dest_port=22|app=ssh|transport=tcp"},
		{"x", "bro:http:json", `{"id.orig_h":"1.1.1.1","host":"h.example","uri":"/x","method":"POST"}`, "Web.Web", "url=h.example/x|http_method=POST"},
	} {
		model, dataset, _ := strings.Cut(c.dataset, ".")
		d, err := base.Dataset(model, dataset)
		require.NoError(t, err)
		var names []string
		for pair := range strings.SplitSeq(c.want, "|") {
			name, _, _ := strings.Cut(pair, "=")
			names = append(names, dataset+"."+name)
		}
		v := d.Extractor(names).View(eventsOf(event.Event{Raw: []byte(c.raw), Source: c.source, Sourcetype: c.sourcetype, Index: "main", Host: "h"}), &knowledge.Cache{})
		require.Len(t, v.Rows(), 1, "%s in %s", c.raw, c.dataset)
		got := row(v.Batch(v.Rows()), 0)
		for pair := range strings.SplitSeq(c.want, "|") {
			name, value, _ := strings.Cut(pair, "=")
			require.Equal(t, value, got[dataset+"."+name], "%s of %s in %s", name, c.raw, c.dataset)
		}
	}
}

// TestSourcesHaveTheirFields: events that belong to no dataset, and the fields by
// which detections find them.
func TestSourcesHaveTheirFields(t *testing.T) {
	base := load(t)
	const powershell = "XmlWinEventLog:Microsoft-Windows-PowerShell/Operational"
	const defender = "XmlWinEventLog:Microsoft-Windows-Windows Defender/Operational"
	const success = "0x8020000000000000"
	for _, c := range []struct {
		source string
		code   int
		data   []string
		want   string
	}{
		{sysmon, 6, []string{`ImageLoaded=C:\a.sys`, "Hashes=SHA1=AA,MD5=BB,IMPHASH=CC", "Signed=true", "SignatureStatus=Valid"}, `loaded_file=a.sys|MD5=BB|SHA1=AA|IMPHASH=CC|service_signature_exists=true|service_signature_verified=true|process_path=C:\a.sys`},
		{sysmon, 7, []string{`Image=C:\a.exe`, `ImageLoaded=C:\b.dll`, "Hashes=SHA256=DD"}, `process_name=a.exe|loaded_file=b.dll|SHA256=DD|process_hash=SHA256=DD`},
		{sysmon, 8, []string{`SourceImage=C:\a.exe`, "SourceProcessId=1", `TargetImage=C:\b.exe`, "TargetProcessId=2", "SourceProcessGuid={s}", "TargetProcessGuid={t}"}, `parent_process_name=a.exe|parent_process_path=C:\a.exe|parent_process_id=1|parent_process_guid={s}|process_name=b.exe|process_id=2|process_guid={t}`},
		{sysmon, 9, []string{`Image=C:\a.exe`, `Device=\Device\Harddisk0\DR0`}, `process_name=a.exe|Device=\Device\Harddisk0\DR0`},
		{sysmon, 10, []string{`SourceImage=C:\a.exe`, `TargetImage=C:\lsass.exe`, "GrantedAccess=0x1010", "SourceProcessGUID={s}", "TargetProcessGUID={t}"}, `parent_process_name=a.exe|process_name=lsass.exe|granted_access=0x1010|parent_process_guid={s}|process_guid={t}|dest=pc1.example.com`},
		{sysmon, 11, []string{`TargetFilename=C:\x.dmp`}, "object_category=file|file_name=x.dmp"},
		{sysmon, 13, []string{`TargetObject=HKLM\a`}, `object_category=registry|object_path=HKLM\a`},
		{sysmon, 15, []string{`TargetFilename=C:\x:ads`, "Hash=MD5=BB", "Contents=c"}, `file_path=C:\x:ads|MD5=BB|file_hash=MD5=BB`},
		{sysmon, 17, []string{`PipeName=\p`, `Image=C:\a.exe`}, `pipe_name=\p|process_name=a.exe`},
		{sysmon, 18, []string{`PipeName=\p`}, `pipe_name=\p`},
		{sysmon, 23, []string{`TargetFilename=C:\x`, "User=D\\bob"}, "action=deleted|user=bob"},
		{security, 4624, []string{"LogonType=3", "IpPort=9", `ProcessName=C:\a.exe`, "ProcessId=0x1"}, "Logon_Type=3|Source_Port=9|process_name=C:\\a.exe|process_path=C:\\a.exe|process_id=0x1"},
		{security, 4656, []string{`ObjectName=C:\d\f`, "ObjectType=File", `ProcessName=C:\a.exe`}, `object_file_name=f|object_file_path=C:\d\f|file_path=C:\d\f|file_name=f|process_name=C:\a.exe|object=C:\d\f`},
		{security, 4662, []string{"ObjectName=%{x}", "AccessMask=0x100", "Properties=%%7688 {1131f6ad}"}, "object_file_path=%{x}|AccessMask=0x100|Properties=%%7688 {1131f6ad}"},
		{security, 4663, []string{`ObjectName=C:\d\f`, "ObjectType=Key", `ProcessName=C:\a.exe`, "ProcessId=0x1"}, `object_file_name=f|file_path=|process_id=0x1`},
		{security, 4698, []string{`TaskName=\t`, "SubjectUserName=bob", "TaskContent=x"}, `action=created|src_user=bob|TaskName=\t|signature=A scheduled task was created`},
		{security, 4728, []string{"TargetUserName=Admins", "MemberSid=S-1"}, "Group_Name=Admins|user=S-1|member_id=S-1"},
		{security, 4769, []string{"ServiceName=svc", "ServiceSid=S-1"}, "service=svc|service_name=svc|service_id=S-1"},
		{security, 5140, []string{`ShareName=\\*\C$`, "IpAddress=10.0.0.9"}, `share=\\*\C$|object=\\*\C$|src_ip=10.0.0.9|action=success`},
		{security, 5145, []string{`ShareName=\\*\C$`, `ShareLocalPath=\??\C:`, `RelativeTargetName=d\f`}, `file_path=\??\C:|file_name=\\*\C$`},
		{security, 1102, nil, "object=Security|action=cleared"},
		{system, 7040, []string{"param1=svc", "param3=disabled"}, "ServiceName=svc|start_mode=disabled"},
		{powershell, 4103, []string{"UserId=D\\bob", "Payload=p"}, "user=bob|Payload=p"},
		{powershell, 4104, []string{"ScriptBlockText=whoami"}, "ScriptBlockText=whoami|process=whoami"},
		{defender, 1121, []string{"Process Name=C:\\a.exe", "New Value=1"}, "Process_Name=C:\\a.exe|New_Value=1"},
	} {
		e := event.Event{Raw: winEvent(c.code, success, c.data...), Source: c.source, Sourcetype: "XmlWinEventLog"}
		all := fieldsOf(base, e)
		for pair := range strings.SplitSeq(c.want, "|") {
			name, value, _ := strings.Cut(pair, "=")
			require.Equal(t, value, all[name], "%s of %d in %s", name, c.code, c.source)
			alone := base.Fields([]string{name}).View(eventsOf(e), &knowledge.Cache{})
			require.Equal(t, value, row(alone.Batch(alone.Rows()), 0)[name], "%s of %d asked for alone", name, c.code)
		}
	}
}

// TestOtherSourcesHaveTheirFields: events of sources whose fields detections ask for
// without a data model.
func TestOtherSourcesHaveTheirFields(t *testing.T) {
	base := load(t)
	for _, c := range []struct{ sourcetype, raw, want string }{
		{"linux:audit", `type=SYSCALL msg=audit(1768478400.123:7): arch=c000003e syscall=59 success=yes exit=0 ppid=10 pid=11 auid=1000 uid=0 comm="sudo" exe="/usr/bin/sudo" key="priv" UID="root"`, "type=SYSCALL|process_name=sudo|process_path=/usr/bin/sudo|process_id=11|parent_process_id=10|action=success|user=root|user_id=1000|dest=h|vendor_product=Linux Auditd"},
		{"linux:audit", `type=PROCTITLE msg=audit(1768478400.123:7): proctitle=cat /etc/shadow`, "type=PROCTITLE|proctitle=cat"},
		{"linux:audit", `type=ADD_USER msg=audit(1768478400.1:8): pid=3 uid=0 auid=0 acct="kim" exe="/usr/sbin/useradd" res=failed`, "user=kim|action=failure|status=failure|process_name=useradd"},
		{"_json", `{"kind":"Event","verb":"create","objectRef":{"resource":"pods","namespace":"prod"},"user":{"username":"kim"},"responseStatus":{"code":201},"sourceIPs":["10.0.0.1","10.0.0.2"]}`, "verb=create|objectRef.resource=pods|user.username=kim|responseStatus.code=201|sourceIPs{}=10.0.0.1"},
		{"kube:container:falco", `{"output":"shell in a container","priority":"Notice","output_fields":{"k8s.pod.name":"web-1","proc.name":"bash"}}`, "priority=Notice|output_fields.proc.name=bash"},
		{"zeek:conn:json", `{"uid":"C1","id.orig_h":"10.0.0.1","orig_bytes":5,"resp_bytes":7,"service":"dns"}`, "session_id=C1|bytes_out=5|bytes_in=7|app=dns|action=allowed"},
		{"crowdstrike:events:sensor", `{"event_simpleName":"ProcessRollup2","event_platform":"Win","ComputerName":"pc1","IntegrityLevel":"12288","SHA256HashData":"aa"}`, "dest=pc1|os=Windows|process_integrity_level=high|process_hash=aa|action=allowed"},
	} {
		all := fieldsOf(base, event.Event{Raw: []byte(c.raw), Source: "s", Sourcetype: c.sourcetype, Host: "h", Index: "main"})
		for pair := range strings.SplitSeq(c.want, "|") {
			name, value, _ := strings.Cut(pair, "=")
			first, _, _ := strings.Cut(all[name], "|")
			require.Equal(t, value, first, "%s of %s", name, c.raw)
		}
	}
}
