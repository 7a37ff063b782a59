package splunkd

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"riskreplay/src/job"
)

// Client speaks to one Splunk. It is safe for concurrent use.
type Client struct {
	o    Options
	base *url.URL
	http *http.Client
	// met: this Splunk has answered before, so that it is waited for when it is gone.
	met atomic.Bool
	// old: this Splunk has no search/v2 (it is older than 9.0.1).
	old atomic.Bool

	session struct {
		sync.Mutex
		key Secret
	}
}

var _ job.Runner = (*Client)(nil)

// New makes a client; it connects to nobody yet.
func New(o Options) (*Client, error) {
	o = o.orDefaults()
	base, err := Address(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		return nil, errors.New("a client of splunkd without a clock")
	}
	c := &Client{o: o, base: base}
	// A load balancer before search heads keeps a client at one of them by a cookie;
	// a job is on one search head only.
	jar, _ := cookiejar.New(nil) // never fails
	c.http = &http.Client{
		Transport:     transport(o),
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// transport speaks HTTP/1.1, as splunkd does.
func transport(o Options) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		Protocols:              protocols,
		MaxIdleConnsPerHost:    4,
		MaxResponseHeaderBytes: 1 << 20,
		IdleConnTimeout:        time.Minute,
		TLSClientConfig:        &tls.Config{RootCAs: o.Roots, InsecureSkipVerify: o.Insecure, MinVersion: tls.VersionTLS12}, //nolint:gosec // asked for
	}
}

// URL is the address of the REST API, without credentials.
func (c *Client) URL() string { return c.base.String() }

// Close lets go of the connections that nobody uses.
func (c *Client) Close() { c.http.CloseIdleConnections() }
