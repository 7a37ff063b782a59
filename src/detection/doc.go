// Package detection is a detection read and written: contentctl's YAML in its
// v4 and v5 forms, and the saved search stanza that Splunk runs.
//
// A detection lives in one YAML file. This package reads it,
//
//	name: Detect Regsvcs Spawning a Process
//	type: TTP
//	search: '| tstats ... | `detect_regsvcs_spawning_a_process_filter`'
//	tags:
//	  impact: 80
//	  confidence: 80
//	  observable:
//	  - {name: dest, type: Hostname, role: [Victim]}
//
// and writes what the app ships, as contentctl 5.6 would:
//
//	[RiskReplay - Detect Regsvcs Spawning a Process - Rule]
//	action.risk = 1
//	action.risk.param._risk = [{"risk_object_field": "dest", "risk_object_type": "system", "risk_score": 64}]
//
// ReadYAML reads one file; ReadFS a whole app (detections, stories, macros,
// data sources, the ATT&CK table); Content.Build writes its conf files with the
// same bytes each time. FromStanza goes the other way, from a stanza to a
// Detection, and ReadSavedSearch gives what running a stanza needs, whoever
// wrote it.
//
// Readers are strict and go on: an unknown key, a wrong type or bad JSON is a
// message with its place, everything else in the file is still read, and a bad
// file never costs the good one beside it. Content that has errors is left out
// of Content. No input makes a reader panic.
//
// # The two YAML forms
//
// v4 has tags.impact, tags.confidence, tags.message and tags.observable; score
// and objects follow from them (rule 1.5: score = impact*confidence/100, exact
// in decimal). v5 has rba: {message, risk_objects, threat_objects} with a score
// for each object; its objects are sorted, as contentctl sorts them. A detection
// whose type raises no risk needs neither.
//
// Schedule and actions follow from the type (Defaults). A detection that needs
// others says so under contentctl's own key `deployment` (scheduling,
// alert_action), so nothing of ours stands in the file.
package detection
