package scp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// request is the metadata that splunkd sends.
type request struct {
	Action      string      `json:"action"`
	Preview     bool        `json:"preview"`
	WillRestart bool        `json:"streaming_command_will_restart,omitempty"`
	Finished    bool        `json:"finished,omitempty"`
	Search      *searchInfo `json:"searchinfo,omitempty"`
}

// searchInfo is sent with getinfo. Keys that are not known are passed over.
type searchInfo struct {
	Args        []string `json:"args"`
	RawArgs     []string `json:"raw_args"`
	DispatchDir string   `json:"dispatch_dir"`
	SID         text     `json:"sid"`
	App         string   `json:"app"`
	Owner       string   `json:"owner"`
	User        string   `json:"username"`
	SessionKey  string   `json:"session_key"`
	SplunkdURI  string   `json:"splunkd_uri"`
	Version     text     `json:"splunk_version"`
	Search      string   `json:"search"`
	Command     string   `json:"command"`
	MaxRows     number   `json:"maxresultrows"`
	Earliest    text     `json:"earliest_time"`
	Latest      text     `json:"latest_time"`
}

// text is a string that some send as a number.
type text string

// UnmarshalJSON takes strings, numbers and null.
func (t *text) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		return json.Unmarshal(b, (*string)(t))
	case 'n':
		return nil
	case '{', '[', 't', 'f':
		return fmt.Errorf("found %.20s where a text is expected", b)
	}
	*t = text(b)
	return nil
}

// number is a whole number that some send as a string or with a fraction.
type number int

// UnmarshalJSON takes numbers, numbers in strings, and null.
func (n *number) UnmarshalJSON(b []byte) error {
	var f float64
	if s := strings.Trim(string(b), `"`); s != "" && s != "null" {
		if err := json.Unmarshal([]byte(s), &f); err != nil {
			return fmt.Errorf("found %.20s where a number is expected", b)
		}
	}
	if f > 0 && f < 1<<31 {
		*n = number(f)
	}
	return nil
}

// parseRequest reads metadata.
func parseRequest(metadata []byte) (*request, error) {
	r := &request{}
	if err := unmarshalObject(metadata, r); err != nil {
		return nil, err
	}
	return r, nil
}

// unmarshalObject reads a JSON object and says what is wrong in words.
func unmarshalObject(metadata []byte, to any) error {
	if len(metadata) == 0 {
		return fmt.Errorf("%w: there is none", ErrMetadata)
	}
	if b := bytes.TrimLeft(metadata, " \t\r\n"); len(b) == 0 || b[0] != '{' {
		return fmt.Errorf("%w: it is no JSON object but %.40q", ErrMetadata, metadata)
	}
	err := json.Unmarshal(metadata, to)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return fmt.Errorf("%w: %s is a %s, expected %s", ErrMetadata, wrong.Field, wrong.Value, jsonName(wrong.Type.Kind().String()))
	case err != nil:
		return fmt.Errorf("%w: %v", ErrMetadata, err)
	}
	return nil
}

// jsonName is a Go kind in JSON's words.
func jsonName(kind string) string {
	switch kind {
	case "slice":
		return "an array"
	case "struct", "ptr", "map":
		return "an object"
	case "bool":
		return "true or false"
	case "string":
		return "a string"
	}
	return "a number"
}

// info is what a command is told.
func (r *request) info() *Info {
	s := r.Search
	if s == nil {
		s = &searchInfo{}
	}
	search, err := url.PathUnescape(s.Search)
	if err != nil {
		search = s.Search
	}
	return &Info{
		Args: s.Args, RawArgs: s.RawArgs, Command: s.Command,
		App: s.App, Owner: s.Owner, User: s.User, SID: string(s.SID), DispatchDir: s.DispatchDir,
		SessionKey: Secret(s.SessionKey), SplunkdURI: s.SplunkdURI, Version: string(s.Version), Search: search,
		MaxRows: int(s.MaxRows), Earliest: string(s.Earliest), Latest: string(s.Latest),
		Preview: r.Preview, WillRestart: r.WillRestart,
	}
}

// getinfoRequest is the metadata that a host sends first.
func getinfoRequest(i *Info) ([]byte, error) {
	return marshal(&request{
		Action: "getinfo", Preview: i.Preview, WillRestart: i.WillRestart,
		Search: &searchInfo{
			Args: nonNil(i.Args), RawArgs: nonNil(i.RawArgs), DispatchDir: i.DispatchDir, SID: text(i.SID),
			App: i.App, Owner: i.Owner, User: i.User, SessionKey: i.SessionKey.Reveal(), SplunkdURI: i.SplunkdURI,
			Version: text(i.Version), Search: strings.ReplaceAll(url.QueryEscape(i.Search), "+", "%20"), Command: i.Command,
			MaxRows: number(i.MaxRows), Earliest: text(i.Earliest), Latest: text(i.Latest),
		},
	})
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// marshal is JSON without the escapes for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}
