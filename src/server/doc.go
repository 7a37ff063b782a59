// Package server is what a small Splunk answers over HTTP: the listeners with
// their limits, the tokens of the HTTP Event Collector as inputs.conf has them, and
// splunkd's REST API over a job.Runner. It speaks to an engine, never to the search
// language.
//
//	l, err := server.Listen("127.0.0.1:8088")
//	tokens, problems, err := server.ReadTokens("home/conf/inputs.conf")
//	h := hec.Handler(store, tokens, hec.HandlerOptions{Clock: clock.Real{}})
//	err = server.Serve(ctx, server.Face{Listener: l, Handler: h, Drain: h.Close})
//
// What it promises:
//
//   - It listens on loopback addresses alone.
//   - A client that is slow, sends too much or never ends costs a bounded time and
//     memory: headers, bodies, connections, jobs and their rows have limits.
//   - No part of a request becomes the name of a file.
//   - Tokens, passwords and session keys are compared in constant time and are in
//     no message and no log; passwords are kept hashed.
package server
