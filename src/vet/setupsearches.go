package vet

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/splunkd"
)

// savedState is what is asked of a saved search: whether it runs.
type savedState struct {
	app     string
	enabled bool
}

// macroName is a macro's stanza: drop_dm_object_name(1).
func macroName(name string, nargs int) string {
	if nargs == 0 {
		return name
	}
	return name + "(" + strconv.Itoa(nargs) + ")"
}

func checkMacros(ctx context.Context, v *visit) error {
	macros, err := v.knownMacros(ctx)
	if err != nil {
		return v.unknown("whether the macros of the searches are there", err)
	}
	names, used := v.needs.macros(func(name string) (string, []string, bool) {
		m, ok := macros[name]
		args := strings.FieldsFunc(m.Content.Text("args"), func(r rune) bool { return r == ',' || r == ' ' })
		return m.Content.Text("definition"), args, ok && !m.Content.Bool("disabled")
	})
	missing := 0
	for _, name := range names {
		m, ok := macros[name]
		switch {
		case ok && m.Content.Bool("disabled"):
			v.wrong("the macro `"+name+"` is switched off, and \""+used[name]+"\" uses it", "enable it in Settings, Advanced search, Search macros")
		case !ok:
			v.wrong("the macro `"+name+"`, which \""+used[name]+"\" uses, cannot be seen in the app "+v.needs.App, "install the app anew, or share the macro with all apps and let the user's role read it")
		default:
			continue
		}
		missing++
	}
	if missing == 0 {
		v.ok("all " + strconv.Itoa(len(names)) + " macros of the searches are there")
	}
	return nil
}

// knownMacros are the macros that the app sees, by their stanzas.
func (v *visit) knownMacros(ctx context.Context) (map[string]splunkd.Entry, error) {
	return v.macros.get(func() (map[string]splunkd.Entry, error) {
		entries, err := v.client.Get(ctx, v.seen("admin", "macros"), nil)
		out := map[string]splunkd.Entry{}
		for _, e := range entries {
			if have, ok := out[e.Name]; !ok || have.App != v.needs.App {
				out[e.Name] = e // the app's own is found first
			}
		}
		return out, err
	})
}

func checkDetections(ctx context.Context, v *visit) error {
	saved, err := v.savedSearches(ctx)
	if err != nil {
		return v.unknown("which detections are enabled", err)
	}
	es, _, err := v.enterpriseSecurity(ctx)
	if err != nil {
		return v.unknown("whether Enterprise Security is installed", err)
	}
	enabled := 0
	for _, s := range v.needs.searches {
		state, there := saved[s.name]
		if !there {
			v.wrong("the saved search \""+s.name+"\" is not there", "install the app anew")
			continue
		}
		if !state.enabled && !saved[s.twin].enabled {
			continue
		}
		enabled++
		if s.detection != "" {
			v.detection(s, state.enabled, saved[s.twin].enabled, es)
		}
	}
	if enabled == 0 {
		v.doubt("none of the app's detections is enabled", "enable them in "+whereToEnable(es))
	}
	return v.thresholds(ctx, saved)
}

func whereToEnable(es bool) string {
	if es {
		return "Enterprise Security, Content Management"
	}
	return "Settings, Searches, reports, and alerts: the ones \"" + strings.TrimPrefix(twinEnding, " - ") + "\""
}

// detection tells of a detection that is enabled, itself or its twin or both.
func (v *visit) detection(s search, rule, twin, es bool) {
	quoted := "\"" + s.detection + "\""
	switch {
	case rule && twin && es:
		v.wrong(quoted+" is enabled twice: its rule and its search without ES both write risk events, so that each finding counts twice", "disable \""+s.twin+"\"")
	case rule && twin:
		v.doubt(quoted+" is enabled twice, and the rule's own actions do nothing without Enterprise Security", "disable \""+s.name+"\"")
	case rule && !es && s.twin != "":
		v.doubt(quoted+" is enabled as a rule, whose actions do nothing without Enterprise Security", "enable \""+s.twin+"\" instead")
	case twin && es:
		v.doubt(quoted+" writes risk events by its search without ES, though Enterprise Security is here", "enable \""+s.name+"\" instead: it writes notables too")
	default:
		v.ok(quoted + " is enabled")
	}
}

