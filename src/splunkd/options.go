package splunkd

import (
	"crypto/x509"
	"net/url"
	"strings"
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
)

// Options are what a client needs to know.
type Options struct {
	// URL is the address of splunkd's REST API: "https://splunk:8089". Without a
	// scheme it is https; without a port and a path it is port 8089. A path is put
	// before /services, for a Splunk behind a proxy.
	URL         string
	Credentials Credentials
	// Clock moves; it must be given.
	Clock clock.Clock

	// App and Owner are the namespace of calls that name none. Without both it is
	// that of the user who calls.
	App, Owner string
	// Mode is how Run has Splunk run searches.
	Mode Mode

	// Roots are the certificates to trust, nil the machine's. Insecure trusts any.
	Roots    *x509.CertPool
	Insecure bool

	// Timeout is how long nothing may come of a request; 0 is 60 s. GiveUp is how
	// long a call is tried while Splunk is busy or gone; 0 is 2 minutes, less than 0
	// is one try. A Splunk that has never answered is not waited for.
	Timeout, GiveUp time.Duration
	// PageRows is how many rows are asked for at once; 0 is 10,000. Splunk gives no
	// more than 50,000.
	PageRows int
	// MaxReply bounds a reply that is read whole, and one row of results; 0 is
	// 64 MiB.
	MaxReply int
}

// Mode is how Splunk runs a search (exec_mode).
type Mode uint8

const (
	// Normal makes a job and asks for its state until it is done.
	Normal Mode = iota
	// Blocking makes a job with a request that is answered when it is done.
	Blocking
	// Oneshot has the rows as the answer of one request, and leaves no job.
	Oneshot
)

// String is Splunk's word.
func (m Mode) String() string { return [...]string{"normal", "blocking", "oneshot"}[m] }

const managementPort = "8089"

func (o Options) orDefaults() Options {
	setDefault(&o.Timeout, 60*time.Second)
	setDefault(&o.GiveUp, 2*time.Minute)
	setDefault(&o.PageRows, 10_000)
	setDefault(&o.MaxReply, 64<<20)
	return o
}

func setDefault[T ~int | ~int64](v *T, to T) {
	if *v == 0 {
		*v = to
	}
}

const addressHint = "for example https://splunk.example.com:8089"

// Address reads the address of a REST API as Options.URL has it. The messages do
// not repeat what may hold a secret.
func Address(text string) (*url.URL, error) {
	bare := !strings.Contains(text, "://")
	if bare {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, diag.Message{Text: "cannot read the address of Splunk: it is no URL", Hint: addressHint}
	case u.User != nil || u.RawQuery != "":
		return nil, diag.Message{Text: "cannot use the address of Splunk: it holds more than scheme, host, port and path", Hint: "credentials are given apart from the address"}
	case (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		return nil, diag.Message{Text: "cannot use the address of Splunk \"" + text + "\": expected http://HOST:PORT or https://HOST:PORT", Hint: addressHint}
	}
	path, _, _ := strings.Cut(u.Path, "/services")
	u.Path, u.RawPath, u.Fragment, u.ForceQuery = strings.TrimRight(path, "/"), "", "", false
	if u.Port() == "" && u.Path == "" {
		u.Host = strings.TrimSuffix(u.Host, ":") + ":" + managementPort
	}
	return u, nil
}
