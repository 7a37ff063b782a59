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
