package scp

import "riskreplay/src/diag"

// Option declares a name=value argument.
type Option struct {
	// Name is compared without case. A name that ends in "." takes any rest, as
	// in factor.NAME: each use has its own value.
	Name string
	// Value is what stands behind the "=" in help and in searchbnf.conf:
	// "<num>|<field>", "<string>", "error|keep|<string>".
	Value string
	// Choices are the values taken, compared without case; empty takes any.
	Choices []string
	// Check refuses a value by false; Expect says what was expected, as in
	// "a number from 0 to 100 or a field name".
	Check  func(value string) bool
	Expect string
	// List takes the bare words that follow as well: splunkd splits a,b.
	List bool
	// Default is shown in help, "" when there is none.
	Default string
	// Help is a sentence or two.
	Help string
	// Group gathers options in one definition of searchbnf.conf.
	Group string
}

// Clause declares a keyword argument: the keyword, and the words that follow up
// to the next keyword. Options between them are taken out.
type Clause struct {
	// Keyword is compared without case.
	Keyword string
	// Syntax is what follows the keyword, in the form of searchbnf.conf.
	Syntax string
	// Assign are the name=value pairs that belong to the clause, as in
	// FOR dest SCORE=15, compared without case. They go before options of the
	// same name once the clause has a word.
	Assign []string
	// Help is a sentence or two.
	Help string
}

// Item is one argument: a word, or a name=value.
type Item struct {
	// Name is empty for a word.
	Name string
	// Value is without quotes and escapes.
	Value string
	// Quoted tells that the value was in quotes: "FOR" is no keyword.
	Quoted bool
	// Place is where it stands in the arguments.
	Place diag.Place
}

// Use is a clause as it was used.
type Use struct {
	Keyword Item
	Items   []Item
}

// Args are the arguments of one use of a command, read after its declaration.
type Args struct {
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

// List gives the values of an option that is declared as a list.
func (a *Args) List(option string) []string {
	var out []string
	for _, it := range a.options[option] {
		out = append(out, it.Value)
	}
	return out
}

// Each gives the uses of an option declared as "factor.": Name is the rest.
func (a *Args) Each(prefix string) []Item { return a.options[prefix] }

// Clause gives the uses of a clause, by the keyword as declared.
func (a *Args) Clause(keyword string) []Use {
	var out []Use
	for _, u := range a.Uses {
		if u.Keyword.Name == keyword {
			out = append(out, u)
		}
	}
	return out
}
