// Package splunkd is splunkd's REST API as a client: the search API behind the
// job.Runner seam, the receivers, and lists of what a Splunk has.
//
// Splunk publishes no Go SDK; this client is written by hand from Splunk's REST
// reference and from what its SDK for Python sends. A client is made once and used
// by many goroutines:
//
//	c, err := splunkd.New(splunkd.Options{
//		URL:         "https://splunk:8089",
//		Credentials: splunkd.Credentials{Token: token},
//		Clock:       clock.Real{},
//	})
//	result, err := c.Run(ctx, job.Request{Search: "index=main | stats count by host"})
//	info, err := c.Info(ctx)
//	entries, err := c.Get(ctx, "saved/searches", nil)
//	err = c.Receive(ctx, "host-1", "sysmon.log", "XmlWinEventLog", "main", body)
//
// What it promises:
//
//   - Credentials go to the address given and nowhere else (no redirect is
//     followed), and into no message. A session that ended is opened again once.
//   - Every reply has a limit. A web page, an answer cut short or a reply that is
//     no JSON is an error that says so.
//   - A call that changes nothing is tried again while Splunk is busy, or when the
//     connection broke. One that does is tried again only when Splunk said it had
//     not begun, or was not reached.
//   - Rows are read as they come: a page of results is never held whole.
//   - A job that Run made is cancelled when its context ends or its rows are
//     closed, so that nothing is left behind on the search head.
//
// Errors are diag messages with a hint; KindOf tells what went wrong.
package splunkd
