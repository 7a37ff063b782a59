package ingest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseInput(t *testing.T) {
	for arg, want := range map[string]Input{
		"a.log":                           {Path: "a.log"},
		"a,b.log":                         {Path: "a,b.log"},
		"a,b.log,host=h":                  {Path: "a,b.log", Metadata: Metadata{Host: "h"}},
		"a=b.log":                         {Path: "a=b.log"},
		"d/x,1=2.log,index=i":             {Path: "d/x,1=2.log", Metadata: Metadata{Index: "i"}},
		"a.log,source=s=t,sourcetype=x:y": {Path: "a.log", Metadata: Metadata{Source: "s=t", Sourcetype: "x:y"}},
		"a.log,sourcetype=s,source=t,host=h,index=i,format=hec": {Path: "a.log", Metadata: Metadata{"s", "t", "h", "i", "hec"}},
		`C:\logs\a.log,format=winevent`:                         {Path: `C:\logs\a.log`, Metadata: Metadata{Format: "winevent"}},
	} {
		got, err := ParseInput(arg)
		require.NoError(t, err, arg)
		require.Equal(t, want, got, arg)
	}
}

func TestParseInputRefuses(t *testing.T) {
	for arg, want := range map[string]string{
		"a.log,sourcetyp=x":    "<data>:1:7: unknown option \"sourcetyp\"\n    a.log,sourcetyp=x\n          ~~~~~~~~~~~\n    hint: did you mean \"sourcetype\"?",
		"a.log,colour=x":       "<data>:1:7: unknown option \"colour\"\n    a.log,colour=x\n          ~~~~~~~~\n    hint: the options are sourcetype, source, host, index, format",
		"a.log,host=":          "<data>:1:7: option \"host\" has no value\n    a.log,host=\n          ~~~~~\n    hint: write PATH[,sourcetype=S][,source=S][,host=H][,index=I][,format=F]",
		"a.log,host=a,host=b":  "<data>:1:7: option \"host\" is given twice\n    a.log,host=a,host=b\n          ~~~~~~",
		"a.log,format=hek":     "<data>:1:7: unknown format \"hek\"\n    a.log,format=hek\n          ~~~~~~~~~~\n    hint: did you mean \"hec\"?",
		"a.log,format=parquet": "<data>:1:7: unknown format \"parquet\"\n    a.log,format=parquet\n          ~~~~~~~~~~~~~~\n    hint: the formats are csv, winevent, nxlog, splunk, json, hec, stash, auditd, syslog, lines",
		"":                     "<data>: the argument names no file\n    hint: write PATH[,sourcetype=S][,source=S][,host=H][,index=I][,format=F]",
		",host=a":              "<data>:1:1: the argument names no file\n    ,host=a\n    ~\n    hint: write PATH[,sourcetype=S][,source=S][,host=H][,index=I][,format=F]",
	} {
		_, err := ParseInput(arg)
		require.EqualError(t, err, want, arg)
	}
}

func TestAFileMayBeNamedLikeAnOption(t *testing.T) {
	for _, name := range []string{"x,sourcetyp=y", "x,host=y", "x,host=y,index=z"} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
		in, err := ParseInput(path + ",source=s")
		require.NoError(t, err)
		require.Equal(t, Input{Path: path, Metadata: Metadata{Source: "s"}}, in)
	}
}
