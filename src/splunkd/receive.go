package splunkd

import (
	"context"
	"io"
	"net/http"
	"net/url"
)

// heldBody is how much of a body is kept to send it again.
const heldBody = 8 << 20

// Receive has Splunk index a body as one stream (receivers/stream): it is broken
// into lines and events, and dated, by the rules of its sourcetype, as a file would
// be. An empty host, source, sourcetype or index is Splunk's default. It needs the
// capability edit_tcp, and no HEC token.
//
// When the error's kind is Broken it is not known whether Splunk has the body;
// with every other it has not. A body of up to 8 MiB is sent with its length, and
// again while Splunk is busy; a longer one goes out as it is read, once.
func (c *Client) Receive(ctx context.Context, host, source, sourcetype, index string, body io.Reader) error {
	return c.receive(ctx, "stream", meta(host, source, sourcetype, index), body)
}

// Submit has Splunk index a body as one event (receivers/simple); all else is as
// with Receive.
func (c *Client) Submit(ctx context.Context, host, source, sourcetype, index string, body io.Reader) error {
	return c.receive(ctx, "simple", meta(host, source, sourcetype, index), body)
}

func meta(host, source, sourcetype, index string) url.Values {
	query := url.Values{}
	for name, value := range map[string]string{"host": host, "source": source, "sourcetype": sourcetype, "index": index} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query
}

func (c *Client) receive(ctx context.Context, receiver string, query url.Values, body io.Reader) error {
	q := &call{doing: "send events", method: http.MethodPost, path: "/services/receivers/" + receiver, query: query, header: http.Header{
		"Content-Type":        {"text/plain"},
		"X-Splunk-Input-Mode": {"Streaming"},
	}}
	held, err := io.ReadAll(io.LimitReader(body, heldBody+1))
	if err != nil {
		return err
	}
	q.body = held
	if len(held) > heldBody {
		q.stream = body
		// A session must be there: such a body is sent once.
		if err := c.Login(ctx); err != nil {
			return err
		}
	}
	_, _, err = c.whole(ctx, q)
	if e := cause(err); e != nil && e.Status == http.StatusBadRequest && query.Get("index") != "" {
		err = hinted(err, "is there an index \""+query.Get("index")+"\"?")
	}
	return err
}
