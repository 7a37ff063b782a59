package spl

import (
	"slices"
	"strings"
	"sync"
)

// table has a row for every command: what its options are and how its other
// arguments are read. Beside Options, a command fills these parts of its Stage:
//
//	search, metasearch            Predicate
//	where, head                   Expr; head also the number in Words
//	eval, fieldformat             Assigns
//	stats, eventstats, sistats    Aggs, By, ByOptions
//	streamstats                   the same; reset_before, reset_after as Clauses with an Expr
//	tstats, mstats                Aggs, Dataset, Predicate, By, ByOptions (span)
//	chart, timechart              Aggs, By (the row; of timechart the column), ByOptions;
//	                              Clauses "split" (the column of chart), "where"
//	top, rare                     Words (the number), Fields, By
//	table, fillnull, filldown, addtotals, mvexpand, makemv and other lists
//	                              Fields
//	fields                        Sign, Fields
//	bin, accum, delta, autoregress
//	                              Fields (one); with AS also Renames (one)
//	rename                        Renames
//	replace                       Renames (From WITH To), Fields (IN)
//	convert, tojson, trendline    Calls
//	lookup                        Words (the table), Renames (inputs), Outputs, OutputNew
//	rex, spath, extract           Words (the regex, the path, the stanza)
//	regex                         Fields (none or one), Sign ('!' for !=), Words (the regex)
//	sort                          Words (the number), Keys
//	dedup                         Words (the number), Fields, Keys (sortby)
//	transaction                   Fields; startswith, endswith as Clauses with a Pred, an
//	                              Expr or a string in Values
//	join                          Fields, Subs or Dataset; Clause "where" with pairs of Names
//	foreach                       Fields, Subs (the template: its text is what is replaced)
//	append, appendcols, appendpipe, map, multisearch, union, set
//	                              Subs; map also Words (a saved search), union (type:name)
//	                              and set (the operation)
//	from                          Dataset
//	datamodel                     Dataset, Words (the mode)
//	inputlookup, inputcsv         Words (the table), Predicate
//	return                        Words (the number), Renames (From the field, To the alias)
//	savedsearch, sendalert, outputlookup, format, strcat, transpose
//	                              Words
//	multikv                       Clauses "fields", "filter"
//	others and custom commands    Raw; Words, Subs
var table = []form{
	// Conditions and expressions.
	{name: "search", args: searchGrammar},
	{name: "metasearch", generates: true, args: searchGrammar},
	{name: "where", args: whereGrammar},
	{name: "eval", args: evalGrammar},
	{name: "fieldformat", args: evalGrammar},
	{name: "head", options: "limit:n null:b keeplast:b", args: headGrammar},
	{name: "regex", args: regexGrammar},

	// Aggregates.
	{name: "stats", options: statsOptions, byOptions: "dedup_splitvals:b", args: statsGrammar},
	{name: "eventstats", options: "allnum:b", byOptions: "dedup_splitvals:b", args: statsGrammar},
	{
		name: "streamstats", options: "reset_on_change:b reset_before:expr reset_after:expr current:b window:n time_window global:b allnum:b",
		args: statsGrammar,
	},
	{name: "tstats", generates: true, options: tstatsOptions, byOptions: "span", args: tstatsGrammar},
	{
		name: "mstats", generates: true, options: "prestats:b append:b backfill:b update_period chart:b chart.span span every fillnull_value chunk_size:n",
		byOptions: "span every", args: tstatsGrammar,
	},
	{name: "chart", options: chartOptions, byOptions: binOptions, args: chartGrammar},
	{name: "timechart", options: chartOptions + " partial:b fixedrange:b", byOptions: binOptions, args: timechartGrammar},
	{
		name: "top", options: topOptions + " useother:b otherstr",
		args: parts(numberPart, fieldsPart.needed("a field"), byPart),
	},
	{name: "rare", options: topOptions, args: parts(numberPart, fieldsPart.needed("a field"), byPart)},
	{name: "sistats", options: statsOptions, byOptions: "dedup_splitvals:b", args: statsGrammar},
	{name: "sichart", options: chartOptions, byOptions: binOptions, args: chartGrammar},
	{name: "sitimechart", options: chartOptions + " partial:b fixedrange:b", byOptions: binOptions, args: timechartGrammar},
	{
		name: "sitop", options: topOptions + " useother:b otherstr",
		args: parts(numberPart, fieldsPart.needed("a field"), byPart),
	},
	{name: "sirare", options: topOptions, args: parts(numberPart, fieldsPart.needed("a field"), byPart)},

	// Fields.
	{name: "table", args: parts(fieldsPart.needed("a field"))},
	{name: "fields", args: parts(signed.needed("a field"))},
	{name: "rename", args: renameGrammar},
	{name: "convert", options: "timeformat", args: parts(callsPart(convertFuncs).needed("a function: ctime(field)"))},
	{name: "bin", aliases: "bucket discretize", options: "bins:n minspan span start end aligntime", args: parts(asPart.needed("a field"))},
	{name: "fillnull", options: "value", args: parts(fieldsPart)},
	{name: "filldown", args: parts(fieldsPart)},
	{name: "replace", args: replaceGrammar},
	{name: "makemv", options: "delim tokenizer allowempty:b setsv:b", args: parts(oneField.needed("a field"))},
	{name: "mvexpand", options: "limit:n", args: parts(oneField.needed("a field"))},
	{name: "mvcombine", options: "delim", args: parts(oneField.needed("a field"))},
	{name: "nomv", args: parts(oneField.needed("a field"))},
	{name: "strcat", options: "allrequired:b", args: parts(wordsPart(manyWords).needed("fields or strings, and the field for the result"))},
	{name: "accum", args: parts(asPart.needed("a field"))},
	{name: "autoregress", options: "p", args: parts(asPart.needed("a field"))},
	{name: "delta", options: "p:n", args: parts(asPart.needed("a field"))},
	{name: "addtotals", options: "row:b col:b labelfield label fieldname", args: parts(fieldsPart)},
	{name: "addcoltotals", options: "labelfield label", args: parts(fieldsPart)},
	{name: "concurrency", options: "duration start output", args: parts()},
	{name: "contingency", options: "maxrows:n maxcols:n mincolcover minrowcover usetotal:b totalstr", args: parts(fieldsPart.needed("two fields"))},
	{name: "fieldsummary", options: "maxvals:n", args: parts(fieldsPart)},
	{name: "xyseries", options: "grouped:b sep format", args: parts(fieldsPart.needed("three fields"))},
	{name: "untable", args: parts(fieldsPart.needed("three fields"))},
	{name: "rangemap", options: "*", args: parts()},
	{name: "setfields", options: "*", args: parts()},
	{name: "addinfo", args: parts()},
	{name: "tojson", options: "fill_null:b include_internal:b output_field default_type", args: parts(callsPart(tojsonFuncs))},
	{name: "fromjson", options: "prefix", args: parts(oneField.needed("a field"))},
	{name: "iplocation", options: "prefix allfields:b lang", args: parts(oneField.needed("a field"))},

	// Fields out of text.
	{name: "rex", options: "field max_match:n offset_field mode", args: parts(wordsPart(1).needed("a regular expression in quotes"))},
	{name: "spath", options: "input output path", args: parts(wordsPart(1))},
	{name: "xmlkv", options: "maxinputs:n", args: parts(oneField)},
	{
		name: "extract", aliases: "kv", options: "auto segment:b reload:b kvdelim pairdelim limit:n maxchars:n mv_add:b clean_keys:b keep_empty_vals:b",
		args: parts(wordsPart(1)),
	},
	{name: "multikv", options: "forceheader:n noheader:b rmorig:b copyattrs:b multitable:b conf", args: parts(multikvPart("fields"), multikvPart("filter"))},

	// Rows.
	{name: "sort", options: "limit:n", args: sortGrammar},
	{
		name: "dedup", options: "keepevents:b keepempty:b consecutive:b",
		args: parts(numberPart, fieldsPart.needed("a field"), keysPart("sortby")),
	},
	{name: "tail", args: parts(numberPart)},
	{name: "reverse", args: parts()},
	{name: "uniq", args: parts()},
	{name: "transpose", options: "column_name header_field include_empty:b", args: parts(numberPart)},
	{name: "transaction", aliases: "transam", options: transactionOptions, args: parts(fieldsPart)},
	{name: "selfjoin", options: "overwrite:b max:n keepsingle:b", args: parts(fieldsPart.needed("a field"))},
	{name: "require", args: parts()},
	{name: "noop", options: "*", args: parts()},
	{name: "localop", args: parts()},
	{name: "redistribute", options: "num_of_reducers:n", args: parts(byPart)},
	{name: "highlight", args: parts(fieldsPart.needed("a string"))},
	{name: "iconify", args: parts(fieldsPart.needed("a field"))},
	{name: "makecontinuous", options: "bins:n span start end aligntime minspan", args: parts(oneField)},
	{name: "reltime", options: "timefield prefix", args: parts()},
	{name: "tags", options: "outputfield inclname:b inclvalue:b allowed_tags", args: parts(fieldsPart)},
	{name: "trendline", args: parts(callsPart(nil).needed("a moving average: sma5(field)"))},
	{name: "makeresults", generates: true, options: "count:n annotate:b splunk_server splunk_server_group format data", args: parts()},
	{name: "gentimes", generates: true, options: "start end increment", args: parts()},

	// Other searches.
	{
		name: "join", options: "type:inner|outer|left usetime:b earlier:b overwrite:b max:n return_multivalue:b left right",
		args: parts(fieldsPart, joinWhere, datasetPart, subPart(1)),
	},
	{name: "append", options: "extendtimerange:b maxtime:n maxout:n timeout:n", args: parts(subPart(1).needed("a subsearch in brackets"))},
	{name: "appendcols", options: "override:b maxtime:n maxout:n timeout:n", args: parts(subPart(1).needed("a subsearch in brackets"))},
	{name: "appendpipe", options: "run_in_preview:b", args: parts(subPart(1).needed("a pipeline in brackets"))},
	{
		name: "foreach", options: "mode:multifield|multivalue|json_array|auto_collections fieldstr matchstr matchseg1 matchseg2 matchseg3 itemstr iterstr",
		args: parts(fieldsPart.needed("a field"), subPart(1).needed("a pipeline in brackets")),
	},
	{name: "map", options: "search maxsearches:n", args: parts(subPart(1), wordsPart(1))},
	{name: "union", options: "maxtime:n maxout:n timeout:n", args: parts(datasetsPart, subPart(manyWords))},
	{name: "multisearch", generates: true, args: parts(subPart(manyWords).needed("two subsearches in brackets"))},
	{name: "set", generates: true, args: parts(wordsPart(1).needed("union, diff or intersect"), subPart(2).needed("two subsearches in brackets"))},
	{name: "from", generates: true, args: fromGrammar},
	{name: "datamodel", generates: true, options: "summariesonly:b allow_old_summaries:b strict_fields:b", args: datamodelGrammar},
	{name: "savedsearch", generates: true, options: "*", args: wordFirst("the name of a saved search")},
	{name: "format", options: "mvsep maxresults:n emptystr quote:b", args: parts(wordsPart(6))},
	{name: "return", options: "count:n", args: returnGrammar},

	// Tables and what is written elsewhere.
	{name: "lookup", options: "local:b update:b event_time_field", args: lookupGrammar},
	{name: "inputlookup", generates: true, options: "append:b strict:b start:n max:n", args: parts(wordsPart(1).needed("a lookup's name"), wherePart)},
	{
		name: "outputlookup", options: "append:b create_empty:b override_if_empty:b max:n key_field allow_updates:b createinapp:b create_context output_format",
		args: parts(wordsPart(1).needed("a lookup's name")),
	},
	{
		name: "inputcsv", generates: true, options: "append:b strict:b start:n max:n events:b dispatch:b",
		args: parts(wordsPart(1).needed("a file's name"), wherePart),
	},
	{name: "outputcsv", options: "append:b create_empty:b override_if_empty:b singlefile:b dispatch:b usexml:b", args: parts(wordsPart(1))},
	{name: "collect", aliases: "stash summaryindex sumindex", options: collectOptions, args: parts()},
	{name: "sendalert", options: "*", args: wordFirst("the name of an alert action")},
}

