// Package server is what a small Splunk answers over HTTP: the listeners with
// their limits, the tokens of the HTTP Event Collector as inputs.conf has them, and
// splunkd's REST API over a job.Runner. It speaks to an engine, never to the search
// language.
//
//	cert, err := server.OwnCertificate("home/auth/server.pem", names, clock.Real{}, warn)
//	l, err := server.Listen("127.0.0.1:8088", server.ListenOptions{Certificate: cert})
//	tokens, err := server.WatchTokens("home/conf/inputs.conf", warn)
//	h := hec.Handler(store, tokens, hec.HandlerOptions{Clock: clock.Real{}})
//	err = server.Serve(ctx, server.Face{Listener: l, Handler: h, Drain: h.Close})
//
// What it promises:
//
//   - Only loopback addresses are spoken to without TLS.
//   - Who asks is known, and has a role: what each row of the table of routes needs
//     stands in it. A user changes nothing, by searches neither.
//   - A client that is slow, sends too much or never ends costs a bounded time and
//     memory: headers, bodies, connections, jobs and their rows have limits.
//   - No part of a request becomes the name of a file.
//   - Tokens, passwords and session keys are compared in constant time and are in
//     no message and no log; passwords and bearer tokens are kept hashed. Guesses are
//     slowed down. The audit says who did what, and cannot fill the disk.
//   - Users, tokens and indexes are files that may be edited while it runs.
package server
