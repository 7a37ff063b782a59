//go:build unix

package alert

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// script is an action whose program is a shell script.
func script(t *testing.T, text string, json bool, limit time.Duration) *Outside {
	t.Helper()
	path := filepath.Join(t.TempDir(), "action.sh")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return &Outside{
		Declared:   map[string]Declared{"ticket": {Name: "ticket", App: "app", Args: []string{"-v"}, Params: map[string]string{"queue": "soc", "title": "none"}, Time: limit, JSON: json}},
		Program:    func(Declared) (string, []string, error) { return "/bin/sh", []string{path}, nil },
		SessionKey: func() string { return "key" }, ServerURI: "http://127.0.0.1:8089",
	}
}

const ticket = "[x]\nsearch = x\naction.ticket = 1\naction.ticket.param.title = $name$ on $result.dest$\n"

func TestProgramIsStartedAsSplunkdDoes(t *testing.T) {
	dir := t.TempDir()
	o := script(t, `echo "$@" > `+dir+`/args; cat > `+dir+`/payload; gzip -dc "$(sed 's/.*"results_file":"\([^"]*\)".*/\1/' `+dir+`/payload)" > `+dir+`/rows; echo said; echo complained >&2`, true, time.Minute)
	var mu sync.Mutex
	var log []string
	o.Log = func(action, stream, line string) {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, action+" "+stream+" "+line)
	}
	done := do(t, o, saved(t, ticket), table("dest", "WS-01,WS-02"))
	require.Empty(t, done.Messages)
	require.Equal(t, []string{"ticket"}, done.Actions)
	require.ElementsMatch(t, []string{"ticket STDOUT said", "ticket STDERR complained"}, log)
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return string(data)
	}
	require.Equal(t, "--execute -v\n", read("args"))
	require.Equal(t, "dest\nWS-01\nWS-02\n", read("rows"))
	var payload map[string]any
	require.NoError(t, json.Unmarshal([]byte(read("payload")), &payload))
	require.Equal(t, map[string]any{"queue": "soc", "title": "x on WS-01"}, payload["configuration"])
	require.Equal(t, map[string]any{"dest": "WS-01"}, payload["result"])
	for key, want := range map[string]string{"session_key": "key", "server_uri": "http://127.0.0.1:8089", "sid": run.SID, "search_name": "x", "owner": "nobody"} {
		require.Equal(t, want, payload[key], key)
	}
	require.NoFileExists(t, payload["results_file"].(string), "it goes when the program has ended")
}

func TestProgramThatTakesXML(t *testing.T) {
	dir := t.TempDir()
	done := do(t, script(t, "cat > "+dir+"/payload", false, time.Minute), saved(t, ticket), table("dest", "a&b"))
	require.Empty(t, done.Messages)
	data, err := os.ReadFile(filepath.Join(dir, "payload"))
	require.NoError(t, err)
	for _, want := range []string{
		"<alert>", "<search_name>x</search_name>", `<stanza name="ticket"><param name="queue">soc</param><param name="title">x on a&amp;b</param></stanza>`,
		`<field k="dest"><value><text>a&amp;b</text></value></field>`,
	} {
		require.Contains(t, string(data), want)
	}
}

func TestProgramThatFails(t *testing.T) {
	rows := table("dest", "a")
	require.ErrorContains(t, do(t, script(t, "echo no queue >&2; exit 3", true, time.Minute), saved(t, ticket), rows).Messages, "it ended with exit code 3: no queue")
	require.ErrorContains(t, do(t, script(t, "sleep 600 & wait", true, 50*time.Millisecond), saved(t, ticket), rows).Messages, "it took longer than 50ms and was killed")
	require.Empty(t, do(t, script(t, "exec <&-; exit 0", true, time.Minute), saved(t, ticket), rows).Messages, "it need not read")
}

func TestProgramThatNeverStopsTalking(t *testing.T) {
	lines := 0
	o := script(t, "yes "+strings.Repeat("x", 4000)+" | head -c 4000000 >&2; printf 'a\\377b' >&2", true, time.Minute)
	o.Log = func(_, _, _ string) { lines++ }
	require.Empty(t, do(t, o, saved(t, ticket), table("dest", "a")).Messages)
	require.Less(t, lines, 300, "a megabyte is enough")
}
