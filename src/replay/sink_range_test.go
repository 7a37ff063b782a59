package replay

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadRange(t *testing.T) {
	const general = "general:\n  attack_range_password: \"pass:1\"\n"
	for _, c := range []struct{ name, config, state, host, want string }{
		{"given", general, "", "192.0.2.7", "https://192.0.2.7:8089"},
		{"its own Splunk", general + "splunk_server:\n  byo_splunk: 1\n  byo_splunk_ip: 192.0.2.8\n", "", "", "https://192.0.2.8:8089"},
		{"local", general + "  cloud_provider: local\n", "", "", "https://192.168.56.12:8089"},
		{"a machine in the cloud", general, `{"resources":[{"type":"aws_instance","name":"splunk-server","instances":[{"attributes":{"public_ip":"192.0.2.1"}}]}]}`, "", "https://192.0.2.1:8089"},
		{"an elastic address", general, `{"resources":[{"type":"aws_eip","name":"splunk_ip","instances":[{"attributes":{"public_ip":"192.0.2.2"}}]},{"type":"aws_instance","name":"splunk-server","instances":[{"attributes":{"public_ip":"192.0.2.1"}}]}]}`, "", "https://192.0.2.2:8089"},
		{"no state", general, "", "", "cannot find where the Splunk"},
		{"a state of something else", general, "[]", "", "cannot find where the Splunk"},
		{"no password", "general:\n  key_name: ar\n", "", "192.0.2.1", "no general.attack_range_password"},
		{"no YAML", "general: [", "", "", "no YAML of an attack range"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "attack_range.yml")
			require.NoError(t, os.WriteFile(path, []byte(c.config), 0o600))
			if c.state != "" {
				folder := filepath.Join(dir, "terraform", "aws", "state")
				require.NoError(t, os.MkdirAll(folder, 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(folder, "ar.terraform.tfstate"), []byte(c.state), 0o600))
			}
			got, err := ReadRange(path, c.host)
			if err != nil {
				require.ErrorContains(t, err, c.want)
				require.NotContains(t, err.Error(), "pass:1")
				return
			}
			require.Equal(t, Range{Address: c.want, User: "admin", Password: "pass:1"}, got)
			require.NotContains(t, fmt.Sprintf("%+v", got), "pass:1")
		})
	}
	_, err := ReadRange(filepath.Join(t.TempDir(), "no.yml"), "")
	require.ErrorContains(t, err, "cannot read ")
}
