package hec

import "sync/atomic"

// Stats are what a client did so far.
type Stats struct {
	// Requests are those with events, Repeats the ones among them that were tries
	// of the same events again. Bytes are of bodies before they were packed, each
	// try counted.
	Requests, Repeats, Bytes int64
	// Again are events that were sent again without knowing whether they had
	// arrived; Unacked the acknowledgements that are awaited.
	Again, Unacked int64
}

type counters struct{ requests, repeats, bytes, again, unacked atomic.Int64 }

// Stats gives the numbers of now.
func (c *Client) Stats() Stats {
	return Stats{
		Requests: c.count.requests.Load(), Repeats: c.count.repeats.Load(), Bytes: c.count.bytes.Load(),
		Again: c.count.again.Load(), Unacked: c.count.unacked.Load(),
	}
}
