package main

import "riskreplay/src/modinput"

// scheme is what splunkd and README/inputs.conf.spec are told.
func scheme() modinput.Scheme {
	return modinput.Scheme{
		Name:  "replay",
		Title: "Attack data replay",
		Description: `Replays a recorded dataset once: at the time it was recorded, or moved to where detections look.
index, host, source and sourcetype are the events' own. An index other than "default" is where all events go. A host, source or sourcetype of the stanza is what all events get, but for the values that splunkd fills in by itself: its own host name (unless this app's inputs.conf has it) and $decideOnStartup, the stanza's name as source, "replay" as sourcetype.
interval = -1 starts it once, when splunkd starts or the stanza is enabled.`,
		Args: []modinput.Arg{
			{
				Name: "dataset", Title: "Dataset", Value: "<path>", RequiredOnCreate: true,
				Description: `A log file, a folder, or a catalogue (.yml in attack_data's form).
A path that is not absolute counts from the app's own folder. ".." is refused, and so is what lies outside of dataset_roots.`,
			},
			{
				Name: "dataset_roots", Title: "Folders of datasets", Value: "<path>, <path>, ...",
				Description: `The folders that datasets may lie in, with commas between them. A symbolic link out of them is refused.
Default: samples (in the app's folder)`,
			},
			{
				Name: "select", Title: "Which datasets", Value: "<name or technique>, ...",
				Description: `Of a folder with several datasets only these: names, ids or ATT&CK techniques, with * for any letters. T1574 means its sub-techniques too.
Default: all of them`,
			},
			{
				Name: "time", Title: "Where times go", Value: "keep | now | at=<time> | window=<from>..<to> | days | scale=<factor>",
				Description: `keep leaves all times as they are. now and at=<time> put the last event there. window=-70m..-10m puts it at the window's end. days moves by whole days.
All times inside of the events are moved alike.
Default: keep`,
			},
			{
				Name: "speed", Title: "Speed", Value: "max | <factor>",
				Description: `1 is as fast as recorded, 10x ten times as fast, max as fast as splunkd takes it.
Default: max`,
			},
			{
				Name: "eps", Title: "Events per second", Value: "<number>", Type: modinput.Number,
				Description: `At most so many events a second.
Default: 0 (no bound)`,
			},
			{
				Name: "max_gap", Title: "Longest pause", Value: "<seconds>",
				Description: `No pause between two events is longer: 5, 5s, 2m.
Default: 0 (no bound)`,
			},
			{
				Name: "loop", Title: "How often", Value: "<number> | forever | start",
				Description: `How often all is sent, each time moved anew. What was sent so often is not sent at the next start. start sends it once at every start, as interval says.
Default: 1`,
			},
			{
				Name: "rekey", Title: "New identities", Value: "<boolean>", Type: modinput.Boolean, Validation: "is_bool('rekey')",
				Description: `Gives processes, logons and hosts a new identity in each run, so that two replays are not taken for one.
Default: false`,
			},
		},
	}
}
