package vet

import (
	"context"
	"path"
	"slices"
	"strings"

	"riskreplay/src/splunkd"
)

// capabilities are those that the workbench's commands and the detections' owner
// need.
var capabilities = []struct{ name, use string }{
	{"search", "run searches"},
	{"schedule_search", "enable detections"},
	{"run_collect", "write risk events with collect"},
	{"edit_tcp", "replay into Splunk without an HEC token (replay --to splunk:)"},
	{"delete_by_keyword", "take a replay back (replay undo); the role can_delete has it"},
}

func checkRights(ctx context.Context, v *visit) error {
	entries, err := v.client.Get(ctx, "/services/authentication/current-context", nil)
	if err != nil {
		return v.unknown("who the user is", err)
	}
	if len(entries) == 0 {
		return v.unknown("who the user is", orMissing(nil))
	}
	user := entries[0].Content
	have, roles := user.List("capabilities"), user.List("roles")
	who := "\"" + user.Text("username") + "\" (" + strings.Join(roles, ", ") + ")"
	lacks := 0
	for _, c := range capabilities {
		if !slices.Contains(have, c.name) {
			lacks++
			v.doubt(who+" may not "+c.use, "give one of the roles the capability "+c.name+", if the user is to do that")
		}
	}
	if lacks == 0 {
		v.ok(who + " has the capabilities for replaying and for enabling detections")
	}
	return v.mayRead(ctx, who, roles)
}

// mayRead tells whether the user's roles may search the index of risk events.
func (v *visit) mayRead(ctx context.Context, who string, roles []string) error {
	var allowed, denied []string
	for _, role := range roles {
		entries, err := v.client.Get(ctx, "/services/authorization/roles/"+splunkd.Path(role), nil)
		if err != nil {
			return v.unknown("which indexes the role \""+role+"\" may search", err)
		}
		for _, e := range entries {
			allowed = slices.Concat(allowed, e.Content.List("srchIndexesAllowed"), e.Content.List("imported_srchIndexesAllowed"))
			denied = slices.Concat(denied, e.Content.List("srchIndexesDisallowed"), e.Content.List("imported_srchIndexesDisallowed"))
		}
	}
	if matches(allowed, "risk") && !matches(denied, "risk") {
		v.ok(who + " may search index=risk")
		return nil
	}
	v.doubt(who+" may not search index=risk: risk events and the threshold rules' findings stay unseen", "allow one of the roles the index risk")
	return nil
}

// matches tells whether a pattern of a role covers an index; * alone is all but the
// internal ones.
func matches(patterns []string, index string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, index)
		return err == nil && ok
	})
}

// probe is a search that shows the search command at work; it reads and writes
// nothing.
const probe = `| makeresults | eval dest="riskreplay-doctor" | riskscore score=64 FOR dest | table risk_object risk_object_type risk_score`

func checkRiskscore(ctx context.Context, v *visit) error {
	rows, err := v.run(ctx, probe, "risk_score")
	const advice = "the app's bin/ must hold the program for the platform of the search heads (see Platforms in its README); splunkd.log and the job's search.log say why it did not start"
	switch kind := splunkd.KindOf(err); {
	case kind == splunkd.Rejected || kind == splunkd.Failed:
		v.wrong("the search command riskscore does not run: "+reasonOf(err), advice)
	case err != nil:
		return v.unknown("whether the search command riskscore runs", err)
	case len(rows) != 1 || rows[0] != "64":
		v.wrong("the search command riskscore gives no score: expected one row with risk_score=64, found \""+strings.Join(rows, ", ")+"\"", advice)
	default:
		v.ok("the search command riskscore answers")
	}
	return nil
}

func checkModularInput(ctx context.Context, v *visit) error {
	_, err := v.client.Get(ctx, "/services/data/modular-inputs/replay", nil)
	switch {
	case none(err):
		v.wrong("the modular input replay:// is not registered", "the app's bin/ must hold the program for this platform; restart Splunk after installing, and look for \"replay\" of ModularInputs in splunkd.log")
	case err != nil:
		return v.unknown("whether the modular input replay:// is registered", err)
	default:
		v.ok("the modular input replay:// is registered")
	}
	return nil
}
