package risk

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// Technique is one technique or sub-technique of ATT&CK.
type Technique struct {
	ID      string   // T1218.009
	Name    string   // Regsvcs/Regasm
	Tactics []string // by name: Defense Evasion
}

// Techniques finds a technique by its id.
type Techniques map[string]Technique

// tacticIDs are the tactics of ATT&CK and their numbers.
var tacticIDs = [...][2]string{
	{"Reconnaissance", "TA0043"},
	{"Resource Development", "TA0042"},
	{"Initial Access", "TA0001"},
	{"Execution", "TA0002"},
	{"Persistence", "TA0003"},
	{"Privilege Escalation", "TA0004"},
	{"Defense Evasion", "TA0005"},
	{"Credential Access", "TA0006"},
	{"Discovery", "TA0007"},
	{"Lateral Movement", "TA0008"},
	{"Collection", "TA0009"},
	{"Command And Control", "TA0011"},
	{"Exfiltration", "TA0010"},
	{"Impact", "TA0040"},
}

// TacticID is the number of a tactic in any case: "Defense Evasion" is "TA0005";
// "" for an unknown one.
func TacticID(name string) string {
	for _, t := range tacticIDs {
		if strings.EqualFold(t[0], name) {
			return t[1]
		}
	}
	return ""
}

// techniqueColumns is the header of the ATT&CK lookup.
var techniqueColumns = []string{"mitre_id", "technique", "tactics"}

// ReadTechniques reads the ATT&CK lookup of the app: a CSV file with the columns
// mitre_id, technique and tactics, several tactics parted by "|". Lines that
// cannot be read are passed over: the search goes on without their names. The
// error is about a file that is none.
func ReadTechniques(r io.Reader) (Techniques, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = len(techniqueColumns)
	header, err := rows.Read()
	if err != nil || !slices.Equal(header, techniqueColumns) {
		return nil, errors.Join(errors.New("expected the columns "+strings.Join(techniqueColumns, ",")), err)
	}
	out := Techniques{}
	for {
		row, err := rows.Read()
		var bad *csv.ParseError
		switch {
		case errors.As(err, &bad):
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		default:
			out[row[0]] = Technique{ID: row[0], Name: row[1], Tactics: strings.Split(row[2], "|")}
		}
	}
}
