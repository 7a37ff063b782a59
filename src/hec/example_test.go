package hec_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/hec"
)

// printer is a store that prints.
type printer struct{}

func (printer) Append(_ context.Context, events []event.Event) (hec.Ticket, error) {
	for _, e := range events {
		fmt.Printf("%s %s %s\n", e.Time, e.Index, e.Raw)
	}
	return safe{}, nil
}

type safe struct{}

func (safe) Wait(context.Context) error { return nil }

func Example() {
	handler := hec.Handler(printer{}, hec.TokenList{{Name: "replay", Value: "secret", Indexes: []string{"main"}}},
		hec.HandlerOptions{Clock: clock.Fixed(time.Unix(1595251445, 0))})
	server := httptest.NewServer(handler)
	defer server.Close()

	c, err := hec.New(hec.Options{URL: server.URL, Token: "secret", Clock: clock.Real{}, Settled: func(r hec.Receipt) {
		fmt.Printf("batch %d: %d accepted, dead: %v\n", r.Seq, r.Accepted, r.Dead)
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	err = c.Send(ctx, hec.Batch{Seq: 1, Events: []event.Event{
		{Raw: []byte("first"), Time: 1595251445123e6, Index: "main"},
		{Raw: []byte("second"), Time: 1595251446e9, Index: "nowhere"},
		{Raw: []byte("third"), Time: 1595251447e9, Index: "main"},
	}})
	fmt.Println(err, c.Flush(ctx), c.Close())
	// Output:
	// 1595251445.123 main first
	// 1595251447 main third
	// batch 1: 2 accepted, dead: [{1 7 Incorrect index: create the index, or add it to those that the token may write}]
	// <nil> <nil> <nil>
}
