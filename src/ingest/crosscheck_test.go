package ingest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsDeclaredIsComparedWithTheContent(t *testing.T) {
	for _, c := range []struct {
		text  string
		given Metadata
		said  string
	}{
		{first + first, Metadata{Sourcetype: "xmlwineventlog", Source: "xmlwineventlog:SECURITY"}, ""},
		{first + first, Metadata{Source: "XmlWinEventLog:System"}, `x.log:1:1: the argument says source "XmlWinEventLog:System", but its events are of the log "Security"`},
		{first + "\n" + second + "\n" + second, Metadata{Source: "XmlWinEventLog:Security"}, `x.log:2:1: the argument says source "XmlWinEventLog:Security", but 2 of its 3 events are of the log "System"`},
		{classic1, Metadata{Source: "WinEventLog:Security"}, `x.log:1:1: the argument says source "WinEventLog:Security", but its events are of the log "Microsoft-Windows-PowerShell/Operational"`},
		{first, Metadata{Sourcetype: "linux_secure"}, `x.log:1:1: the argument says sourcetype "linux_secure", but its events are Windows events`},
		{`{"ts":1768477212}`, Metadata{Sourcetype: "XmlWinEventLog"}, `x.log:1:1: the argument says sourcetype "XmlWinEventLog", but its events are JSON objects`},
		{"1768477212 x", Metadata{Sourcetype: "WinEventLog:Security"}, `x.log:1:1: the argument says sourcetype "WinEventLog:Security", but its events are text of another kind`},
		{`{"ts":1768477212}`, Metadata{Sourcetype: "aws:cloudtrail", Source: "aws_cloudtrail"}, ""},
		{first, Metadata{Sourcetype: "my:own", Source: "a:b"}, ""},
		{nxlogLine, Metadata{Sourcetype: "XmlWinEventLog", Source: "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"}, ""},
	} {
		_, problems := readText(t, c.text, c.given, Options{})
		require.Equal(t, c.said, said(problems), "%+v", c.given)
	}
}

func TestFamiliesOfJSONAreComparedWithWhatIsDeclared(t *testing.T) {
	const (
		trail    = `{"eventVersion":"1.08","userIdentity":{},"eventTime":"2026-01-15T11:40:12Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"eu-west-1"}`
		activity = `{"CreationTime":"2026-01-15T11:40:12","Id":"1","Operation":"UserLoggedIn","RecordType":15,"Workload":"AzureActiveDirectory"}`
		azure    = `{"time":"2026-01-15T11:40:12Z","resourceId":"/tenants/1","operationName":"Add user","category":"AuditLogs","properties":{}}`
		okta     = `{"actor":{},"client":{},"displayMessage":"m","eventType":"user.session.start","published":"2026-01-15T11:40:12.000Z"}`
		suricata = `{"timestamp":"2026-01-15T11:40:12.000000+0000","flow_id":1,"event_type":"alert","src_ip":"192.0.2.1","dest_ip":"192.0.2.2"}`
		gws      = `{"kind":"admin#reports#activity","id":{"time":"x"},"time":"2026-01-15T11:40:12Z","actor":{},"events":[]}`
		falcon   = `{"event_simpleName":"ProcessRollup2","aid":"1","timestamp":"1768477212000"}`
		zeek     = `{"ts":1768477212.5,"uid":"C1","id.orig_h":"192.0.2.1","id.resp_h":"192.0.2.2"}`
		kube     = `{"auditID":"1","stage":"ResponseComplete","verb":"get","requestURI":"/","timestamp":"2026-01-15T11:40:12Z"}`
		plain    = `{"ts":1768477212}`
	)
	own := map[string]string{
		trail: "aws:cloudtrail", activity: "o365:management:activity", azure: "azure:monitor:aad", okta: "OktaIM2:log", suricata: "suricata",
		gws: "gws:reports:login", falcon: "crowdstrike:events:sensor", zeek: "bro:conn:json", kube: "kube:audit",
	}
	for text, sourcetype := range own {
		for _, fits := range []string{sourcetype, "_json", "__json", "my:own", ""} {
			_, problems := readText(t, text, Metadata{Sourcetype: fits}, Options{})
			require.Empty(t, said(problems), "%s %s", fits, text)
		}
		for other, declared := range own {
			if other != text {
				_, problems := readText(t, text+"\n"+plain, Metadata{Sourcetype: declared}, Options{})
				require.Contains(t, said(problems), `says sourcetype "`+declared+`", but its events are of `, text)
			}
		}
	}
	for _, c := range []struct {
		text  string
		given Metadata
		said  string
	}{
		{activity, Metadata{Sourcetype: "azure:monitor:aad"}, `x.log:1:1: the argument says sourcetype "azure:monitor:aad", but its events are of Microsoft 365 activity`},
		{plain + "\n" + suricata, Metadata{Sourcetype: "linux_secure"}, `x.log:2:1: the argument says sourcetype "linux_secure", but its events are of Suricata`},
		{suricata + suricata + okta, Metadata{Sourcetype: "suricata"}, `x.log:1:247: the argument says sourcetype "suricata", but 1 of its 3 events are of Okta's system log`},
		{activity, Metadata{Sourcetype: "o365:management:activity", Source: "azure"}, `x.log:1:1: the argument says source "azure", but its events are of Microsoft 365 activity`},
		{activity, Metadata{Source: "O365"}, ""},
		{plain, Metadata{Sourcetype: "aws:cloudtrail"}, ""},
		{`{"Records":[` + trail + "," + trail + "]}", Metadata{Sourcetype: "aws:cloudtrail:lake"}, ""},
	} {
		_, problems := readText(t, c.text, c.given, Options{})
		require.Equal(t, c.said, said(problems), "%+v", c.given)
	}
}

// A path of the wrong folder above does not leave the data folder.
func TestDataDir(t *testing.T) {
	root := tree(t, "-- data/datasets/a/x.log --\nx\n-- d.yml --\ntests:\n- name: t\n  attack_data:\n  - data: https://media.githubusercontent.com/media/splunk/attack_data/master/datasets/a/x.log\n"+
		"    source: s\n    sourcetype: st\n  - data: ../../../nowhere/at/all\n")
	require.NoError(t, os.Mkdir(filepath.Join(root, "empty"), 0o700))
	for dir, want := range map[string]int{"data": 1, "data/datasets": 1, "empty": 0, "nowhere": 0} {
		found, problems := Resolve(Input{Path: filepath.Join(root, "d.yml"), DataDir: filepath.Join(root, dir)})
		require.Len(t, found, want, "%s: %s", dir, said(problems))
		require.Len(t, problems, 2-want, dir)
	}
}
