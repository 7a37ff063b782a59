package hec

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"sync/atomic"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Batch is events to deliver. Nobody writes to them before the batch is settled.
type Batch struct {
	Seq    uint64
	Events []event.Event
}

// Receipt says what became of a batch: every event of it was accepted or is dead.
type Receipt struct {
	Seq      uint64
	Accepted int
	Dead     []Dead
	// Unsure: some events were sent again without knowing whether they had arrived;
	// they may be there twice.
	Unsure bool
}

// Dead is an event that the collector does not take.
type Dead struct {
	// Event is its place in the batch.
	Event  int
	Code   Code
	Reason string
}

// Client delivers batches. It is safe for concurrent use. Events of a batch go
// out in their order; batches overtake each other when there are several
// connections.
type Client struct {
	o     Options
	base  *url.URL
	http  *http.Client
	gate  *gate
	slots chan struct{}
	acks  *poller
	chans *channels
	plain atomic.Bool // the server takes no gzip
	count counters

	life   context.Context
	end    context.CancelFunc
	mu     sync.Mutex
	failed error
	broken chan struct{} // closed with failed
	under  int           // batches under way
	idle   chan struct{} // closed when under is 0
}

// New makes a client; it connects to nobody yet.
func New(o Options) (*Client, error) {
	o = o.orDefaults()
	base, err := Address(o.URL)
	switch {
	case err != nil:
		return nil, err
	case o.Clock == nil:
		return nil, errors.New("a client of the collector without a clock")
	case o.Token == "":
		return nil, diag.Message{Text: "cannot send to \"" + base.String() + "\": no token was given", Hint: "set SPLUNK_HEC_TOKEN"}
	}
	c := &Client{o: o, base: base, gate: newGate(o.Connections), slots: make(chan struct{}, o.MaxUnsettled)}
	jar, _ := cookiejar.New(nil) // never fails
	c.http = &http.Client{
		Transport:     transport(o),
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.plain.Store(o.Gzip.plain(base.Hostname()))
	c.life, c.end = context.WithCancel(context.Background())
	c.broken, c.idle = make(chan struct{}), make(chan struct{})
	close(c.idle)
	c.chans = newChannels(o)
	c.acks = newPoller(c)
	return c, nil
}

// transport speaks HTTP/1.1, as Splunk's collector does.
func transport(o Options) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		Protocols:           protocols,
		DisableCompression:  true,
		MaxIdleConnsPerHost: o.Connections + 1, // and one that asks for acknowledgements
		WriteBufferSize:     64 << 10,
		TLSClientConfig:     &tls.Config{RootCAs: o.Roots, InsecureSkipVerify: o.Insecure, MinVersion: tls.VersionTLS12}, //nolint:gosec // asked for
	}
}

// Send begins to deliver a batch; it blocks while MaxUnsettled are under way. ctx
// holds for the delivery too: when it ends, the batch is given up without a
// receipt. The error is that of any batch before; nothing is sent after one.
func (c *Client) Send(ctx context.Context, b Batch) error {
	select {
	case <-c.broken:
		return c.err()
	default:
	}
	select {
	case c.slots <- struct{}{}:
	case <-c.broken:
		return c.err()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	c.begin()
	go c.deliver(ctx, b)
	return nil
}

// Flush returns when every batch is settled or given up, with the error of the
// first that was given up.
func (c *Client) Flush(ctx context.Context) error {
	c.mu.Lock()
	idle := c.idle
	c.mu.Unlock()
	select {
	case <-idle:
		return c.err()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close gives up what is not settled and lets go of the connections. Who wants
// everything delivered calls Flush before.
func (c *Client) Close() error {
	c.fail(errClosed)
	c.end()
	c.mu.Lock()
	idle := c.idle
	c.mu.Unlock()
	<-idle
	c.http.CloseIdleConnections()
	return nil
}

var errClosed = errors.New("the client of the collector is closed")

func (c *Client) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.under == 0 {
		c.idle = make(chan struct{})
	}
	c.under++
}

func (c *Client) finish() {
	<-c.slots
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.under--; c.under == 0 {
		close(c.idle)
	}
}

// fail keeps the first error; nothing is sent after it.
func (c *Client) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == nil {
		c.failed = err
		close(c.broken)
	}
}

func (c *Client) err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

// deliver runs a batch to its receipt.
func (c *Client) deliver(ctx context.Context, b Batch) {
	defer c.finish()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.life, cancel)()
	d := &delivery{Client: c, batch: b, receipt: Receipt{Seq: b.Seq}}
	if err := d.run(ctx); err != nil {
		c.fail(err)
		return
	}
	c.o.Settled(d.receipt)
}
