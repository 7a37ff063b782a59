package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChangedWhileRead: a dataset that changes under the input's hands is found
// out before its last block is sent. Once it is restored the run goes on, without
// repeating anything.
func TestChangedWhileRead(t *testing.T) {
	const total = 8_000
	changes := map[string]func(text []byte) []byte{
		"cut off":   func(text []byte) []byte { return text[:len(text)-3] },
		"emptied":   func([]byte) []byte { return nil },
		"appended":  func(text []byte) []byte { return append(text, "2026-01-15T11:05:00.000Z 99999999 more\n"...) },
		"rewritten": func(text []byte) []byte { return append(text[:len(text)-5], "abcd\n"...) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			path := numbered(t, total, 700)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			c := stanza(t.TempDir(), "dataset", path, "dataset_roots", filepath.Dir(path), "time", "now")
			p := start(t, c.AppendXML(nil))
			head := make([]byte, 100_000)
			_, err = io.ReadFull(p.out, head)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, change(bytes.Clone(text)), 0o600))
			rest, exit := p.finish(t)
			require.Equal(t, 1, exit)
			require.Contains(t, p.stderr.String(), "ERROR run ")
			require.Contains(t, p.stderr.String(), "cannot replay ")
			require.Contains(t, p.stderr.String(), "hint: make a new plan for what the file holds now, or restore the file")
			a := newArrived(total)
			a.take(t, parse(t, append(head, rest...)))
			require.Less(t, a.next, total, "its end is sent to nobody")
			require.NoError(t, os.WriteFile(path, text, 0o600))
			require.Zero(t, a.all(t, c), "nothing twice")
		})
	}
}

// TestRemovedBetweenRuns: a file that is gone at
// the next start is an error that says so.
func TestRemovedBetweenRuns(t *testing.T) {
	const total = 8_000
	path := numbered(t, total, 700)
	c := stanza(t.TempDir(), "dataset", path, "dataset_roots", filepath.Dir(path))
	a := newArrived(total)
	p := start(t, c.AppendXML(nil))
	head := make([]byte, 100_000)
	_, err := io.ReadFull(p.out, head)
	require.NoError(t, err)
	require.NoError(t, p.Process.Kill())
	rest, _ := io.ReadAll(p.out)
	_ = p.Wait()
	a.take(t, parse(t, append(head, rest...)))
	require.NoError(t, os.Rename(path, path+".away"))
	p = start(t, c.AppendXML(nil))
	out, exit := p.finish(t)
	require.Equal(t, 1, exit)
	require.Empty(t, parse(t, out))
	require.Contains(t, p.stderr.String(), "no such file or directory")
	require.NoError(t, os.Rename(path+".away", path))
	a.all(t, c)
}

// TestStandardInput: what splunkd might leave out.
func TestStandardInput(t *testing.T) {
	whole := stanza(t.TempDir(), "dataset", "samples/T1218.009").AppendXML(nil)
	for name, of := range map[string]struct{ in, want string }{
		"nothing":  {"", "it is empty: expected <input>"},
		"half":     {string(whole[:len(whole)/2]), "cannot read the configuration on the standard input"},
		"no XML":   {"dataset = samples\n", "cannot read the configuration on the standard input"},
		"an item":  {"<items/>", "expected <input>, found <items>"},
		"no value": {"<input><configuration><stanza name='replay://x'/></configuration></input>", "expected a dataset"},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, []byte(of.in))
			out, exit := p.finish(t)
			require.Equal(t, 1, exit)
			require.Empty(t, parse(t, out))
			require.Contains(t, p.stderr.String(), "ERROR ")
			require.Contains(t, p.stderr.String(), of.want)
			require.NotContains(t, p.stderr.String(), "secret")
		})
	}
}
