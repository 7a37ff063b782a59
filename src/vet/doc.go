// Package vet is rules over detections, over packages of Splunk apps and over the
// Splunks that run them.
//
// Those over detections have ids (ContentRules). What can be known of a search's
// fields before it runs decides those about message tokens and risk objects; where it
// gives events, nothing is said of them.
//
//	for _, f := range vet.Content(content, content.Detections, read, built, engine, now) {
//		f.Rule, f.Message
//	}
//
// Those over packages are of Splunk's own vetting (AppInspect), as far as they
// can be told from the package alone, under its names, so that the two can be
// compared line by line.
//
//	p, err := vet.Open("dist/DA-ESS-RiskReplay-0.1.0-linux-amd64.spl")   // or an app's folder
//	for _, r := range vet.Package(p) {
//		r.Check, r.Result, r.Messages
//	}
//
// What a rule says is why Splunk refuses the package, and where. Criteria are from
// Splunk's documentation and the behaviour of the tool; no code of it is used. The
// tool knows many more checks: passing here is no promise, failing is.
//
// Setup looks at a running Splunk instead: whether it has what the app needs, and
// what to do where it has not.
//
//	needs, problems := vet.NeedsOf(conf.App{ID: "DA-ESS-RiskReplay", FS: files})
//	findings, err := vet.Setup(ctx, needs, vet.Site{Client: client})
package vet
