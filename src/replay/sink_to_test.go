package replay

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

func TestParseTo(t *testing.T) {
	for arg, want := range map[string]To{
		"hec:https://h:8088":                          {Kind: ToHEC, Address: "https://h:8088", Form: FormHEC},
		"hec:http://h:1/pre/services/collector/event": {Kind: ToHEC, Address: "http://h:1/pre", Form: FormHEC},
		"hec:https://h:8088,format=raw":               {Kind: ToHEC, Address: "https://h:8088", Form: FormRaw},
		"splunk:https://h:8089":                       {Kind: ToSplunk, Address: "https://h:8089"},
		"splunk:h":                                    {Kind: ToSplunk, Address: "https://h:8089"},
		"index:a,b":                                   {Kind: ToIndex, Path: "a,b"},
		"file:out":                                    {Kind: ToFile, Path: "out", Form: FormTree},
		"file:out/":                                   {Kind: ToFile, Path: "out/", Form: FormTree},
		"file:out.log":                                {Kind: ToFile, Path: "out.log", Form: FormRaw},
		"file:OUT.XML":                                {Kind: ToFile, Path: "OUT.XML", Form: FormRaw},
		"file:out.jsonl":                              {Kind: ToFile, Path: "out.jsonl", Form: FormHEC},
		"file:out,format=hec":                         {Kind: ToFile, Path: "out", Form: FormHEC},
		"file:a,b.log,format=tree":                    {Kind: ToFile, Path: "a,b.log", Form: FormTree},
		`file:C:\x\y.log`:                             {Kind: ToFile, Path: `C:\x\y.log`, Form: FormRaw},
		"stdout":                                      {Kind: ToStdout},
		"stdout,format=hec":                           {Kind: ToStdout, Form: FormHEC},
		"attack-range:attack_range.yml":               {Kind: ToAttackRange, Path: "attack_range.yml"},
		"attack-range:attack_range.yml,host=192.0.2.1": {Kind: ToAttackRange, Path: "attack_range.yml", Host: "192.0.2.1"},
	} {
		got, err := ParseTo(arg)
		require.NoError(t, err, arg)
		require.Equal(t, want, got, arg)
	}
}

func TestParseToSaysWhatIsWrong(t *testing.T) {
	for arg, want := range map[string]string{
		"":                        "--to: expected a sink\n    hint: " + toUsage,
		"hec":                     "--to:1:1: expected hec:URL\n    hec\n    ~~~\n    hint: " + toUsage,
		"hec:h:8088":              "--to:1:5: cannot use the collector's address \"h:8088\": expected http://HOST:PORT or https://HOST:PORT\n    hec:h:8088\n        ~~~~~~\n    hint: for example https://splunk.example.com:8088",
		"https://h:8088":          "--to:1:1: expected the kind of sink before its address\n    https://h:8088\n    ~~~~~\n    hint: write \"hec:https://h:8088\" or \"splunk:https://h:8088\"",
		"fil:x":                   "--to:1:1: no such sink \"fil\"\n    fil:x\n    ~~~\n    hint: did you mean \"file\"?",
		"kafka:x":                 "--to:1:1: no such sink \"kafka\"\n    kafka:x\n    ~~~~~\n    hint: " + toUsage,
		"stdout:x":                "--to:1:1: expected stdout\n    stdout:x\n    ~~~~~~~~\n    hint: " + toUsage,
		"stdout,format=tree":      "--to:1:8: a sink \"stdout\" has no format \"tree\"\n    stdout,format=tree\n           ~~~~~~~~~~~\n    hint: it has raw, hec",
		"stdout,x=y":              "--to:1:8: cannot use the option \"x=y\" here\n    stdout,x=y\n           ~~~\n    hint: " + toUsage,
		"index:d,format=raw":      "--to:1:9: a sink \"index\" has no format \"raw\"\n    index:d,format=raw\n            ~~~~~~~~~~\n    hint: it has none",
		"file:x.log.gz":           "--to:1:6: cannot write a packed file\n    file:x.log.gz\n         ~~~~~~~~\n    hint: pack it afterwards: a run that is resumed cuts the file where it stood",
		"file:":                   "--to:1:1: expected file:PATH\n    file:\n    ~~~~~\n    hint: " + toUsage,
		"hec:https://h:1,host=x":  "--to:1:17: cannot use the option \"host=x\" here\n    hec:https://h:1,host=x\n                    ~~~~~~\n    hint: " + toUsage,
		"hec:https://u:secret@h/": "cannot use the collector's address: it holds more than scheme, host, port and path\n    hint: the token is given apart from the address",
	} {
		_, err := ParseTo(arg)
		require.EqualError(t, err, want, arg)
	}
}

func FuzzParseTo(f *testing.F) {
	for _, arg := range []string{"hec:https://h:8088,format=raw", "stdout,format=hec", "file:a,b,format=tree", "attack-range:x,host=h", "https://x", ",,=", ":"} {
		f.Add(arg)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		to, err := ParseTo(arg)
		if err != nil {
			var m diag.Message
			require.ErrorAs(t, err, &m)
			require.NotEmpty(t, m.Hint)
			return
		}
		require.NotEmpty(t, to.Kind.String())
		require.NotEmpty(t, to.Form.String())
	})
}
