package vet

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/job"
	"riskreplay/src/results"
	"riskreplay/src/splunkd"
)

// endpoint is the data model of the detections, and its datasets that they search.
const endpoint = "Endpoint"

var endpointDatasets = []string{"Processes", "Registry"}

func checkDataModel(ctx context.Context, v *visit) error {
	entry, err := v.dataModel(ctx)
	switch {
	case none(err):
		v.wrong("there is no data model "+endpoint+", or the user may not see it", "it comes with the Common Information Model add-on ("+appCIM+")")
		return nil
	case err != nil:
		return v.unknown("whether there is a data model "+endpoint, err)
	}
	datasets, ok := datasetsOf(entry)
	if !ok {
		v.doubt("cannot tell which datasets the data model "+endpoint+" has: its description is no JSON", byHand)
		return nil
	}
	var missing []string
	for _, want := range endpointDatasets {
		if !slices.Contains(datasets, want) {
			missing = append(missing, endpoint+"."+want)
		}
	}
	if len(missing) > 0 {
		v.wrong("the data model "+endpoint+" of "+entry.App+" has no "+strings.Join(missing, " and no "), "install a newer Common Information Model add-on, or take the local change away")
		return nil
	}
	v.ok("data model " + endpoint + " of " + entry.App)
	return nil
}

// datasetsOf reads the names of a data model's datasets.
func datasetsOf(model splunkd.Entry) (names []string, ok bool) {
	var read struct {
		Objects []struct {
			Name string `json:"objectName"`
		} `json:"objects"`
	}
	if json.Unmarshal([]byte(model.Content.Text("description")), &read) != nil {
		return nil, false
	}
	for _, o := range read.Objects {
		names = append(names, o.Name)
	}
	return names, true
}

func checkAcceleration(ctx context.Context, v *visit) error {
	entry, err := v.dataModel(ctx)
	if err != nil {
		return nil // the check before has told
	}
	on, ok := accelerated(entry)
	if !ok {
		v.doubt("cannot tell whether the data model "+endpoint+" is accelerated: its setting is no JSON", byHand)
		return nil
	}
	if !on {
		return v.slow(ctx)
	}
	return v.summary(ctx, entry)
}

// accelerated reads a data model's setting, which is an object in a text, or a
// boolean.
func accelerated(model splunkd.Entry) (on, ok bool) {
	text := model.Content.Text("acceleration")
	if on, err := strconv.ParseBool(text); err == nil || text == "" {
		return on, true
	}
	var set struct {
		Enabled bool `json:"enabled"`
	}
	err := json.Unmarshal([]byte(text), &set)
	return set.Enabled, err == nil
}

// slow tells of a data model that is not accelerated: searches read all events, or
// find nothing when they are set to read summaries alone.
func (v *visit) slow(ctx context.Context) error {
	const off = "the data model " + endpoint + " is not accelerated"
	macros, err := v.knownMacros(ctx)
	if err == nil && truth(macros["summariesonly_config"].Content.Text("definition")) {
		v.wrong(off+", and the macro summariesonly_config has searches read its summary alone: they find nothing", "accelerate it in Settings, Data models, or set the macro to false")
		return nil
	}
	v.doubt(off+": each run of a detection reads the events themselves", "accelerate it in Settings, Data models, where there is much data")
	return nil
}

// summary tells how much of the data model's events its summary holds.
func (v *visit) summary(ctx context.Context, model splunkd.Entry) error {
	const on = "the data model " + endpoint + " is accelerated"
	app := model.App
	if app == "" {
		app = appCIM
	}
	entries, err := v.client.Get(ctx, "/servicesNS/nobody/"+splunkd.Path(app, "admin", "summarization", "tstats:DM_"+app+"_"+endpoint), nil)
	if none(err) || err == nil && len(entries) == 0 {
		v.doubt(on+", and there is no summary yet", "wait for its first run; look at Settings, Data models, when there is none after an hour")
		return nil
	}
	if err != nil {
		return v.unknown("how complete the summary of "+endpoint+" is", err)
	}
	text := entries[0].Content.Text("summary.complete")
	part, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		v.doubt("cannot tell how complete the summary of "+endpoint+" is: expected a number, found \""+text+"\"", byHand)
	case part < 0.9:
		v.doubt(on+", and its summary holds "+percent(part)+" of the events", "wait for it, or give acceleration more time in Settings, Data models; until then summariesonly searches miss events")
	default:
		v.ok(on + ", " + percent(part) + " complete")
	}
	return nil
}

