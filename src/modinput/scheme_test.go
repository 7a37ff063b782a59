package modinput

import (
	"encoding/xml"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSchemeXML(t *testing.T) {
	s := Scheme{Name: "tick", Title: "Tick & tock", ExternalValidation: true, Args: []Arg{{Name: "count", Validation: "is_pos_int('count')", Type: Number}}}
	require.Equal(t, `<scheme>
  <title>Tick &amp; tock</title>
  <description></description>
  <use_external_validation>true</use_external_validation>
  <use_single_instance>false</use_single_instance>
  <streaming_mode>xml</streaming_mode>
  <endpoint>
    <args>
      <arg name="count">
        <title>count</title>
        <description></description>
        <validation>is_pos_int('count')</validation>
        <data_type>number</data_type>
        <required_on_edit>false</required_on_edit>
        <required_on_create>false</required_on_create>
      </arg>
    </args>
  </endpoint>
</scheme>
`, string(s.AppendXML(nil)))
	got, err := ParseScheme("tick", s.AppendXML(nil))
	require.NoError(t, err)
	s.Streaming, s.Args[0].Title = XML, "count"
	require.Equal(t, &s, got)
}

func TestSchemeOfOthers(t *testing.T) {
	s, err := ParseScheme("other", []byte(`<?xml version="1.0" encoding="UTF-8"?><scheme><title> A </title><script>x.path</script>
		<endpoint><id>Other</id><args><arg name="a"/><arg name="interval"><required_on_create>0</required_on_create></arg></args></endpoint></scheme>`))
	require.NoError(t, err)
	require.Equal(t, Simple, s.Streaming, "splunkd's default")
	require.Equal(t, "A", s.Title)
	require.True(t, s.Args[0].RequiredOnCreate, "splunkd's default")
	require.False(t, s.Args[1].RequiredOnCreate)
	for in, want := range map[string]string{
		"":         `cannot read the scheme of "x": the answer is empty`,
		"INFO hi":  `cannot read the scheme of "x": the answer is empty`,
		"<scheme>": `cannot read the scheme of "x": XML syntax error on line 1: unexpected EOF`,
		"<scheme><use_single_instance>perhaps</use_single_instance></scheme>":               `cannot read the scheme of "x": use_single_instance is "perhaps": expected true or false`,
		"<scheme><streaming_mode>csv</streaming_mode></scheme>":                             `cannot read the scheme of "x": cannot stream events as "csv": expected xml or simple`,
		`<scheme><endpoint><args><arg name="a"/><arg name="a"/></args></endpoint></scheme>`: `cannot read the scheme of "x": cannot declare the parameter "a" twice`,
	} {
		_, err := ParseScheme("x", []byte(in))
		require.EqualError(t, err, want)
	}
}

func TestSchemeCheck(t *testing.T) {
	for name, ok := range map[string]bool{"replay": true, "a-b_1": true, "": false, "_a": false, "a.b": false, "script": false, "TCP": false} {
		err := (&Scheme{Name: name}).Check()
		require.Equal(t, ok, err == nil, "%q: %v", name, err)
	}
	require.Error(t, (&Scheme{Name: "a", Args: []Arg{{Name: "host"}}}).Check())
	require.Error(t, (&Scheme{Name: "a", Args: []Arg{{Name: "b", Type: "list"}}}).Check())
	require.Error(t, (&Scheme{Name: "a", Args: []Arg{{Name: "b c"}}}).Check())
}

func TestSpec(t *testing.T) {
	s := Scheme{Name: "tick", Description: "Gives events.", Args: []Arg{{Name: "count", Type: Number, Description: "How many.\nAll of them.", RequiredOnCreate: true}, {Name: "mode", Value: "once|loop"}}}
	require.Equal(t, `[tick://<name>]
* Gives events.

count = <number>
* How many.
* All of them.
* Required.

mode = once|loop
`, string(s.AppendSpec(nil)))
	got, list := ReadSpec("inputs.conf.spec", s.AppendSpec(nil))
	require.Empty(t, list)
	require.Equal(t, []SpecScheme{{Name: "tick", Params: []Param{{Name: "count", Values: []string{"<number>"}}, {Name: "mode", Values: []string{"once|loop"}}}}}, got)
	_, list = ReadSpec("s", []byte("# c\n[a://<n>]\nx = 1\nx = 2\nnonsense\n[b://n]\n* note\n[default]\ny = 1\n[tcp://<n>]\nport = 1\n"))
	var texts []string
	for _, m := range list {
		texts = append(texts, m.Short())
	}
	require.Equal(t, []string{
		`s:4:1: the parameter "x" stands twice in [a://...]`,
		`s:5:1: expected NAME = VALUE, found "nonsense"`,
		`s:6:1: the scheme "b" has no parameters`,
		`s:10:1: cannot name a scheme "tcp": it is one of Splunk's own inputs`,
	}, texts)
}

func TestCheckStanza(t *testing.T) {
	s := &Scheme{Args: []Arg{
		{Name: "need", RequiredOnCreate: true},
		{Name: "n", Type: Number, Validation: "is_pos_int('n')"},
		{Name: "b", Type: Boolean},
		{Name: "p", Validation: "is_port(p)"},
		{Name: "v", Validation: `validate(v > 1, "no")`},
	}}
	check := func(want string, settings ...string) {
		t.Helper()
		st := Stanza{Name: "x"}
		for i := 0; i < len(settings); i += 2 {
			st.Set(settings[i], settings[i+1])
		}
		err := s.CheckStanza(&st).Errors().Err()
		if want == "" {
			require.NoError(t, err)
			return
		}
		require.EqualError(t, err, "[x] "+want)
	}
	check("", "need", "1", "host", "h")
	check("", "need", "1", "n", "5", "b", "true", "p", "8089")
	check(`the parameter "need" is required`)
	check(`the parameter "n" is "x": expected a number`+"\n"+`[x] the parameter "n": is_pos_int('n') does not hold for "x"`, "need", "1", "n", "x")
	check(`the parameter "n": is_pos_int('n') does not hold for "0"`, "need", "1", "n", "0")
	check(`the parameter "b" is "maybe": expected a boolean`, "need", "1", "b", "maybe")
	check(`the parameter "p": is_port(p) does not hold for "70000"`, "need", "1", "p", "70000")
	require.Len(t, s.CheckStanza(&Stanza{Params: []Param{{Name: "need", Values: []string{"1"}}, {Name: "odd", Values: []string{"1"}}}}), 2, "an expression and an unknown setting are warnings")
}

func FuzzScheme(f *testing.F) {
	f.Add("t", "d", "is_bool('a')", true)
	f.Add("\x00&<", "]]>", "'\"", false)
	f.Fuzz(func(t *testing.T, title, description, validation string, flag bool) {
		s := Scheme{Name: "x", Title: title, Description: description, SingleInstance: flag, Args: []Arg{{Name: "a", Validation: validation, RequiredOnCreate: flag}}}
		b := s.AppendXML(nil)
		var any struct {
			XMLName xml.Name
		}
		require.NoError(t, xml.Unmarshal(b, &any))
		got, err := ParseScheme("x", b)
		require.NoError(t, err)
		again, err := ParseScheme("x", got.AppendXML(nil))
		require.NoError(t, err)
		require.Equal(t, got, again)
		require.Equal(t, flag, got.SingleInstance)
		require.Equal(t, flag, got.Args[0].RequiredOnCreate)
	})
}
