package detection

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// Technique is one technique or sub-technique of ATT&CK.
type Technique struct {
	ID      string   // T1218.009
	Name    string   // Regsvcs/Regasm
	Tactics []string // by name: Defense Evasion
}

// tactic is one of ATT&CK's columns.
type tactic struct {
	name, id string
	phase    string // the kill chain phase it stands for (rule 1.4)
}

// tactics are those of ATT&CK, in its order, and the two that version 19 split
// Defense Evasion into; those have no number here.
var tactics = []tactic{
	{"Reconnaissance", "TA0043", "Reconnaissance"},
	{"Resource Development", "TA0042", "Weaponization"},
	{"Initial Access", "TA0001", "Delivery"},
	{"Execution", "TA0002", "Installation"},
	{"Persistence", "TA0003", "Installation"},
	{"Privilege Escalation", "TA0004", "Exploitation"},
	{"Defense Evasion", "TA0005", "Exploitation"},
	{"Credential Access", "TA0006", "Exploitation"},
	{"Discovery", "TA0007", "Exploitation"},
	{"Lateral Movement", "TA0008", "Exploitation"},
	{"Collection", "TA0009", "Exploitation"},
	{"Command And Control", "TA0011", "Command and Control"},
	{"Exfiltration", "TA0010", "Actions on Objectives"},
	{"Impact", "TA0040", "Actions on Objectives"},
	{"Stealth", "", "Exploitation"},
	{"Defense Impairment", "", "Exploitation"},
}

func findTactic(name string) (tactic, bool) {
	for _, t := range tactics {
		if strings.EqualFold(t.name, name) {
			return t, true
		}
	}
	return tactic{}, false
}

// TacticID is the number of a tactic: "Defense Evasion" is "TA0005"; "" for an
// unknown one.
func TacticID(name string) string {
	t, _ := findTactic(name)
	return t.id
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
