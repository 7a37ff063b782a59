package modinput

import (
	"fmt"
	"regexp"
	"strconv"

	"riskreplay/src/diag"
)

// CheckStanza checks a stanza as splunkd does before it asks the program:
// required parameters, their types and the built-in validations. A setting that
// nobody declared, and a validation that is an expression, are warnings.
func (s *Scheme) CheckStanza(st *Stanza) diag.List {
	var list diag.List
	say := func(severity diag.Severity, format string, args ...any) {
		list = append(list, diag.Message{Severity: severity, Text: fmt.Sprintf("[%s] ", st.Name) + fmt.Sprintf(format, args...)})
	}
	for _, a := range s.Args {
		value, ok := st.Lookup(a.Name)
		switch {
		case (!ok || value == "") && a.RequiredOnCreate:
			say(diag.Error, "the parameter %q is required", a.Name)
		case !ok || value == "":
		case !a.Type.holds(value):
			say(diag.Error, "the parameter %q is %q: expected a %s", a.Name, value, a.Type)
		}
		if severity, why := validation(a.Validation, st); why != "" {
			say(severity, "the parameter %q: %s", a.Name, why)
		}
	}
	for _, p := range st.Params {
		if _, ok := s.Arg(p.Name); !ok && !isImplicit(p.Name) {
			say(diag.Warning, "the setting %q is none of the scheme's", p.Name)
		}
	}
	return list
}

// holds tells that a value is of the type.
func (t DataType) holds(value string) bool {
	switch t {
	case Number:
		_, err := strconv.ParseFloat(trim(value), 64)
		return err == nil
	case Boolean:
		_, ok := parseBool(value)
		return ok
	}
	return true
}

var builtIn = regexp.MustCompile(`^\s*(is_[a-z_]+)\(\s*['"]?([0-9a-zA-Z_.-]+)['"]?\s*\)\s*$`)

// validation applies one of splunkd's own; why is empty when it holds.
func validation(rule string, st *Stanza) (severity diag.Severity, why string) {
	if rule == "" {
		return 0, ""
	}
	m := builtIn.FindStringSubmatch(rule)
	if m == nil {
		return diag.Warning, fmt.Sprintf("splunkd checks %s, which is not checked here", rule)
	}
	holds, known := builtInRules[m[1]]
	value, ok := st.Lookup(m[2])
	switch {
	case !known:
		return diag.Error, fmt.Sprintf("splunkd knows no validation %s", m[1])
	case ok && value != "" && !holds(value):
		return diag.Error, fmt.Sprintf("%s does not hold for %q", rule, value)
	}
	return 0, ""
}

// builtInRules are the validations of splunkd; a port that is to be free is only
// checked for being one.
var builtInRules = map[string]func(string) bool{
	"is_avail_tcp_port": between(1, 65535),
	"is_avail_udp_port": between(1, 65535),
	"is_port":           between(1, 65535),
	"is_pos_int":        between(1, 1<<62),
	"is_nonneg_int":     between(0, 1<<62),
	"is_bool":           Boolean.holds,
}

func between(low, high int64) func(string) bool {
	return func(s string) bool {
		n, err := strconv.ParseInt(trim(s), 10, 64)
		return err == nil && n >= low && n <= high
	}
}
