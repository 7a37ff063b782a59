package scp

import (
	"strings"

	"riskreplay/src/diag"
)

// Item is one argument: a word, or a name=value.
type Item struct {
	// Name is empty for a word. For an option it is as declared, for a use of
	// "factor." the rest, else as it was written.
	Name string
	// Value is without quotes and escapes.
	Value string
	// Quoted tells that the value was in quotes: "FOR" is no keyword.
	Quoted bool
	// Place is where it stands in the arguments.
	Place diag.Place
}

// Is tells whether the item is a word without quotes, in any case: a keyword.
func (i Item) Is(keyword string) bool {
	return i.Name == "" && !i.Quoted && strings.EqualFold(i.Value, keyword)
}

// Use is a clause as it was used.
type Use struct {
	// Keyword is as declared.
	Keyword string
	Place   diag.Place
	// Items are the words and the assignments that belong to the clause.
	Items []Item
}

// Args are the arguments of one use of a command, read after its declaration.
type Args struct {
	// Text is all of them, as the places of items and messages see it.
	Text *diag.Text
	// Items are all arguments in their order.
	Items []Item
	// Words are those before and outside of clauses and lists.
	Words []Item
	// Uses are the clauses in their order.
	Uses []Use

	options map[string][]Item
}

// Get gives an option's value; ok is false when it was not given.
func (a *Args) Get(option string) (value string, ok bool) {
	items := a.options[option]
	if len(items) == 0 {
		return "", false
	}
	return items[0].Value, true
}

// Bool gives an option's value as true or false; otherwise stands for an option
// that was not given.
func (a *Args) Bool(option string, otherwise bool) bool {
	if v, ok := a.Get(option); ok {
		b, _ := parseBool(v)
		return b
	}
	return otherwise
}

// List gives the values of an option that is declared as a list; splunkd splits
// at commas, quotes keep them: a,b and "a,b" and "a, b" are the same two values.
func (a *Args) List(option string) []string {
	var out []string
	for _, it := range a.options[option] {
		for v := range strings.SplitSeq(it.Value, ",") {
			if v = strings.TrimSpace(v); v != "" {
				out = append(out, v)
			}
		}
	}
	return out
}

// Each gives the uses of an option in their order, with their places. For one
// declared as "factor." the names are the rests.
func (a *Args) Each(option string) []Item { return a.options[option] }

// Clause gives the uses of a clause, by the keyword as declared.
func (a *Args) Clause(keyword string) []Use {
	var out []Use
	for _, u := range a.Uses {
		if u.Keyword == keyword {
			out = append(out, u)
		}
	}
	return out
}

// parseBool reads what Splunk takes for true and false.
func parseBool(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true", "t", "1", "yes", "y":
		return true, true
	case "false", "f", "0", "no", "n":
		return false, true
	}
	return false, false
}
