package hec

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"net"
	"net/url"
	"strings"
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Options are what a client needs to know.
type Options struct {
	// URL is the collector's address: http or https, any port, any path before
	// /services/collector, which may be given or left out.
	URL string
	// Token is sent in the Authorization header and shown nowhere.
	Token Secret
	// Clock moves; it must be given.
	Clock clock.Clock
	// Settled is told what became of each batch, from any goroutine, once.
	Settled func(Receipt)

	// Ack has batches settle when the indexers acknowledged them; the token must
	// have useACK.
	Ack bool
	// Gzip says when bodies of 1 KiB and more are packed.
	Gzip Gzip
	// Raw posts the events' bytes to /raw, as replay.py of attack_data does: one
	// request for each host, source, sourcetype and index of a batch, a line end
	// behind each event. Splunk breaks that text into events anew and reads their
	// times by the sourcetype's props; indexed fields are not sent, so that Reconcile
	// is not asked. It is for comparing: /event needs no luck with props.
	Raw bool
	// Roots are the certificates to trust, nil the machine's. Insecure trusts any.
	Roots    *x509.CertPool
	Insecure bool

	// Connections is how many requests may be under way at once; 0 is 4. Fewer are
	// while the server is busy.
	Connections int
	// MaxUnsettled is how many batches may be without a receipt before Send blocks;
	// 0 is Connections, and 32 more with Ack.
	MaxUnsettled int
	// MaxBytes and MaxEvents bound one body, before it is packed; 0 is 1 MiB and
	// 10,000. MaxBytes is 5 MiB at most: Splunk Cloud takes no more.
	MaxBytes, MaxEvents int

	// Timeout is how long one request may take; 0 is 60 s. AckTimeout is how long
	// an acknowledgement may take, 0 is 300 s: the last ones come late. GiveUp is
	// how long one body is tried while the server is busy or gone; 0 is 10 minutes.
	Timeout, AckTimeout, GiveUp time.Duration

	// Reconcile tells which of the events are in the index already, where it is not
	// known whether a request arrived. Nil has them sent again, and the receipt say
	// Unsure.
	// Safe for concurrent use. A nil answer without an error is that nobody can tell.
	Reconcile func(ctx context.Context, events []event.Event) (there []bool, err error)

	// NewChannel gives a GUID; nil is a random one.
	NewChannel func() string
}

// Gzip says when bodies are packed.
type Gzip uint8

// When bodies are packed. On a loopback address packing costs both sides more than
// it saves.
const (
	GzipRemote Gzip = iota // unless the collector is on this machine
	GzipAlways
	GzipNever
)

// plain tells that bodies for a host go out as they are.
func (g Gzip) plain(host string) bool {
	if g != GzipRemote {
		return g == GzipNever
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

const hardCap = 5 << 20

func (o Options) orDefaults() Options {
	if o.Settled == nil {
		o.Settled = func(Receipt) {}
	}
	setDefault(&o.Connections, 4)
	if o.MaxUnsettled <= 0 {
		o.MaxUnsettled = o.Connections
		if o.Ack {
			o.MaxUnsettled += 32
		}
	}
	setDefault(&o.MaxBytes, 1<<20)
	o.MaxBytes = min(o.MaxBytes, hardCap)
	setDefault(&o.MaxEvents, 10_000)
	setDefault(&o.Timeout, 60*time.Second)
	setDefault(&o.AckTimeout, 300*time.Second)
	setDefault(&o.GiveUp, 10*time.Minute)
	if o.NewChannel == nil {
		o.NewChannel = newGUID
	}
	return o
}

func newGUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// Address reads a collector's address as Options.URL has it, up to where
// /services/collector begins. The messages do not repeat what may hold a secret.
func Address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, diag.Message{Text: "cannot read the collector's address: it is no URL", Hint: "for example https://splunk.example.com:8088"}
	case u.User != nil || u.RawQuery != "":
		return nil, diag.Message{Text: "cannot use the collector's address: it holds more than scheme, host, port and path", Hint: "the token is given apart from the address"}
	case (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return nil, diag.Message{Text: "cannot use the collector's address \"" + text + "\": expected http://HOST:PORT or https://HOST:PORT", Hint: "for example https://splunk.example.com:8088"}
	}
	path, _, _ := strings.Cut(u.Path, root)
	u.Path, u.RawPath, u.Fragment, u.ForceQuery = strings.TrimRight(path, "/"), "", "", false
	return u, nil
}