// manyWords is no limit on positional arguments.
const manyWords = 1 << 20

const (
	statsOptions  = "partitions:n allnum:b delim dedup_splitvals:b"
	tstatsOptions = "prestats:b local:b append:b summariesonly:b include_reduced_buckets:b allow_old_summaries:b " +
		"use_summary_index_values:b chunk_size:n fillnull_value"
	binOptions         = " bins:n minspan span start end aligntime"
	chartOptions       = "sep format cont:b limit agg usenull:b useother:b nullstr otherstr dedup_splitvals:b" + binOptions
	topOptions         = "limit:n countfield percentfield showcount:b showperc:b"
	transactionOptions = "name maxspan maxpause maxevents:n startswith:filter endswith:filter connected:b unifyends:b keeporphans:b " +
		"maxopentxn:n maxopenevents:n keepevicted:b delim mvlist mvraw:b nullstr"
	collectOptions = "index addtime:b addinfo:b file output_format:raw|hec spool:b marker testmode:b run_in_preview:b host source sourcetype timeformat uselb:b"
)

// known are commands that are recognised by name: their arguments are kept as
// written. Those behind the bar make rows of their own.
const known = `abstract analyzefields anomalies anomalousvalue anomalydetection apply arules associate
	bucketdir cefout cluster cofilter correlate delete diff erex findtypes fit
	folderize gauge geom geomfilter geostats kmeans kvform localize mcollect meventcollect
	outlier outputtext overlap predict relevancy runshellscript scrub script run searchtxn sendemail
	summary tscollect typelearner typer x11 xpath
	| audit dbinspect dbxquery eventcount history loadjob mcatalog metadata mpreview msearch pivot rest walklex`

// forms finds a row by any of its command's names.
var forms = map[string]*form{}

func init() {
	for i := range table {
		f := &table[i]
		f.kinds, f.byKinds = optionKinds(f.options), optionKinds(f.byOptions)
		for _, name := range append(strings.Fields(f.aliases), f.name) {
			forms[name] = f
		}
	}
	raw := grammar{read: (*parser).rawArgs, print: func(w *printer, st *Stage) { w.raw(st) }}
	plain, generating, _ := strings.Cut(known, "|")
	for _, name := range strings.Fields(plain) {
		forms[name] = &form{name: name, args: raw}
	}
	for _, name := range strings.Fields(generating) {
		forms[name] = &form{name: name, args: raw, generates: true}
	}
}

// Commands are the names of all commands that the parser knows, aliases too,
// sorted; those it knows by name alone among them.
func Commands() []string { return slices.Clone(commands()) }

var commands = sync.OnceValue(func() []string {
	names := make([]string, 0, len(forms))
	for n := range forms {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
})
