package scp_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"riskreplay/src/scp"
)

// A conversation is a file of testdata/scp/conversations:
//
//	# why
//	command shout
//	-> METADATA      a request; the lines that follow are its body
//	-! TEXT          bytes as they are, without a frame
//	<- METADATA      the reply expected, and its body
//	exit 0           how the program ends; nothing is on its stderr
//
// ␍ is a CR, ␀ a NUL, ⟨ff⟩ a byte that is not UTF-8; ␊ is a line end in a line. A
// body's last line end is left out when the line ends in a ¶.
type script struct {
	command string
	in      []byte
	want    []string // replies as "METADATA\nBODY"
	exit    int
}

func readScript(t *testing.T, path string) script {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return parseScript(t, path, string(text))
}

func parseScript(t testing.TB, path, text string) script {
	t.Helper()
	s := script{exit: -1}
	var metadata, body string
	var kind byte
	flush := func() {
		switch kind {
		case '>':
			s.in = fmt.Appendf(s.in, "chunked 1.0,%d,%d\n%s%s", len(metadata), len(body), metadata, body)
		case '<':
			s.want = append(s.want, metadata+"\n"+body)
		}
		kind, body = 0, ""
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "-> "):
			flush()
			kind, metadata = '>', unescape.Replace(line[3:])
		case strings.HasPrefix(line, "<- "):
			flush()
			kind, metadata = '<', unescape.Replace(line[3:])
		case strings.HasPrefix(line, "-! "):
			flush()
			s.in = append(s.in, unescape.Replace(line[3:])...)
		case strings.HasPrefix(line, "exit "):
			flush()
			_, err := fmt.Sscanf(line, "exit %d", &s.exit)
			require.NoError(t, err)
		case kind != 0:
			if cut, ok := strings.CutSuffix(line, "¶"); ok {
				body += unescape.Replace(cut)
			} else {
				body += unescape.Replace(line) + "\n"
			}
		case strings.HasPrefix(line, "command "):
			s.command = line[len("command "):]
		default:
			require.True(t, line == "" || line[0] == '#', "%s: what is %q?", path, line)
		}
	}
	require.NotEqual(t, -1, s.exit, "%s says no exit code", path)
	return s
}

// replies splits what a program wrote.
func replies(t *testing.T, out []byte) (list []string) {
	t.Helper()
	for len(out) > 0 {
		var meta, body int
		line, rest, ok := bytes.Cut(out, []byte("\n"))
		require.True(t, ok, "%q", out)
		_, err := fmt.Sscanf(string(line), "chunked 1.0,%d,%d", &meta, &body)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(rest), meta+body, "a reply is whole")
		list = append(list, string(rest[:meta])+"\n"+string(rest[meta:meta+body]))
		out = rest[meta+body:]
	}
	return list
}

// ids are those of panics.
var ids = regexp.MustCompile(`internal error [0-9a-z]+`)

func TestConversations(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/scp/conversations/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			s := readScript(t, path)
			command, ok := commands[s.command]
			require.True(t, ok, "no command %q", s.command)
			for name, in := range map[string]io.Reader{"at once": bytes.NewReader(s.in), "byte by byte": iotest.OneByteReader(bytes.NewReader(s.in))} {
				var out, stderr bytes.Buffer
				p := scp.Program{Command: command, In: in, Out: &out, Stderr: &stderr}
				exit := p.Run()
				got := replies(t, out.Bytes())
				for i := range got {
					got[i] = ids.ReplaceAllString(got[i], "internal error ID")
				}
				require.Equal(t, s.want, got, name)
				require.Equal(t, s.exit, exit)
				if s.command != "crash" && s.command != "loose" {
					require.Empty(t, stderr.String())
				}
			}
		})
	}
}
