package scp

import "strings"

// Option declares a name=value argument.
type Option struct {
	// Name is compared without case. A name that ends in "." takes any rest, as
	// in factor.NAME: each use has its own value.
	Name string
	// Value is what stands behind the "=" in help and in searchbnf.conf:
	// "<num>|<field>", "<string>", "error|keep|<string>", "<bool>".
	Value string
	// Choices are the values taken, compared without case and given as declared;
	// empty takes any. A Value of "<bool>" is checked without them.
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
	// Item names what is repeated behind the keyword, as in "object"; Syntax is
	// one of them in the form of searchbnf.conf: "<field> (AS <string>)?".
	Item, Syntax string
	// Assign are the name=value pairs that belong to the clause, as in
	// FOR dest SCORE=15, compared without case. Once the clause has a word they
	// go before options of the same name.
	Assign []string
	// Help is a sentence or two.
	Help string
}

// accept gives the value as declared, or false when it is refused.
func (o *Option) accept(value string) (string, bool) {
	if o.Value == "<bool>" {
		_, ok := parseBool(value)
		return value, ok
	}
	if len(o.Choices) > 0 {
		for _, c := range o.Choices {
			if strings.EqualFold(c, value) {
				return c, true
			}
		}
		return "", false
	}
	return value, o.Check == nil || o.Check(value)
}

// expect says what an option takes.
func (o *Option) expect() string {
	switch {
	case o.Expect != "":
		return o.Expect
	case o.Value == "<bool>":
		return "true or false"
	case len(o.Choices) > 0:
		return "one of '" + strings.Join(o.Choices, "', '") + "'"
	}
	return o.Value
}
