// Package knowledge is search-time fields from configuration: extractions,
// aliases, calculations, lookups, event types, tags and data models, as Splunk
// makes them out of .conf files.
//
//	base, problems := knowledge.Load(apps, "DA-ESS-RiskReplay", env)
//	view := base.Fields([]string{"EventCode", "dest"}).View(&events, &cache)
//	rows := condition.Select(view, view.Rows())       // extracts what the condition asks for
//	batch := view.Batch(rows)                         // and then the fields wanted, for these rows
//
// # The order of things
//
// Before an event is indexed, Arrive does what SEDCMD and TRANSFORMS say; all else
// is done when somebody searches.
//
// An event's fields are made in Splunk's order of search-time operations, each
// step from what the steps before it made:
//
//	indexed fields    what came beside the event
//	EXTRACT, REPORT   regular expressions and delimiters, in byte order of their classes
//	KV_MODE           auto, auto_escaped, json, xml, none; and ours: winevent, stash
//	FIELDALIAS        all at once
//	EVAL              all at once
//	LOOKUP            from the calculated fields
//	event types       searches over all of these
//	tags              of event types and of values of fields
//
// Of several extractions of one field the first counts; MV_ADD adds values. Which
// stanzas of props.conf speak of an event is decided by its source, then host,
// then sourcetype (without regard to case), then [default].
//
// A dataset of a data model is the events that its constraint selects, with the
// model's calculations on top, one after the other. mvexpand in its base search
// makes rows of values.
//
// # Lazily, and once
//
// Nothing is made that nobody asks for. A field is followed backwards through
// lookups, calculations and aliases to what must be extracted; extraction is one
// pass over an event for all fields that will be needed; a calculation runs once
// per distinct tuple of its inputs; the branches of case, if and coalesce are
// made only for the rows that take them. What is made for all rows of a segment
// is kept in its Cache under the knowledge's Hash.
//
// The built-in knowledge (folder builtin) is configuration like any other, below
// all apps: Windows event XML with Sysmon, Security and System, CrowdStrike,
// stash, the Endpoint data model and Risk. It is written for this project after
// what is documented of Splunk's add-ons.
package knowledge
