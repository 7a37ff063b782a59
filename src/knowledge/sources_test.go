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
		{security, "XmlWinEventLog", win(4672, success, "SubjectUserName=adm"), "Authentication.Privileged_Authentication", "user=adm"},
		{security, "XmlWinEventLog", win(4720, success, "SubjectUserName=adm", "TargetUserName=new"), "Change.Accounts_Created", "user=new|action=created|object_category=user|change_type=AAA|src_user=adm"},
		{security, "XmlWinEventLog", win(4740, success, "TargetUserName=bob"), "Change.Account_Lockouts", "result=lockout"},
		{security, "XmlWinEventLog", win(1102, success), "Change.Auditing_Changes", "action=cleared"},
		{security, "XmlWinEventLog", win(4697, success, "ServiceName=svc", "ServiceFileName=c:\\a.exe"), "Endpoint.Services", "service=svc|service_path=c:\\a.exe"},
		{"XmlWinEventLog:Microsoft-Windows-PowerShell/Operational", "XmlWinEventLog", win(4104, "0x0", "ScriptBlockText=whoami", "Path=c:\\a.ps1", "ScriptBlockId=7"), "Endpoint.Processes", "process=whoami|process_path=c:\\a.ps1|process_id=7"},
		{sysmon, "XmlWinEventLog", win(3, success, "User=D\\bob", "SourceIp=10.0.0.1", "DestinationIp=10.0.0.2", "DestinationPort=443", "Protocol=tcp"), "Network_Traffic.All_Traffic", "src=10.0.0.1|dest_ip=10.0.0.2|dest_port=443|transport=tcp|user=bob"},
		{sysmon, "XmlWinEventLog", win(22, success, "QueryName=a.example"), "Network_Resolution.DNS", "query=a.example"},
		{"Syslog:Linux-Sysmon/Operational", "sysmon:linux", win(1, success, "Image=/usr/bin/id", "CommandLine=id -u", "ParentImage=/bin/sh"), "Endpoint.Processes", "process_name=id|process=id -u|parent_process_name=sh|dest=pc1.example.com"},
		{"x", "aws:cloudtrail", `{"eventName":"ConsoleLogin","eventType":"AwsConsoleSignIn","sourceIPAddress":"1.2.3.4","userIdentity":{"userName":"bob","accountId":"12"},"responseElements":{"ConsoleLogin":"Failure"}}`, "Authentication.Failed_Authentication", "user=bob|src=1.2.3.4|signature=ConsoleLogin|app=AwsConsoleSignIn|vendor_account=12"},
		{"x", "aws:cloudtrail", `{"eventName":"RunInstances","eventSource":"ec2.amazonaws.com","requestParameters":{"instanceType":"m5","instancesSet":{"items":[{"imageId":"ami-1"}]}},"userIdentity":{"userName":"bob"}}`, "Change.All_Changes", "action=created|status=success|object_category=instance|change_type=EC2|Instance_Changes.image_id=ami-1|Instance_Changes.instance_type=m5"},
		{"x", "o365:management:activity", `{"Operation":"UserLoginFailed","Workload":"AzureActiveDirectory","UserId":"bob@x","ClientIP":"1.2.3.4","ResultStatus":"Success"}`, "Authentication.Failed_Authentication", "user=bob@x|src=1.2.3.4|app=AzureActiveDirectory|signature=UserLoginFailed"},
		{"x", "azure:monitor:aad", `{"category":"SignInLogs","operationName":"Sign-in activity","properties":{"userPrincipalName":"bob@x","ipAddress":"1.2.3.4","status":{"errorCode":50126}}}`, "Authentication.Failed_Authentication", "user=bob@x|src=1.2.3.4"},
		{"x", "OktaIM2:log", `{"eventType":"user.session.start","outcome":{"result":"FAILURE"},"actor":{"alternateId":"bob@x"},"client":{"ipAddress":"1.2.3.4"}}`, "Authentication.Failed_Authentication", "user=bob@x|src=1.2.3.4|signature=user.session.start|app=okta"},
		{"x", "OktaIM2:log", `{"eventType":"system.api_token.create","outcome":{"result":"SUCCESS"},"actor":{"alternateId":"adm@x"}}`, "Change.All_Changes", "action=created|command=system.api_token.create|status=success"},
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
