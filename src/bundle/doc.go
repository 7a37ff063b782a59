// Package bundle packs an app for Splunk: one .spl file a platform, the same bytes
// each time.
//
//	app, problems := bundle.Assemble(bundle.Options{Dir: ".", Platform: p, Programs: "build/programs"})
//	if !problems.HasErrors() {
//		path, err := app.Write("dist")          // dist/DA-ESS-RiskReplay-0.1.0-linux-amd64.spl
//	}
//
// The folder is a project's, not Splunk's: what stands in app/ beside the sources
// of the content goes where Splunk looks for it. What comes from where is the
// table of parts. A folder that is an app already (default/, lookups/, ...) packs
// as well.
//
// An app's version has one home, [launcher] version of app.conf, and its release
// date another, the newest section of CHANGELOG.md. Everything else that tells
// them is stamped: [id] version and [install] build of app.conf, the manifest, the
// README with the programs' checksums.
//
// Splunk runs the programs, so that a package for a platform whose program is
// missing, or was built for another one, is refused. So is every name that cannot
// be unpacked on all platforms, or that leads out of the app.
package bundle
