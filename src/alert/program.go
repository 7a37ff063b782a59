package alert

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"riskreplay/src/results"
	"riskreplay/src/scp"
)

func cutParam(key string) (string, bool) { return strings.CutPrefix(key, "param.") }

// payload is what splunkd tells a program on its standard input.
type payload struct {
	App           string            `json:"app" xml:"app"`
	Owner         string            `json:"owner" xml:"owner"`
	ResultsFile   string            `json:"results_file" xml:"results_file"`
	ResultsLink   string            `json:"results_link" xml:"results_link"`
	SearchURI     string            `json:"search_uri" xml:"search_uri"`
	ServerHost    string            `json:"server_host" xml:"server_host"`
	ServerURI     string            `json:"server_uri" xml:"server_uri"`
	SessionKey    string            `json:"session_key" xml:"session_key"`
	SID           string            `json:"sid" xml:"sid"`
	SearchName    string            `json:"search_name" xml:"search_name"`
	Configuration map[string]string `json:"configuration" xml:"-"`
	Result        map[string]any    `json:"result" xml:"-"`
}

// run starts a program as splunkd does: with --execute, the payload on its standard
// input, the results in a file of compressed CSV. Its standard error is logged; any
// exit code but 0 is an error.
func (o *Outside) run(ctx context.Context, d Declared, t *Tokens, params map[string]string) (err error) {
	file, args, err := o.Program(d)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "riskreplay-alert-")
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, os.RemoveAll(dir)) }()
	p := payload{
		App: t.Saved.App, Owner: owner, ResultsLink: t.Link, ServerHost: host, ServerURI: o.ServerURI, SID: t.Run.SID, SearchName: t.Saved.Name,
		SearchURI: "/servicesNS/" + owner + "/" + t.Saved.App + "/saved/searches/" + t.Saved.Name, Configuration: params, Result: t.result(),
		ResultsFile: filepath.Join(dir, "results.csv.gz"),
	}
	if o.SessionKey != nil {
		p.SessionKey = o.SessionKey()
	}
	if err := writeResults(p.ResultsFile, t); err != nil {
		return err
	}
	input, err := p.encode(d)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, d.Time)
	defer stop()
	return o.execute(ctx, d, file, append(append(args, "--execute"), d.Args...), input)
}

func (o *Outside) execute(ctx context.Context, d Declared, file string, args []string, input []byte) error {
	cmd := exec.CommandContext(ctx, file, args...)
	scp.OwnGroup(cmd)
	cmd.WaitDelay = 2 * time.Second // a grandchild that holds a pipe open holds nobody up
	cmd.Stdin = bytes.NewReader(input)
	stdout, stderr := &lines{say: o.line(d.Name, "STDOUT")}, &lines{say: o.line(d.Name, "STDERR")}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	stdout.end()
	stderr.end()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("it took longer than %s and was killed", d.Time)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return fmt.Errorf("it ended with exit code %d%s", exit.ExitCode(), lastLine(stderr))
	}
	return err
}

func lastLine(l *lines) string {
	if l.last == "" {
		return ""
	}
	return ": " + l.last
}

func (o *Outside) line(action, stream string) func(string) {
	return func(text string) {
		if o.Log != nil {
			o.Log(action, stream, text)
		}
	}
}

func writeResults(name string, t *Tokens) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	z := gzip.NewWriter(f)
	return errors.Join(results.WriteCSV(z, t.Rows), z.Close(), f.Close())
}

// encode is the payload in the form that the action asks for.
func (p *payload) encode(d Declared) ([]byte, error) {
	if d.JSON {
		return json.Marshal(p)
	}
	type entry struct {
		Name  string `xml:"name,attr"`
		Value string `xml:",chardata"`
	}
	type field struct {
		Key   string   `xml:"k,attr"`
		Value []string `xml:"value>text"`
	}
	out := struct {
		XMLName xml.Name `xml:"alert"`
		payload
		Configuration struct {
			Stanza struct {
				Name   string  `xml:"name,attr"`
				Params []entry `xml:"param"`
			} `xml:"stanza"`
		} `xml:"configuration"`
		Result struct {
			Fields []field `xml:"field"`
		} `xml:"result"`
	}{payload: *p}
	out.Configuration.Stanza.Name = d.Name
	for _, k := range slices.Sorted(maps.Keys(p.Configuration)) {
		out.Configuration.Stanza.Params = append(out.Configuration.Stanza.Params, entry{k, p.Configuration[k]})
	}
	for _, k := range slices.Sorted(maps.Keys(p.Result)) {
		values, many := p.Result[k].([]string)
		if !many {
			values = []string{fmt.Sprint(p.Result[k])}
		}
		out.Result.Fields = append(out.Result.Fields, field{k, values})
	}
	return xml.Marshal(out)
}

// lines gives what is written line by line, at most so much of it.
type lines struct {
	say  func(string)
	mu   sync.Mutex
	rest []byte
	seen int
	last string
}

const (
	maxLine = 8 << 10
	maxSaid = 1 << 20
)

// Write never fails: a program is not to end because nobody listens.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for rest := p; len(rest) > 0; {
		line, more, found := bytes.Cut(rest, []byte("\n"))
		if room := maxLine - len(l.rest); room > 0 {
			l.rest = append(l.rest, line[:min(len(line), room)]...)
		}
		if !found {
			break
		}
		l.flush()
		rest = more
	}
	return len(p), nil
}

func (l *lines) flush() {
	text := strings.TrimRight(strings.ToValidUTF8(string(l.rest), "\uFFFD"), "\r")
	l.rest = l.rest[:0]
	if text == "" || l.seen > maxSaid {
		return
	}
	l.seen += len(text)
	l.last = text
	l.say(text)
}

func (l *lines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
}
