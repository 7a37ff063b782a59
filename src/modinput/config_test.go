package modinput

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

const runXML = `<?xml version="1.0" encoding="%s"?>
<input>
  <server_host>tiny</server_host><server_uri>https://127.0.0.1:8089</server_uri>
  <checkpoint_dir>/some/dir</checkpoint_dir><session_key>123</session_key>
  <configuration>
    <stanza name="foobar://aaa" app="search">
      <param name="param1">välue &lt;1&gt;</param><param name="disabled">0</param>
      <other><param name="no">x</param></other>
      <param_list name="multiValue"><value>value1</value><value></value></param_list>
    </stanza>
    <stanza name="foobar://bbb"></stanza>
  </configuration>
</input>`

func wantRun() *Config {
	return &Config{
		ServerHost: "tiny", ServerURI: "https://127.0.0.1:8089", SessionKey: "123", CheckpointDir: "/some/dir",
		Stanzas: []Stanza{{Name: "foobar://aaa", App: "search", Params: []Param{
			{Name: "param1", Values: []string{"välue <1>"}},
			{Name: "disabled", Values: []string{"0"}},
			{Name: "multiValue", Values: []string{"value1", ""}, List: true},
		}}, {Name: "foobar://bbb"}},
	}
}

func utf16Bytes(s string, order binary.ByteOrder, bom bool) []byte {
	units := utf16.Encode([]rune(s))
	if bom {
		units = append([]uint16{0xFEFF}, units...)
	}
	b := make([]byte, 2*len(units))
	for i, u := range units {
		order.PutUint16(b[2*i:], u)
	}
	return b
}

func TestReadConfigEncodings(t *testing.T) {
	as := func(name string) string { return fmt.Sprintf(runXML, name) }
	for name, in := range map[string][]byte{
		"utf-8":       []byte(as("UTF-8")),
		"bom":         []byte("\xEF\xBB\xBF" + as("utf-8")),
		"utf-16le":    utf16Bytes(as("utf-16"), binary.LittleEndian, true),
		"utf-16be":    utf16Bytes(as("utf-16"), binary.BigEndian, true),
		"le, no bom":  utf16Bytes(as("utf-16"), binary.LittleEndian, false),
		"be, no bom":  utf16Bytes(as("UTF-16BE"), binary.BigEndian, false),
		"latin1":      []byte(strings.ReplaceAll(as("ISO-8859-1"), "ä", "\xE4")),
		"trailing":    []byte(as("utf-8") + "<<<"),
		"declaration": []byte(as("utf-8")[strings.Index(as("utf-8"), "<input"):]),
	} {
		got, err := ReadConfig(bytes.NewReader(in))
		require.NoError(t, err, name)
		require.Equal(t, wantRun(), got, name)
		got, err = ReadConfig(iotest.OneByteReader(bytes.NewReader(in)))
		require.NoError(t, err, name)
		require.Equal(t, wantRun(), got, name)
	}
}

// neverEnds blocks, as an input does that nobody closes.
type neverEnds struct{ t *testing.T }

func (n neverEnds) Read([]byte) (int, error) {
	n.t.Fatal("read past the end of the configuration")
	return 0, nil
}

func TestReadConfigStopsAtItsEnd(t *testing.T) {
	in := &onlyWhatThereIs{r: strings.NewReader(fmt.Sprintf(runXML, "utf-8")), then: neverEnds{t}}
	_, err := ReadConfig(in)
	require.NoError(t, err)
}

type onlyWhatThereIs struct {
	r    *strings.Reader
	then neverEnds
}

func (o *onlyWhatThereIs) Read(p []byte) (int, error) {
	if o.r.Len() == 0 {
		return o.then.Read(p)
	}
	return o.r.Read(p[:1])
}

