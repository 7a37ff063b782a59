package detection

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/risk"
)

// Technique is one technique or sub-technique of ATT&CK.
type Technique = risk.Technique

// tactic is one of ATT&CK's columns.
type tactic struct {
	name  string
	phase string // the kill chain phase it stands for (rule 1.4)
}

// tactics are those of ATT&CK, in its order, and the two that version 19 split
// Defense Evasion into.
var tactics = []tactic{
	{"Reconnaissance", "Reconnaissance"},
	{"Resource Development", "Weaponization"},
	{"Initial Access", "Delivery"},
	{"Execution", "Installation"},
	{"Persistence", "Installation"},
	{"Privilege Escalation", "Exploitation"},
	{"Defense Evasion", "Exploitation"},
	{"Credential Access", "Exploitation"},
	{"Discovery", "Exploitation"},
	{"Lateral Movement", "Exploitation"},
	{"Collection", "Exploitation"},
	{"Command And Control", "Command and Control"},
	{"Exfiltration", "Actions on Objectives"},
	{"Impact", "Actions on Objectives"},
	{"Stealth", "Exploitation"},
	{"Defense Impairment", "Exploitation"},
}

func findTactic(name string) (tactic, bool) {
	for _, t := range tactics {
		if strings.EqualFold(t.name, name) {
			return t, true
		}
	}
	return tactic{}, false
}

// techniqueColumns is the header of the ATT&CK lookup.
var techniqueColumns = []string{"mitre_id", "technique", "tactics"}

// ReadTechniques reads the ATT&CK lookup: a CSV file with the columns mitre_id,
// technique and tactics, several tactics parted by "|". A line that cannot be
// read is a message; the others count.
func ReadTechniques(name string, data []byte) ([]Technique, diag.List) {
	text := &diag.Text{Name: name, Body: strings.TrimPrefix(string(data), "\ufeff")}
	rows := csv.NewReader(strings.NewReader(text.Body))
	rows.ReuseRecord, rows.FieldsPerRecord = true, len(techniqueColumns)
	var out []Technique
	var msgs diag.List
	report := func(line int, format string, args ...any) {
		msgs = append(msgs, diag.Message{Text: fmt.Sprintf(format, args...), Place: lineOf(text, line)})
	}
	seen := map[string]bool{}
	header := false
	for {
		row, err := rows.Read()
		var bad *csv.ParseError
		switch {
		case errors.As(err, &bad) && !header:
			report(bad.Line, "expected the columns %s: %v", strings.Join(techniqueColumns, ","), bad.Err)
			return nil, msgs
		case errors.As(err, &bad):
			report(bad.Line, "cannot read the ATT&CK table: %v", bad.Err)
			continue
		case err != nil: // io.EOF: a string gives no other
			return out, msgs
		}
		line, _ := rows.FieldPos(0)
		switch {
		case !header && slices.Equal(row, techniqueColumns):
			header = true
		case !header:
			report(line, "expected the columns %s, found %s", strings.Join(techniqueColumns, ","), strings.Join(row, ","))
			return nil, msgs
		case seen[row[0]]:
			report(line, "technique %q is in the table twice", row[0])
		default:
			seen[row[0]] = true
			t := Technique{ID: row[0], Name: row[1], Tactics: strings.Split(row[2], "|")}
			for _, name := range t.Tactics {
				if _, ok := findTactic(name); !ok {
					report(line, "unknown tactic %q of technique %s", name, t.ID)
				}
			}
			out = append(out, t)
		}
	}
}

// lineOf is the place of a whole line, counted from 1.
func lineOf(text *diag.Text, line int) diag.Place {
	at := 0
	for ; line > 1; line-- {
		next := strings.IndexByte(text.Body[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	end := len(text.Body)
	if i := strings.IndexByte(text.Body[at:], '\n'); i >= 0 {
		end = at + i
	}
	return text.At(at, end)
}
