// Package hec is Splunk's HTTP Event Collector: a client that loses nothing, and
// the server's side as one handler over a Store.
//
// The client posts batches of events to /services/collector/event, one envelope
// an event, and says of each batch what became of it:
//
//	c, err := hec.New(hec.Options{
//		URL: "https://splunk:8088", Token: token, Ack: true, Clock: clock.Real{},
//		Settled: func(r hec.Receipt) { ... r.Seq, r.Accepted, r.Dead, r.Unsure ... },
//	})
//	err = c.Health(ctx)                                  // address, token, acknowledgement
//	err = c.Send(ctx, hec.Batch{Seq: 1, Events: events}) // blocks while too much is under way
//	err = c.Flush(ctx)                                   // everything has its receipt
//
// A batch is settled when Splunk has answered for every event of it: with Ack
// when the indexers acknowledged, else when the request was answered with 200. A
// batch that is never settled was not delivered, and the error of Send or Flush
// says why. What the answers mean, and which of them are worth another try, is
// the table of Code:
//
//   - busy (503, 429, no connection): nothing was taken; sent again later.
//   - unclear (500, 502, 504, a connection that broke, an acknowledgement that
//     never came): sent again; Reconcile may say what is there already, else the
//     receipt is Unsure.
//   - an event is at fault (codes 6, 7, 12, 13, 15): those before it were taken,
//     it is in the receipt's Dead, those behind it are sent again.
//   - refused (401, 403, 404, ...): the token, the address or an option is wrong;
//     the client stops.
//
// The handler answers as Splunk does, codes, texts and the taking of what stands
// before a wrong event among them. It takes nothing of a body that breaks off:
//
//	h := hec.Handler(store, hec.TokenList{{Name: "replay", Value: token, Index: "main"}}, hec.HandlerOptions{Clock: clock.Real{}})
//	http.ListenAndServe("127.0.0.1:8088", h)
//
// A Fault makes it answer wrongly on purpose, for those who test clients.
//
// Envelopes are JSON, and JSON is UTF-8: a byte of an event that is none arrives
// as U+FFFD. All else of an event's bytes comes back as it was sent.
package hec
