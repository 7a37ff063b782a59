package cli

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"riskreplay/src/replay"
	"riskreplay/src/splunkd"
)

// attackRange is what attack_range.yml says of the range's Splunk.
type attackRange struct {
	General struct {
		Password string `yaml:"attack_range_password"`
		Cloud    string `yaml:"cloud_provider"`
	} `yaml:"general"`
	Splunk struct {
		Own   string `yaml:"byo_splunk"`
		OwnIP string `yaml:"byo_splunk_ip"`
	} `yaml:"splunk_server"`
}

// rangeLocal is the address of the Splunk of a range that Vagrant builds.
const rangeLocal = "192.168.56.12"

// readAttackRange reads a range's configuration over the defaults beside it, as
// attack_range.py does.
func readAttackRange(path string) (attackRange, error) {
	var c attackRange
	defaults := filepath.Join(filepath.Dir(path), "configs", "attack_range_default.yml")
	for _, name := range []string{defaults, path} {
		data, err := readSmall(name)
		if err != nil && name == defaults {
			continue // then the file must say all
		}
		if err != nil {
			return c, fmt.Errorf("cannot read the attack range %q: %w", path, bare(err))
		}
		if err := yaml.Unmarshal(data, &c); err != nil {
			return c, fmt.Errorf("cannot read the attack range %q: %s", name, strings.TrimSpace(err.Error()))
		}
	}
	return c, nil
}

// address is where splunkd of the range answers.
func (c attackRange) address(host string) (string, error) {
	switch {
	case host != "":
	case c.Splunk.Own == "1" && c.Splunk.OwnIP != "":
		host = c.Splunk.OwnIP
	case c.General.Cloud == "local":
		host = rangeLocal
	default:
		return "", errors.New("the attack range does not say where its Splunk is (a range in a cloud gets its address when it is built): write its address, as `attack_range.py show` prints it, behind the file: attack-range:attack_range.yml,host=203.0.113.7")
	}
	return "https://" + net.JoinHostPort(host, "8089"), nil
}

// openAttackRange makes the sink into the Splunk of an attack range: splunkd's
// receivers, as admin with the range's password, which goes nowhere else.
func (f *sinkFlags) openAttackRange(s streams) (replay.Open, error) {
	c, err := readAttackRange(f.sink.Path)
	if err != nil {
		return nil, environmentError{err}
	}
	address, err := c.address(f.sink.Host)
	if err != nil {
		return nil, usageError{err}
	}
	if c.General.Password == "" {
		return nil, environmentError{fmt.Errorf("cannot use the attack range %q: it has no attack_range_password in general", f.sink.Path)}
	}
	roots, err := f.access.roots()
	if err != nil {
		return nil, err
	}
	client, err := splunkd.New(splunkd.Options{
		URL: address, Credentials: splunkd.Credentials{User: "admin", Password: splunkd.Secret(c.General.Password)},
		Clock: s.clock, Roots: roots, Insecure: f.access.insecure,
	})
	if err != nil {
		return nil, usageError{err}
	}
	return replay.Splunk(replay.SplunkOptions{Receiver: client, Clock: s.clock}), nil
}
