package knowledge

import "regexp"

// regex is a regular expression of a configuration.
type regex struct{ re *regexp.Regexp }

func compileRegex(text string) (*regex, error) {
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	return &regex{re}, nil
}

// Names are the names of the groups by their number, "" for one without.
func (r *regex) Names() []string { return r.re.SubexpNames() }

// Find gives the offsets of the groups of the first match at or behind from, as
// regexp does; nil when there is none.
func (r *regex) Find(text string, from int) []int {
	at := r.re.FindStringSubmatchIndex(text[from:])
	for i := range at {
		if at[i] >= 0 {
			at[i] += from
		}
	}
	return at
}
