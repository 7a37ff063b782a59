package evtx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tokensOf flattens XML into tags with sorted attributes, and texts, through a
// normal form of values that differ only in how programs write them.
func tokensOf(t testing.TB, text []byte, normal func(string) string) (out []string) {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err, "%s", text)
		switch x := token.(type) {
		case xml.StartElement:
			var attrs []string
			for _, a := range x.Attr {
				if a.Value != "" {
					attrs = append(attrs, a.Name.Local+"="+normal(a.Value))
				}
			}
			sort.Strings(attrs)
			out = append(out, "<"+x.Name.Local+" "+strings.Join(attrs, " "))
		case xml.CharData:
			if s := strings.TrimSpace(string(x)); s != "" {
				out = append(out, normal(s))
			}
		}
	}
}

var (
	eventText  = regexp.MustCompile(`(?s)<Event[ >].*?</Event>`)
	astral     = regexp.MustCompile(`[\x{10000}-\x{10ffff}]`)
	longHex    = regexp.MustCompile(`^0x0+([0-9a-f])`)
	oracleTime = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)\.\d+Z?$`)
)

// likeOthers: evtxexport writes hex numbers with all their digits, python-evtx
// GUIDs in small letters and times in microseconds; the former makes another
// character of a pair of surrogates.
func likeOthers(s string) string {
	s = astral.ReplaceAllString(s, "?")
	s = longHex.ReplaceAllString(strings.ToLower(s), "0x$1")
	return oracleTime.ReplaceAllString(strings.ToUpper(s), "$1 $2")
}

// oracles are others' readers as Debian has them.
var oracles = []struct {
	program, env string
	args         []string
}{
	{"evtxexport", "", []string{"-f", "xml", "-l", os.DevNull}},
	{"evtx_dump.py", "PYTHONPATH=/usr/lib/python3/dist-packages", nil},
}

func TestAgainstOtherReaders(t *testing.T) {
	many := filepath.Join(t.TempDir(), "many.evtx")
	require.NoError(t, os.WriteFile(many, bigLog(300), 0o600))
	for _, o := range oracles {
		t.Run(o.program, func(t *testing.T) {
			path, err := exec.LookPath(o.program)
			if err != nil {
				t.Skipf("%s is not installed (Debian: libevtx-utils, python3-evtx): the reader is not compared with it", o.program)
			}
			for _, file := range []string{samplePath, many} {
				data, err := os.ReadFile(file)
				require.NoError(t, err)
				records, problems := readLog(data, Options{})
				require.Empty(t, problems)
				cmd := exec.Command(path, append(o.args, file)...)
				cmd.Env = append(os.Environ(), o.env)
				out, err := cmd.Output()
				require.NoError(t, err)
				theirs := eventText.FindAll(out, -1)
				require.Len(t, theirs, len(records))
				for i, r := range records {
					require.Equal(t, tokensOf(t, theirs[i], likeOthers), tokensOf(t, r.XML, likeOthers))
				}
			}
		})
	}
}
