package hec

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
)

// Health asks whether the collector is there, has room, knows the token and, with
// Ack, acknowledges. No event is sent. It asks once: the error of a server that
// is busy is a *RefusedError with a code of class Busy below a diag.Message.
func (c *Client) Health(ctx context.Context) error {
	a := c.ask(ctx, request{method: http.MethodGet, path: "/health"})
	if a.class != Accepted {
		return a.err
	}
	if err := c.checkToken(ctx); err != nil || !c.o.Ack {
		return err
	}
	return c.checkAck(ctx)
}

// checkToken posts nothing at all: a token that is right gets "no data".
func (c *Client) checkToken(ctx context.Context) error {
	q := request{method: http.MethodPost, path: "/event"}
	if c.o.Ack {
		q.channel = c.chans.current()
	}
	a := c.ask(ctx, q)
	fine := []Code{CodeNoData, CodeInvalidFormat, CodeEventRequired}
	if a.class == Accepted || slices.Contains(fine, a.Code) {
		return nil
	}
	return a.err
}

// checkAck asks for an acknowledgement that nobody awaits.
func (c *Client) checkAck(ctx context.Context) error {
	body, _ := json.Marshal(map[string][]int64{"acks": {0}}) // numbers are JSON
	a := c.ask(ctx, request{method: http.MethodPost, path: "/ack", channel: c.chans.current(), body: body})
	var said struct{ Acks map[string]bool }
	if a.Status == http.StatusOK && json.Unmarshal(a.body, &said) == nil && said.Acks != nil {
		return nil
	}
	return a.err
}
