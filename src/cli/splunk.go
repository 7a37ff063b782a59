package cli

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"riskreplay/src/splunkd"
)

// splunkFlags say which Splunk a command works on, and how it is reached.
// Credentials are no flags: SPLUNK_TOKEN, or SPLUNK_USER with SPLUNK_PASSWORD, or
// --token-file.
type splunkFlags struct {
	url string
	// app is whose knowledge Splunk searches with.
	app       string
	tokenFile string
	ca        string
	insecure  bool
}

// add gives a command --splunk and what belongs to it.
func (f *splunkFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.url, "splunk", "", "address of a Splunk's REST API to work on instead: https://HOST:8089")
	c.Flags().StringVar(&f.app, "splunk-app", "", "the app on that Splunk to search in (default: the user's own)")
	f.addAccess(c)
}

// addAccess gives a command the flags for reaching a Splunk that it is told of in
// another way.
func (f *splunkFlags) addAccess(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.tokenFile, "token-file", "", "file with Splunk's authentication token (default: SPLUNK_TOKEN, or SPLUNK_USER and SPLUNK_PASSWORD)")
	flags.StringVar(&f.ca, "ca", "", "file with the certificates (PEM) to trust instead of the machine's")
	flags.BoolVar(&f.insecure, "insecure", false, "trust any certificate of the server")
}

// check refuses flags that have no meaning without --splunk.
func (f *splunkFlags) check(c *cobra.Command) error {
	if f.url != "" {
		return nil
	}
	for _, name := range []string{"splunk-app", "token-file", "ca", "insecure"} {
		if c.Flags().Changed(name) {
			return usageError{fmt.Errorf("--%s needs --splunk: without it nothing is asked of a Splunk", name)}
		}
	}
	return nil
}

// client makes the client of a Splunk; it connects to nobody yet.
func (f *splunkFlags) client(s streams) (*splunkd.Client, error) {
	o := splunkd.Options{URL: f.url, App: f.app, Insecure: f.insecure, Clock: s.clock}
	if f.insecure && f.ca != "" {
		return nil, usageError{errors.New("give --ca or --insecure, not both")}
	}
	var err error
	if o.Credentials, err = f.credentials(); err != nil {
		return nil, err
	}
	if o.Roots, err = f.roots(); err != nil {
		return nil, err
	}
	c, err := splunkd.New(o)
	if err != nil {
		return nil, usageError{err}
	}
	if plain(c.URL()) {
		_, _ = fmt.Fprintln(s.err, "warning: the credentials go to "+c.URL()+" unencrypted: use https if the server has it")
	}
	return c, nil
}

// maxTokenFile bounds a file with a token.
const maxTokenFile = 64 << 10

// credentials are those of the file, else of the environment.
func (f *splunkFlags) credentials() (splunkd.Credentials, error) {
	user, password := os.Getenv("SPLUNK_USER"), os.Getenv("SPLUNK_PASSWORD")
	token := os.Getenv("SPLUNK_TOKEN")
	if f.tokenFile != "" {
		data, err := readSmall(f.tokenFile)
		if err != nil {
			return splunkd.Credentials{}, environmentError{fmt.Errorf("cannot read --token-file %q: %w", f.tokenFile, bare(err))}
		}
		if token = strings.TrimSpace(string(data)); token == "" || strings.ContainsAny(token, "\r\n\t ") {
			return splunkd.Credentials{}, environmentError{fmt.Errorf("cannot use --token-file %q: expected one word, the token", f.tokenFile)}
		}
	}
	switch {
	case token != "":
		return splunkd.Credentials{Token: splunkd.Secret(token)}, nil
	case user == "" && password == "":
		return splunkd.Credentials{}, environmentError{errors.New("there are no credentials for Splunk: set SPLUNK_TOKEN, or SPLUNK_USER and SPLUNK_PASSWORD, or give --token-file")}
	case user == "" || password == "":
		return splunkd.Credentials{}, environmentError{errors.New("SPLUNK_USER and SPLUNK_PASSWORD are needed both")}
	}
	return splunkd.Credentials{User: user, Password: splunkd.Secret(password)}, nil
}

// roots are the certificates of --ca, nil for the machine's.
func (f *splunkFlags) roots() (*x509.CertPool, error) {
	if f.ca == "" {
		return nil, nil
	}
	data, err := readSmall(f.ca)
	if err != nil {
		return nil, environmentError{fmt.Errorf("cannot read --ca %q: %w", f.ca, bare(err))}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, environmentError{fmt.Errorf("cannot use --ca %q: it holds no certificate in PEM form", f.ca)}
	}
	return pool, nil
}

func readSmall(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // read only
	data, err := io.ReadAll(io.LimitReader(file, maxTokenFile*16+1))
	if err == nil && len(data) > maxTokenFile*16 {
		return nil, errors.New("it is larger than 1 MiB")
	}
	return data, err
}

// bare is the reason alone of an error that names its file.
func bare(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

// plain tells whether what is sent to an address can be read on the way.
func plain(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// environmental sorts the errors of a Splunk: a search that is wrong or failed is
// an answer, all else is the environment. Other errors stay as they are.
func environmental(err error) error {
	var e *splunkd.Error
	if !errors.As(err, &e) || e.Kind == splunkd.Rejected || e.Kind == splunkd.Failed {
		return err
	}
	return environmentError{err}
}
