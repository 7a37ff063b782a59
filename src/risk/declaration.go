package risk

import (
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/scp"
)

// Host is what the search command asks of the machine it runs on.
type Host struct {
	// Now is the time, for searches whose id does not tell when they ran.
	Now func() time.Time
	// Apps are the apps whose savedsearches.conf rule= reads, lowest first, for
	// a search in an app by a user.
	Apps func(info *scp.Info) []conf.App
}

// Command declares the search command riskscore.
func Command(h Host) scp.Command {
	c := declaration
	c.Setup = setup(h)
	return c
}

// declaration is all but the setup: help, searchbnf.conf, commands.conf and the
// page of the documentation come from it.
var declaration = scp.Command{
	Name:  "riskscore",
	Short: "Scores results for risk-based alerting, one result per risk object.",
	Help: `For each result and each of its risk objects riskscore returns one result with risk_object, risk_score, risk_message and context. It writes to no index.

The score is impact * confidence / 100, or what score= says, or the scores of the saved search that rule= names; a numeric risk_score in the result wins over all of them, as it does in Enterprise Security.

The command is streaming, and runs on the indexers. With dedup, cap or rule it is stateful and runs on the search head. With output=annotate only the fields that it reads are sent to it, which makes that the fast form on wide events.`,
	Options: []scp.Option{
		{
			Name: "impact", Value: "<num>|<field>", Group: "score", Check: operandUpTo(100), Expect: "a number from 0 to 100 or a field name",
			Help: "How bad it is if it is true: a number from 0 to 100, or the field of the result that holds it.",
		},
		{
			Name: "confidence", Value: "<num>|<field>", Group: "score", Check: operandUpTo(100), Expect: "a number from 0 to 100 or a field name",
			Help: "How sure it is: a number from 0 to 100, or the field that holds it. The risk score is impact * confidence / 100, exact in decimal.",
		},
		{
			Name: "score", Value: "<num>|<field>", Group: "score", Check: operandUpTo(0), Expect: "a number of 0 or more or a field name",
			Help: "The risk score itself, in place of impact and confidence. 0 is context only.",
		},
		{
			Name: "rule", Value: "<string>", Group: "score",
			Help: "The name of a saved search: takes score, risk objects, threat objects, message, annotations and name from the risk action of a saved search. Whatever is given beside it goes before what the saved search says.",
		},
		{
			Name: "message", Value: "<string>", Group: "message", Default: "the saved search's, or none",
			Help: "The risk message. $field$ is the field's value, $field|s$ the value in quotes, $$ a dollar; several values are joined by a comma.",
		},
		{
			Name: "missing", Value: "error|keep|<string>", Group: "message", Default: Unknown,
			Help: "What a token of the message becomes when the result has no such value: the text given; the token itself (keep); the end of the search (error).",
		},
		{
			Name: "empty", Value: "skip|keep|error", Group: "object", Choices: []string{"skip", "keep", "error"}, Default: "skip",
			Help: "What happens to a risk object without a value, which is null, an empty text, - or the text null: it is skipped, and counted in one warning; it is called unknown (keep); the search ends (error). A result without any risk object is dropped; output=annotate keeps it, without risk fields.",
		},
		{
			Name: "mv", Value: "expand|join", Group: "object", Choices: []string{"expand", "join"}, Default: "expand",
			Help: "Several values in the field of a risk object are one risk object each, or one together.",
		},
		{
			Name: "ignore", Value: "<wildcard-list>", Group: "object", List: true,
			Help: "Values of risk objects that are never scored, such as ignore=\"SYSTEM,*$\". Case does not matter.",
		},
		{
			Name: "factor.", Value: `"<field> <op> <value> (add|mult) <num>"`, Group: "factor",
			Help: "A risk factor, with a name of its own behind the dot: where the condition (= != < <= > >= like regex) holds, it adds to or multiplies the calculated_risk_score, additions first. The risk_score itself stays, because Enterprise Security computes factors when it reads risk events. The condition may name risk_object, risk_object_type and risk_object_field.",
		},
		{
			Name: "dedup", Value: "<field-list>", Group: "limit", List: true,
			Help: "The same values of these fields score once. Later results get the risk_score 0, and risk_explain says so. A result without one of the fields always scores. The list may name risk_object, risk_object_type and risk_object_field.",
		},
		{
			Name: "cap", Value: "<num>x", Group: "limit",
			Help: "A risk object's total is at most this many times the highest score seen so far for it. What is over becomes 0, and risk_explain says so.",
		},
		{
			Name: "output", Value: "rows|annotate|risk", Group: "output", Choices: []string{"rows", "annotate", "risk"}, Default: "rows",
			Help: "rows is one result for each risk object. annotate keeps the result one: the risk fields are parallel multivalues. risk is rows with _raw and _time as Enterprise Security writes its risk events, for | collect index=risk addtime=false.",
		},
		{
			Name: "search_name", Value: "<string>", Group: "output", Default: "the saved search's, or none",
			Help: "The search that the risk is said to come from: fills search_name and contributing_events_search, and the source of output=risk.",
		},
		{
			Name: "explain", Value: "<bool>", Group: "output", Default: "false",
			Help: "Adds risk_explain, which says how the score came about.",
		},
	},
	Clauses: []scp.Clause{
		{
			Keyword: "FOR", Item: "object", Syntax: "<field> (AS (system|user|other|<string>))? (SCORE=(<num>|<field>))?", Assign: []string{"SCORE"},
			Help: "The fields that hold the risk objects. Without AS the type comes from the field's name: user and src_user are user; dest, src, dvc, host and orig_host are system; all else is other. SCORE gives an object its own score.",
		},
		{
			Keyword: "THREAT", Item: "threat", Syntax: "<field> (AS <string>)?",
			Help: "Threat objects, which ride along on every result as the parallel multivalues threat_object and threat_object_type. Without AS the type is the field's name.",
		},
	},
	Examples: []scp.Example{
		{
			Text:    `riskscore impact=80 confidence=80 message="A Windows Service was created on a endpoint from $dest$ using a registry entry" FOR dest AS system`,
			Comment: "Scores each result 64 for its host.",
		},
		{
			Text:    `riskscore impact=80 confidence=80 message="$parent_process_name$ started $process_name$ on $dest$" FOR user AS user, dest AS system THREAT parent_process_name AS process, process_name AS process`,
			Comment: "Two results for each: one for the user, one for the host, with the processes as threat objects.",
		},
		{
			Text:    `riskscore rule="RiskReplay - Detect Regsvcs Spawning a Process - Rule" explain=true`,
			Comment: "Shows what the risk action of a saved search would write about the results.",
		},
		{
			Text:    `riskscore impact=severity_num confidence=conf FOR src AS system, user AS user SCORE=15`,
			Comment: "Scores from fields, and one object with a score of its own.",
		},
		{
			Text:    `riskscore score=40 factor.contractor="user_category=contractor add 5" factor.crit="dest_priority=critical mult 1.5" explain=true FOR dest`,
			Comment: "Adds calculated_risk_score, here (40+5)*1.5 = 67.5.",
		},
		{
			Text:    `riskscore impact=80 confidence=70 dedup=dest,user cap=3x FOR dest`,
			Comment: "The same host and user score once, and no host more than three times its highest score.",
		},
	},
	Tags:    []string{"risk", "rba", "score", "security", "enterprise", "risk_object", "risk_message"},
	Related: []string{"sendalert", "collect", "eval", "appendpipe", "tstats"},
}

func operandUpTo(most int) func(string) bool {
	return func(value string) bool {
		_, ok := readOperand(value, most)
		return ok
	}
}
