package vet

import (
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// Result is what a check came to.
type Result string

// The results, in Splunk's words.
const (
	Success Result = "success"
	Warning Result = "warning"
	Failure Result = "failure"
)

// Report is what one check says of an app.
type Report struct {
	// Check is its name, AppInspect's own.
	Check  string
	Result Result
	// Messages say what is wrong and where; of severity Error when the check fails.
	Messages diag.List
}

// Rule is one check.
type Rule struct {
	// Check is AppInspect's name.
	Check string
	// Why is why Splunk asks for it, in one line.
	Why string
	run func(*App, *finder)
}

// Rules are all checks over packages, by name.
func Rules() []Rule {
	out := slices.Concat(treeRules, programRules, appRules, confRules, searchRules)
	slices.SortFunc(out, func(x, y Rule) int { return strings.Compare(x.Check, y.Check) })
	return out
}

// Package runs every rule over an app.
func Package(a *App) []Report {
	var out []Report
	for _, rule := range Rules() {
		f := &finder{}
		rule.run(a, f)
		r := Report{Check: rule.Check, Result: Success, Messages: f.messages}
		for _, m := range f.messages {
			if m.Severity == diag.Error {
				r.Result = Failure
			} else if r.Result == Success {
				r.Result = Warning
			}
		}
		out = append(out, r)
	}
	return out
}

// finder collects what a rule finds.
type finder struct{ messages diag.List }

// file is the place of a whole file.
func file(name string) diag.Place { return diag.Place{Text: &diag.Text{Name: name}} }

func (f *finder) fail(at diag.Place, text, hint string) {
	f.messages = append(f.messages, diag.Message{Text: text, Place: at, Hint: hint})
}

func (f *finder) warn(at diag.Place, text, hint string) {
	f.messages = append(f.messages, diag.Message{Severity: diag.Warning, Text: text, Place: at, Hint: hint})
}
