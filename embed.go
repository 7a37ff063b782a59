// Package riskreplay embeds the app, so that bin/riskreplay is one file.
//
// The files are those that Splunk gets: what is tested is what ships. This
// package is at the root because Go embeds no folder above a file's own.
package riskreplay

import "embed"

// App is the app DA-ESS-RiskReplay: default/ and metadata/ as Splunk reads them,
// and app/ with the sources they are written from, lookups and static files.
//
//go:embed all:app all:default all:metadata
var App embed.FS
