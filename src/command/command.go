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
		concurrencySpec,
		contingencySpec,
		convertSpec,
		datamodelSpec,
		dedupSpec,
		deltaSpec,
		evalSpec,
		eventcountSpec,
		eventstatsSpec,
		extractSpec,
		fieldformatSpec,
		fieldsSpec,
		fieldsummarySpec,
		filldownSpec,
		fillnullSpec,
		foreachSpec,
		formatSpec,
		fromSpec,
		fromjsonSpec,
		gentimesSpec,
		headSpec,
		highlightSpec,
		iconifySpec,
		inputcsvSpec,
		inputlookupSpec,
		iplocationSpec,
		joinSpec,
		loadjobSpec,
		localopSpec,
		lookupSpec,
		makecontinuousSpec,
		makemvSpec,
		makeresultsSpec,
		mapSpec,
		metadataSpec,
		metasearchSpec,
		multikvSpec,
		multisearchSpec,
		mvcombineSpec,
		mvexpandSpec,
		nomvSpec,
		noopSpec,
		outputcsvSpec,
		outputlookupSpec,
		rangemapSpec,
		rareSpec,
		redistributeSpec,
		regexSpec,
		reltimeSpec,
		renameSpec,
		replaceSpec,
		requireSpec,
		returnSpec,
		reverseSpec,
		rexSpec,
		savedsearchSpec,
		searchSpec,
		selfjoinSpec,
		sendalertSpec,
		setSpec,
		setfieldsSpec,
		sichartSpec,
		sirareSpec,
		sistatsSpec,
		sitimechartSpec,
		sitopSpec,
		sortSpec,
		spathSpec,
		statsSpec,
		strcatSpec,
		streamstatsSpec,
		tableSpec,
		tagsSpec,
		tailSpec,
		timechartSpec,
		tojsonSpec,
		topSpec,
		transactionSpec,
		transposeSpec,
		trendlineSpec,
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
	"abstract":         "it needs Splunk's own scoring of lines",
	"analyzefields":    "it needs Splunk's own statistics",
	"anomalies":        "it needs Splunk's own measure of what is unexpected",
	"anomalousvalue":   "it needs Splunk's own measure of what is unexpected",
	"anomalydetection": "it needs Splunk's statistics of the whole index",
	"apply":            "it needs the models of the Machine Learning Toolkit",
	"arules":           "it needs Splunk's own rules of association",
	"associate":        "it needs Splunk's own rules of association",
	"audit":            "there is no audit trail",
	"bucketdir":        "it is for names of files in pages of Splunk",
	"cefout":           "nothing is sent from here",
	"cluster":          "it needs Splunk's own similarity of events",
	"cofilter":         "it needs Splunk's own measure of what belongs together",
	"correlate":        "it needs Splunk's own statistics",
	"dbinspect":        "there are no buckets to look at",
	"dbxquery":         "there is no database to ask",
	"delete":           "nothing is deleted here",
	"diff":             "it compares two rows for a person to read: use set diff, or eval",
	"erex":             "it needs Splunk's own way to make a regex of examples: write one for rex",
	"findtypes":        "it needs Splunk's own similarity of events",
	"fit":              "it needs the models of the Machine Learning Toolkit",
	"folderize":        "it shortens long lists of sources for a page to show",
	"gauge":            "there is no page to draw a gauge in",
	"geom":             "there is no map to draw",
	"geomfilter":       "there is no map to draw",
	"geostats":         "there is no map to draw",
	"history":          "there is no history of searches",
	"kmeans":           "it needs Splunk's own clustering",
	"kvform":           "it needs forms, which Splunk keeps in files of its own",
	"localize":         "use transaction, which groups events in time",
	"mcatalog":         "there are no metric indexes",
	"mcollect":         "there are no metric indexes",
	"meventcollect":    "there are no metric indexes",
	"mpreview":         "there are no metric indexes",
	"msearch":          "there are no metric indexes",
	"mstats":           "there are no metric indexes",
	"outlier":          "it needs Splunk's own statistics",
	"outputtext":       "there is no page to show raw texts in",
	"overlap":          "there are no summary indexes that a schedule fills",
	"pivot":            "use tstats, which pivot is turned into",
	"predict":          "it needs Splunk's own forecasting",
	"relevancy":        "it needs Splunk's own scoring of lines",
	"rest":             "there is no splunkd to ask",
	"run":              "it would run a program that nobody declared as a search command",
	"runshellscript":   "it would run a program that nobody declared as a search command",
	"script":           "it would run a program that nobody declared as a search command",
	"scrub":            "it needs Splunk's own dictionaries",
	"searchtxn":        "it needs transactiontypes.conf: use transaction",
	"sendemail":        "nothing is mailed from here",
	"summary":          "it needs the models of the Machine Learning Toolkit",
	"tscollect":        "there are no namespaces to collect into",
	"typelearner":      "it needs Splunk's own similarity of events",
	"typer":            "event types come with the events: use the field eventtype",
	"walklex":          "there is no lexicon of words",
	"x11":              "it needs Splunk's own seasonal adjustment",
	"xpath":            "use spath, which reads XML: spath path=Event.System.EventID",
}

// WhyRefused is why a command of Splunk's that does not run does not, "" where it
// only has not been written.
func WhyRefused(name string) string { return refused[name] }

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
