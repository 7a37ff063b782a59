package detection

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTechniquesOfTheApp(t *testing.T) {
	c := shipped(t)
	require.Greater(t, len(c.Techniques), 200)
	for id, want := range map[string]Technique{
		"T1574.011": {ID: "T1574.011", Name: "Services Registry Permissions Weakness", Tactics: []string{"Defense Evasion", "Persistence", "Privilege Escalation"}},
		"T1218":     {ID: "T1218", Name: "System Binary Proxy Execution", Tactics: []string{"Defense Evasion"}},
		"T1218.009": {ID: "T1218.009", Name: "Regsvcs/Regasm", Tactics: []string{"Defense Evasion"}},
		"T1543.003": {ID: "T1543.003", Name: "Windows Service", Tactics: []string{"Persistence", "Privilege Escalation"}},
		"T1112":     {ID: "T1112", Name: "Modify Registry", Tactics: []string{"Defense Evasion"}},
	} {
		got, ok := c.Technique(id)
		require.True(t, ok, id)
		require.Equal(t, want, got)
	}
	_, ok := c.Technique("T0000")
	require.False(t, ok)
}

func TestReadTechniquesGoesOn(t *testing.T) {
	got, msgs := ReadTechniques("t.csv", []byte("\ufeff"+table+
		"T1,One\nT2,\"Two, or more\",Impact|Discovery\nT1218,Again,Impact\nT3,Three,Impcat\n\"T4,unclosed\n"))
	require.Equal(t, []Technique{
		{ID: "T1218", Name: "System Binary Proxy Execution", Tactics: []string{"Defense Evasion"}},
		{ID: "T2", Name: "Two, or more", Tactics: []string{"Impact", "Discovery"}},
		{ID: "T3", Name: "Three", Tactics: []string{"Impcat"}},
	}, got)
	require.Equal(t, []string{
		"error t.csv:3:1: cannot read the ATT&CK table: wrong number of fields",
		`error t.csv:5:1: technique "T1218" is in the table twice`,
		`error t.csv:6:1: unknown tactic "Impcat" of technique T3`,
		"error t.csv:7:1: cannot read the ATT&CK table: extraneous or missing \" in quoted-field",
	}, shorts(msgs))

	_, msgs = ReadTechniques("t.csv", []byte("id,name\n"))
	require.Equal(t, []string{"error t.csv:1:1: expected the columns mitre_id,technique,tactics: wrong number of fields"}, shorts(msgs))
	_, msgs = ReadTechniques("t.csv", []byte("id,name,tactics\n"))
	require.Equal(t, []string{"error t.csv:1:1: expected the columns mitre_id,technique,tactics, found id,name,tactics"}, shorts(msgs))
	none, msgs := ReadTechniques("t.csv", nil)
	require.Empty(t, none)
	require.Empty(t, msgs)
}