// thresholdRules are the app's rules over the risk of an object, and words that
// stand in the names of Enterprise Security's own of the same kind.
var thresholdRules = []struct {
	own   string
	words []string
}{
	{"Risk Threshold Exceeded For Object Over 24 Hour Period", []string{"risk threshold exceeded", "24 hour"}},
	{"ATT&CK Tactic Threshold Exceeded For Object Over 7 Days", []string{"att&ck tactic threshold exceeded"}},
}

// thresholds looks at the threshold rules that are enabled: whether they have their
// data model, and whether Enterprise Security does the same beside them.
func (v *visit) thresholds(ctx context.Context, saved map[string]savedState) error {
	enabled := false
	for _, r := range thresholdRules {
		i := slices.IndexFunc(v.needs.searches, func(s search) bool { return s.detection == r.own && saved[s.name].enabled })
		if i < 0 {
			continue
		}
		enabled = true
		for _, other := range slices.Sorted(maps.Keys(saved)) {
			if saved[other].enabled && saved[other].app != v.needs.App && hasWords(other, r.words) {
				v.doubt("\""+r.own+"\" is enabled beside \""+other+"\": each object over the threshold gives two findings", "disable one of them")
			}
		}
	}
	if !enabled {
		return nil
	}
	_, err := v.client.Get(ctx, v.seen("datamodel", "model", "Risk"), nil)
	switch {
	case none(err):
		v.wrong("a rule over risk events is enabled, and its data model Risk is not there", "it comes with Enterprise Security; without it docs/without-es.md has a search over index=risk in its place")
	case err != nil:
		return v.unknown("whether the data model Risk is there", err)
	}
	return nil
}

func hasWords(name string, words []string) bool {
	name = strings.ToLower(name)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) })
}

func checkESCU(ctx context.Context, v *visit) error {
	app, ok, err := v.app(ctx, appESCU)
	switch {
	case err != nil:
		return v.unknown("whether ESCU is installed", err)
	case !ok || app.Disabled:
		v.ok("ESCU (" + appESCU + ") is not here: no detection is there twice")
		return nil
	}
	saved, err := v.savedSearches(ctx)
	if err != nil {
		return v.unknown("which of ESCU's detections are enabled", err)
	}
	twice := false
	for _, s := range v.needs.searches {
		copied := "ESCU - " + s.detection + ruleEnding
		if s.detection == "" || !saved[copied].enabled || !saved[s.name].enabled && !saved[s.twin].enabled {
			continue
		}
		twice = true
		v.wrong("\""+s.detection+"\" is enabled here and in ESCU: each finding counts twice, 128 instead of 64, and a single one fires the 24-hour rule", "disable one of \""+copied+"\" and \""+s.name+"\"")
	}
	if !twice {
		v.ok("ESCU " + app.Version + ", and no detection is enabled in both apps")
	}
	return nil
}

// savedSearches are all saved searches, with whether they run. A name that several
// apps or users have runs when one of them does.
func (v *visit) savedSearches(ctx context.Context) (map[string]savedState, error) {
	return v.searches.get(func() (map[string]savedState, error) {
		// ESCU alone has thousands; two settings of each are enough.
		entries, err := v.client.Get(ctx, "/servicesNS/-/-/saved/searches", url.Values{"f": {"disabled", "is_scheduled"}})
		out := map[string]savedState{}
		for _, e := range entries {
			state := savedState{app: e.App, enabled: !e.Content.Bool("disabled") && e.Content.Bool("is_scheduled")}
			if !out[e.Name].enabled {
				out[e.Name] = state
			}
		}
		return out, err
	})
}