func TestReadConfigRefuses(t *testing.T) {
	read := func(in, want string) {
		t.Helper()
		_, err := ReadConfig(strings.NewReader(in))
		require.EqualError(t, err, "cannot read the configuration on the standard input: "+want)
	}
	read("", "it is empty: expected <input>")
	read("  \n", "it is empty: expected <input>")
	read("<items></items>", "expected <input>, found <items>")
	read("<input><server_host>", "XML syntax error on line 1: unexpected EOF")
	read("<input>\n<session_key>a&topsecret</session_key></input>", "line 2: the session key is not well-formed")
	read(`<?xml version="1.0" encoding="ebcdic"?><input/>`, `xml: opening charset "ebcdic": the encoding "ebcdic" is not known: expected utf-8`)
	read("<input>"+strings.Repeat(" ", maxConfig), "it is larger than 16 MiB")
	_, err := ReadItems(strings.NewReader("<items><server_host>h</server_host></items>"))
	require.EqualError(t, err, "cannot read the item on the standard input: expected one item, found 0")
}

func TestEmptyConfiguration(t *testing.T) {
	c, err := ReadConfig(strings.NewReader(`<input><server_host>h</server_host><configuration/></input>`))
	require.NoError(t, err)
	require.Empty(t, c.Stanzas)
	require.Contains(t, string(c.AppendXML(nil)), "<configuration/>")
}

func TestItems(t *testing.T) {
	c := wantRun()
	c.Stanzas = c.Stanzas[:1]
	c.Stanzas[0].Name, c.Stanzas[0].App = "aaa", ""
	got, err := ReadItems(bytes.NewReader(c.AppendItems(nil)))
	require.NoError(t, err)
	require.Equal(t, c, got)
}

func TestStanza(t *testing.T) {
	s := &wantRun().Stanzas[0]
	require.Equal(t, "aaa", s.Title())
	require.Equal(t, "value1", s.Get("multiValue"))
	require.Equal(t, []string{"value1", ""}, s.Values("multiValue"))
	_, ok := s.Lookup("none")
	require.False(t, ok)
	require.False(t, s.Disabled())
	s.Set("disabled", "true")
	require.True(t, s.Disabled())
}

func TestSecretIsNeverPrinted(t *testing.T) {
	c := Config{SessionKey: "topsecret"}
	j, err := json.Marshal(c)
	require.NoError(t, err)
	for _, s := range []string{
		fmt.Sprint(c), fmt.Sprintf("%+v %#v %s %q %x %d", c, c, c.SessionKey, c.SessionKey, c.SessionKey, c.SessionKey),
		c.SessionKey.String(), string(j),
	} {
		require.NotContains(t, s, "topsecret")
		require.NotContains(t, s, fmt.Sprintf("%x", "topsecret"))
		require.Contains(t, s, "***")
	}
	require.Empty(t, Secret("").String())
	require.Equal(t, "topsecret", c.SessionKey.Reveal())
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(runXML, "utf-8")))
	f.Add(utf16Bytes(fmt.Sprintf(runXML, "utf-16"), binary.LittleEndian, true))
	f.Add([]byte("<input><configuration><stanza><param><param_list><value>x</value></param_list></param><value/></stanza></configuration></input>"))
	f.Add([]byte("\xFF\xFE<\x00i"))
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := ReadConfig(bytes.NewReader(in))
		if err != nil {
			return
		}
		again, err := ReadConfig(bytes.NewReader(c.AppendXML(nil)))
		require.NoError(t, err)
		again2, err := ReadConfig(bytes.NewReader(again.AppendXML(nil)))
		require.NoError(t, err)
		require.Equal(t, again, again2)
		require.Len(t, again.Stanzas, len(c.Stanzas))
		for i, s := range c.Stanzas {
			require.Equal(t, s.Name, again.Stanzas[i].Name)
			require.Len(t, again.Stanzas[i].Params, len(s.Params))
			for j, p := range s.Params {
				require.Equal(t, p.Name, again.Stanzas[i].Params[j].Name)
				require.Len(t, again.Stanzas[i].Params[j].Values, len(p.Values))
				for k := range p.Values {
					require.Equal(t, p.Values[k], again.Stanzas[i].Params[j].Values[k])
				}
			}
		}
	})
}
