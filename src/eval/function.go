package eval

import (
	"slices"
	"strings"
)

// Function is an eval function: a row of the table from which calls are bound,
// and help and documentation are made.
type Function struct {
	Name    string
	Aliases []string
	// Kind is the group that Splunk's reference has the function in.
	Kind string
	// Syntax is one line: `substr(text, start[, length])`.
	Syntax string
	// Help is a sentence.
	Help string
	// Examples are expressions without fields, each with what it prints; "null"
	// is null.
	Examples []Example

	// params has a letter for each argument: b a boolean, n a number, s a
	// string, v anything. What stands behind ? or & may be left out; where +
	// ends it, what stands behind &, else the last letter, may be repeated.
	params string
	gives  kindSet
	// bind makes the node. It may narrow what the call gives, and report
	// problems.
	bind func(c *site) node
}

// Example is an expression and what it prints.
type Example struct{ Expr, Result string }

// The groups of functions.
const (
	conditional   = "comparison and conditional"
	conversion    = "conversion"
	textFunction  = "text"
	multivalue    = "multivalue"
	informational = "informational"
	mathematical  = "mathematical and statistical"
	dateTime      = "date and time"
	jsonFunction  = "JSON"
	cryptographic = "cryptographic"
	bitwise       = "bitwise"
	trigonometric = "trigonometric"
)

// table is every function, group by group.
var table = slices.Concat(
	conditionalFunctions, conversionFunctions, textFunctions, multivalueFunctions, informationalFunctions,
	mathFunctions, timeFunctions, jsonFunctions, cryptoFunctions, bitFunctions, trigFunctions,
)

var tableByName = func() map[string]*Function {
	out := map[string]*Function{}
	for i := range table {
		out[table[i].Name] = &table[i]
		for _, alias := range table[i].Aliases {
			out[alias] = &table[i]
		}
	}
	return out
}()

// Functions is the table of functions, in the order of Splunk's reference.
func Functions() []Function { return slices.Clone(table) }

// functionNames are all names, sorted.
func functionNames() []string {
	var out []string
	for name := range tableByName {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// param gives the letter of the i-th of n arguments.
func (f *Function) param(i int) byte {
	letters, repeated := f.letters()
	if i < len(letters) {
		return letters[i]
	}
	return letters[len(letters)-repeated+(i-len(letters))%repeated]
}

// letters is params without its marks, and how many of its last letters may be
// repeated.
func (f *Function) letters() (letters string, repeated int) {
	letters = strings.NewReplacer("?", "", "&", "", "+", "").Replace(f.params)
	if !strings.HasSuffix(f.params, "+") {
		return letters, 0
	}
	if at := strings.IndexByte(f.params, '&'); at >= 0 {
		return letters, len(f.params) - at - 2
	}
	return letters, 1
}

// takes tells whether a call may have n arguments.
func (f *Function) takes(n int) bool {
	letters, repeated := f.letters()
	least := len(letters)
	if at := strings.IndexAny(f.params, "?&"); at >= 0 {
		least = at
	}
	switch {
	case n < least:
		return false
	case n <= len(letters):
		return repeated < 2 || (len(letters)-n)%repeated == 0
	}
	return repeated > 0 && (n-len(letters))%repeated == 0
}
