// Package command is the commands of the search language: one file a command,
// one row of the table each.
//
//	plan, problems := search.New(tree, context) // whose Table() is command.Table()
//
// What a command promises beyond its row: columns that it does not touch pass
// through as they are, rows keep their order unless the command is there to
// change it, and what it does is the same whatever the sizes of the batches that
// rows come in. A command or option that Splunk has and we do not run is an error
// that names it; nothing is passed over in silence.
package command

import (
	"sync"

	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

// table is the commands that run, in order of their names.
func table() []search.Spec {
	return []search.Spec{
		accumSpec,
		addcoltotalsSpec,
		addinfoSpec,
		addtotalsSpec,
		appendSpec,
		appendcolsSpec,
		appendpipeSpec,
		autoregressSpec,
		binSpec,
		chartSpec,
		collectSpec,
		convertSpec,
		datamodelSpec,
		dedupSpec,
		deltaSpec,
		evalSpec,
		eventstatsSpec,
		fieldsSpec,
		filldownSpec,
		fillnullSpec,
		foreachSpec,
		formatSpec,
		fromSpec,
		fromjsonSpec,
		headSpec,
		inputlookupSpec,
		joinSpec,
		lookupSpec,
		makemvSpec,
		makeresultsSpec,
		mapSpec,
		multisearchSpec,
		mvcombineSpec,
		mvexpandSpec,
		nomvSpec,
		outputlookupSpec,
		rangemapSpec,
		rareSpec,
		regexSpec,
		renameSpec,
		replaceSpec,
		returnSpec,
		reverseSpec,
		rexSpec,
		savedsearchSpec,
		searchSpec,
		setfieldsSpec,
		sortSpec,
		spathSpec,
		statsSpec,
		strcatSpec,
		streamstatsSpec,
		tableSpec,
		tailSpec,
		timechartSpec,
		tojsonSpec,
		topSpec,
		transactionSpec,
		tstatsSpec,
		unionSpec,
		uniqSpec,
		untableSpec,
		whereSpec,
		xmlkvSpec,
		xyseriesSpec,
	}
}

// All is the commands that run, in order of their names.
func All() []search.Spec { return table() }

// Table finds a command by its name: those that run, and those that Splunk has
// and this does not, whose Bind says so.
func Table() search.Table {
	return func(name string) (search.Spec, bool) {
		s, ok := byName()[name]
		return s, ok
	}
}

var byName = sync.OnceValue(func() map[string]search.Spec {
	specs := map[string]search.Spec{}
	for _, name := range spl.Commands() {
		specs[name] = refusal(name)
	}
	for _, s := range table() {
		specs[s.Name] = s
	}
	return specs
})

// refused are commands that cannot run without what only a Splunk has, with the
// reason.
var refused = map[string]string{
	"anomalydetection": "it needs Splunk's statistics of the whole index",
	"apply":            "it needs the models of the Machine Learning Toolkit",
	"cluster":          "it needs Splunk's own similarity of events",
	"dbinspect":        "there are no buckets to look at",
	"fit":              "it needs the models of the Machine Learning Toolkit",
	"geostats":         "there is no map to draw",
	"kmeans":           "it needs Splunk's own clustering",
	"metadata":         "there are no buckets with such metadata",
	"mstats":           "there are no metric indexes",
	"outlier":          "it needs Splunk's own statistics",
	"predict":          "it needs Splunk's own forecasting",
	"rest":             "there is no splunkd to ask",
	"script":           "it would run a program that nobody declared as a search command",
	"summary":          "it needs the models of the Machine Learning Toolkit",
}

// refusal is a command that the language has and that does not run.
func refusal(name string) search.Spec {
	text := `command "` + name + `" is not supported yet`
	if reason, never := refused[name]; never {
		text = `command "` + name + `" cannot run here: ` + reason
	}
	return search.Spec{
		Name: name,
		Bind: func(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
			m := st.Problem(st.NameSpan, text, supported)
			m.Cause = search.ErrNotSupported
			return nil, diag.List{m}
		},
	}
}

// supported is the hint beside a command that does not run.
const supported = "docs/spl.md lists the commands that run"
