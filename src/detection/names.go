package detection

import (
	"strings"
	"unicode/utf8"
)

// maxStanza is how long a saved search's name may be so that Enterprise Security
// can still edit it: its editor saves a copy as "<domain> - <name> - Rule" and
// takes at most 99 characters (rule 1.2).
const maxStanza = 99

// cloned is the length of a stanza's name after ES has cloned it.
func cloned(domain, stanza string) int {
	return utf8.RuneCountInString(domain + " - " + stanza + " - Rule")
}

// fileNames are the replacements that make contentctl's file name of a name.
var fileNames = strings.NewReplacer(" ", "_", "-", "_", ".", "_", "/", "_")

// FileName is a content's file name without ".yml": lower case, with "_" for
// blanks, "-", "." and "/". What no macro name can hold is left out, so that the
// filter macro of "ATT&CK ..." is `attck_..._filter`.
func FileName(name string) string {
	return strings.Map(func(c rune) rune {
		if c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, contentctlName(name))
}

func contentctlName(name string) string { return strings.ToLower(fileNames.Replace(name)) }

// FilterMacro is the name of a detection's filter macro.
func FilterMacro(name string) string { return FileName(name) + "_filter" }

// filter is the filter macro that the search really calls: ours, or contentctl's
// where the two names differ; "" when it calls neither.
func (d *Detection) filter() string {
	for _, name := range []string{FilterMacro(d.Name), contentctlName(d.Name) + "_filter"} {
		if strings.Contains(d.Search, "`"+name+"`") {
			return name
		}
	}
	return ""
}

// RiskStanza is the name of the saved search that writes a detection's risk
// where Enterprise Security is not there to do it.
func (d *Detection) RiskStanza(label string) string {
	return label + " - " + d.Name + " - Risk without ES"
}
