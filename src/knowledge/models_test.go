package knowledge_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

// TestEveryBuiltinDatasetCompiles: all models, with each of their datasets.
func TestEveryBuiltinDatasetCompiles(t *testing.T) {
	base := load(t)
	require.Equal(t, []string{
		"Alerts", "Authentication", "Certificates", "Change", "Email", "Endpoint", "Intrusion_Detection", "Malware", "Network_Resolution",
		"Network_Sessions", "Network_Traffic", "Risk", "Updates", "Vulnerabilities", "Web",
	}, base.Models())
	for _, model := range base.Models() {
		var m knowledge.Model
		require.NoError(t, json.Unmarshal([]byte(base.Definition(model)), &m), model)
		for _, o := range m.Objects {
			d, err := base.Dataset(model, o.Name)
			require.NoError(t, err, "%s.%s", model, o.Name)
			require.NotEmpty(t, d.Fields(), "%s.%s", model, o.Name)
		}
	}
}

// TestModelsOfTheCIM: events reach the models by their tags; what an event lacks is
// "unknown" where the model says so, and null elsewhere.
func TestModelsOfTheCIM(t *testing.T) {
	for _, c := range []struct{ tags, raw, dataset, want string }{
		{"web", "url=/a src=10.0.0.1 status=200", "Web.Web", "Web.url=/a Web.src=10.0.0.1 Web.dest=unknown Web.url_length=2 Web.bytes=0"},
		{"network communicate", "dest_port=443 action=allowed", "Network_Traffic.All_Traffic", "All_Traffic.dest_port=443 All_Traffic.src_port=0 All_Traffic.dest_ip= All_Traffic.app=unknown"},
		{"network communicate", "dest_port=443 action=allowed", "Network_Traffic.Allowed_Traffic", "All_Traffic.dest_port=443"},
		{"network resolution dns", "query=a.example", "Network_Resolution.DNS", "DNS.query=a.example"},
		{"network session dhcp", "signature=x", "Network_Sessions.DHCP", "All_Sessions.signature=x"},
		{"change instance", "image_id=i-1 action=created", "Change.All_Changes", "All_Changes.Instance_Changes.image_id=i-1 All_Changes.action=created"},
		{"change instance", "image_id=i-1", "Change.Instance_Changes", "All_Changes.Instance_Changes.image_id=i-1"},
		{"change account", "action=created user=bob", "Change.Accounts_Created", "All_Changes.user=bob"},
		{"authentication", "action=failure user=bob", "Authentication.Failed_Authentication", "Authentication.user=bob"},
		{"email", "src_user=a@b", "Email.All_Email", "All_Email.src_user=a@b All_Email.recipient=unknown"},
		{"certificate ssl", "ssl_subject_email=a@b", "Certificates.All_Certificates", "All_Certificates.SSL.ssl_subject_email=a@b"},
		{"ids attack", "ids_type=host", "Intrusion_Detection.Host_IDS_Attacks", "IDS_Attacks.ids_type=host"},
		{"malware attack", "action=blocked", "Malware.Blocked_Malware", "Malware_Attacks.action=blocked"},
		{"update status", "status=installed", "Updates.Installed_Updates", "Updates.status=installed"},
		{"vulnerability report", "severity=high", "Vulnerabilities.High_Critical_Vulnerabilities", "Vulnerabilities.severity=high"},
		{"alert", "app=x severity=high", "Alerts.Alerts", "Alerts.severity=high"},
	} {
		tags := "[eventtype=x]\n"
		for tag := range strings.FieldsSeq(c.tags) {
			tags += tag + " = enabled\n"
		}
		base := load(t, app("a", "default/props.conf", "[x]\nKV_MODE = auto\n", "default/eventtypes.conf", "[x]\nsearch = sourcetype=x\n", "default/tags.conf", tags))
		model, dataset, _ := strings.Cut(c.dataset, ".")
		d, err := base.Dataset(model, dataset)
		require.NoError(t, err)
		var names []string
		for pair := range strings.FieldsSeq(c.want) {
			name, _, _ := strings.Cut(pair, "=")
			names = append(names, name)
		}
		v := d.Extractor(names).View(eventsOf(event.Event{Raw: []byte(c.raw), Sourcetype: "x", Index: "main"}), &knowledge.Cache{})
		require.Len(t, v.Rows(), 1, "%s in %s", c.raw, c.dataset)
		got := row(v.Batch(v.Rows()), 0)
		for pair := range strings.FieldsSeq(c.want) {
			name, value, _ := strings.Cut(pair, "=")
			require.Equal(t, value, got[name], "%s of %s in %s", name, c.raw, c.dataset)
		}
	}
}