func percent(part float64) string { return strconv.FormatFloat(part*100, 'f', 0, 64) + "%" }

// dataModel is the data model Endpoint as the app sees it.
func (v *visit) dataModel(ctx context.Context) (splunkd.Entry, error) {
	return v.model.get(func() (splunkd.Entry, error) {
		entries, err := v.client.Get(ctx, v.seen("datamodel", "model", endpoint), nil)
		if err != nil || len(entries) == 0 {
			return splunkd.Entry{}, orMissing(err)
		}
		return entries[0], nil
	})
}

// orMissing is an error, or that of an answer without the thing asked for.
func orMissing(err error) error {
	if err != nil {
		return err
	}
	return &splunkd.Error{Kind: splunkd.Missing, Text: "the answer holds no entry"}
}

// seen is the path of a thing as the app sees it: its own, and what others export.
func (v *visit) seen(names ...string) string {
	if v.missing {
		return "/servicesNS/nobody/search/" + splunkd.Path(names...)
	}
	return "/servicesNS/nobody/" + splunkd.Path(append([]string{v.needs.App}, names...)...)
}

func checkIndexes(ctx context.Context, v *visit) error {
	wanted := []string{"risk"}
	es, _, err := v.enterpriseSecurity(ctx)
	if err == nil && es {
		wanted = append(wanted, "notable")
	}
	list, err := v.client.Indexes(ctx)
	if err != nil {
		return v.unknown("which indexes there are", err)
	}
	for _, name := range wanted {
		i := slices.IndexFunc(list, func(x splunkd.Index) bool { return x.Name == name })
		switch {
		case i < 0:
			err = v.elsewhere(ctx, name)
		case list[i].Disabled:
			v.wrong("the index \""+name+"\" is switched off", "enable it in Settings, Indexes")
		case list[i].Metric:
			v.wrong("the index \""+name+"\" is for metrics", "risk events need an index for events: take that one away and make it anew")
		default:
			v.ok("index \"" + name + "\", " + strconv.FormatInt(list[i].Events, 10) + " events")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// elsewhere looks for an index that this machine does not have on its indexers.
func (v *visit) elsewhere(ctx context.Context, name string) error {
	rows, err := v.run(ctx, "| eventcount summarize=false index="+name+" | table index server count", "index")
	switch {
	case err != nil:
		return v.unknown("whether the index \""+name+"\" is on the indexers", err)
	case len(rows) == 0:
		v.wrong("there is no index \""+name+"\", here or on the indexers, or the user may not search it",
			"make it in Settings, Indexes (on indexers in a cluster: indexes.conf of the manager); events for an index that is not there are dropped")
	default:
		v.ok("index \"" + name + "\", on the indexers")
	}
	return nil
}

// run runs a search in the app and gives one field of its rows.
func (v *visit) run(ctx context.Context, search, field string) ([]string, error) {
	app := v.needs.App
	if v.missing {
		app = "search"
	}
	r, err := v.client.Run(ctx, job.Request{Search: search, App: app})
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Rows.Close() }() // ends the job
	b, err := results.ReadAll(ctx, r.Rows)
	if err != nil {
		return nil, err
	}
	column := b.Column(field)
	if column == nil {
		return make([]string, b.Len), nil
	}
	out := make([]string, 0, b.Len)
	for i := range b.Len {
		out = append(out, column.Text(i))
	}
	return out, nil
}
