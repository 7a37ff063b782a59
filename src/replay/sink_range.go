package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/goccy/go-yaml"

	"riskreplay/src/diag"
	"riskreplay/src/splunkd"
)

// Range is the Splunk of a Splunk Attack Range, for a sink into splunkd. Its
// certificate is one that nobody signed.
type Range struct {
	// Address is that of splunkd, https://HOST:8089.
	Address  string
	User     string
	Password splunkd.Secret
}

// rangeConfig is what is read of attack_range.yml.
type rangeConfig struct {
	General struct {
		Password any `yaml:"attack_range_password"`
		Provider any `yaml:"cloud_provider"`
		Name     any `yaml:"attack_range_name"`
	} `yaml:"general"`
	Splunk struct {
		Own   any `yaml:"byo_splunk"`
		OwnIP any `yaml:"byo_splunk_ip"`
	} `yaml:"splunk_server"`
}

// ReadRange reads an Attack Range's configuration: the password from
// general.attack_range_password, the user being admin. Where its Splunk is, the
// configuration does not say for a range in the cloud. It is, in this order: host;
// splunk_server.byo_splunk_ip when byo_splunk is 1; 192.168.56.12 of a local range;
// the address in the Terraform state that Attack Range 3 keeps beside the
// configuration (terraform/aws|azure/state/NAME.terraform.tfstate). A remote state
// is not read, and neither are other versions': then host must be given.
func ReadRange(path, host string) (Range, error) {
	text, err := readSmall(path)
	if err != nil {
		return Range{}, cannotRead(path, err)
	}
	var c rangeConfig
	if err := decodeYAML(text, &c); err != nil {
		return Range{}, diag.Message{Text: "cannot read " + strconv.Quote(path) + ": it is no YAML of an attack range", Hint: "give the attack_range.yml that the range was built with", Cause: err}
	}
	password := word(c.General.Password, "")
	if password == "" {
		return Range{}, diag.Message{Text: "cannot use " + strconv.Quote(path) + ": it has no general.attack_range_password", Hint: "give the attack_range.yml that the range was built with"}
	}
	if host == "" {
		if host = c.host(filepath.Dir(path)); host == "" {
			return Range{}, diag.Message{
				Text: "cannot find where the Splunk of " + strconv.Quote(path) + " is",
				Hint: "ask with `python attack_range.py show`, then write attack-range:" + path + ",host=ADDRESS",
			}
		}
	}
	u, err := splunkd.Address(host)
	if err != nil {
		return Range{}, err
	}
	return Range{Address: u.String(), User: "admin", Password: splunkd.Secret(password)}, nil
}

// host is the address that the configuration or the state beside it says, or "".
func (c *rangeConfig) host(dir string) string {
	if word(c.Splunk.Own, "0") == "1" {
		return word(c.Splunk.OwnIP, "")
	}
	provider := word(c.General.Provider, "aws")
	switch provider {
	case "local":
		return "192.168.56.12"
	case "aws", "azure":
		name := word(c.General.Name, "ar")
		return stateHost(filepath.Join(dir, "terraform", provider, "state", filepath.Base(name)+".terraform.tfstate"))
	}
	return ""
}

// stateHost is the public address of the Splunk server in a Terraform state. An
// elastic address goes before the machine's own.
func stateHost(path string) string {
	text, err := readSmall(path)
	if err != nil {
		return ""
	}
	var state struct {
		Resources []struct {
			Type, Name string
			Instances  []struct {
				Attributes struct {
					PublicIP string `json:"public_ip"`
					Address  string `json:"ip_address"`
				}
			}
		}
	}
	if json.Unmarshal(text, &state) != nil {
		return ""
	}
	found := ""
	for _, r := range state.Resources {
		for _, i := range r.Instances {
			switch r.Type + "." + r.Name {
			case "aws_eip.splunk_ip":
				return i.Attributes.PublicIP
			case "aws_instance.splunk-server":
				found = i.Attributes.PublicIP
			case "azurerm_public_ip.splunk-publicip":
				found = i.Attributes.Address
			}
		}
	}
	return found
}

// word is a value of the configuration as text; they are written with quotes and
// without.
func word(v any, without string) string {
	if v == nil || v == "" {
		return without
	}
	return fmt.Sprint(v)
}

// maxConfig is far above what a configuration or a state has.
const maxConfig = 8 << 20

func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(text) > maxConfig {
		err = errors.New("it is too large")
	}
	return text, err
}

// decodeYAML reads YAML; what breaks the parser is an error.
func decodeYAML(text []byte, into any) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("it breaks the parser: %v", broken)
		}
	}()
	return yaml.Unmarshal(text, into)
}
