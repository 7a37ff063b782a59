package replay

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"unicode/utf8"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// letter is a line of the dead-letter file. Its keys are those of a HEC envelope
// and three more, so that the file can be replayed itself (format=hec).
type letter struct {
	Time       json.Number    `json:"time"`
	Host       string         `json:"host,omitempty"`
	Source     string         `json:"source,omitempty"`
	Sourcetype string         `json:"sourcetype,omitempty"`
	Index      string         `json:"index,omitempty"`
	Event      string         `json:"event"`
	Fields     map[string]any `json:"fields,omitempty"`
	Replay     letterOfReplay `json:"replay"`
}

type letterOfReplay struct {
	Reason string `json:"reason"`
	// File and Offset are where the event stands (see ingest.Origin), Seq is its number in the run.
	File   string `json:"file"`
	Offset int64  `json:"offset"`
	Seq    int64  `json:"seq"`
	// Base64 is the event when it is not UTF-8, and so not the text above.
	Base64 []byte `json:"event_base64,omitempty"`
}

// deadFile is dead.jsonl; nil drops what it is given. It is made with the first
// event.
type deadFile struct {
	path  string
	file  *os.File
	size  int64
	dirty bool
}

// openDead cuts off what lies behind size: it was not counted.
func openDead(path string, size int64) (*deadFile, error) {
	d := &deadFile{path: path, size: size}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && size == 0:
		return d, nil
	case err != nil:
		return nil, cannotRead(path, err)
	case info.Size() < size:
		return nil, diag.Message{
			Text: "cannot go on: the dead-letter file " + strconv.Quote(path) + " is shorter than it was",
			Hint: "restore it; it held the only copy of what the sink refused",
		}
	}
	if err := os.Truncate(path, size); err != nil {
		return nil, cannotWrite(path, err)
	}
	return d, nil
}

// write adds lines, and gives how long the file is then.
func (d *deadFile) write(b *pending, dead []Dead) (int64, error) {
	if d == nil {
		return 0, nil
	}
	if d.file == nil {
		file, err := os.OpenFile(d.path, os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			return d.size, cannotWrite(d.path, err)
		}
		d.file = file
	}
	var lines []byte
	for _, x := range dead {
		lines = append(lines, compactJSON(newLetter(b, x))...)
	}
	// What a write that failed left is written over by the next.
	if _, err := d.file.WriteAt(lines, d.size); err != nil {
		return d.size, cannotWrite(d.path, err)
	}
	d.size += int64(len(lines))
	d.dirty = true
	return d.size, nil
}

func newLetter(b *pending, x Dead) letter {
	e := &b.Events[x.Event]
	l := letter{
		Time: json.Number(e.Time.String()), Host: e.Host, Source: e.Source, Sourcetype: e.Sourcetype, Index: e.Index,
		Event: string(e.Raw), Fields: fieldMap(e.Fields),
		Replay: letterOfReplay{Reason: x.Reason, File: b.origins[x.Event].File, Offset: b.origins[x.Event].Offset, Seq: b.first + int64(x.Event)},
	}
	if !utf8.Valid(e.Raw) {
		l.Replay.Base64 = e.Raw
	}
	return l
}

// fieldMap is indexed fields as an envelope has them: several values are a list.
func fieldMap(fields []event.Field) map[string]any {
	if len(fields) == 0 {
		return nil
	}
	m := map[string]any{}
	for _, f := range fields {
		switch have := m[f.Name].(type) {
		case nil:
			m[f.Name] = f.Value
		case string:
			m[f.Name] = []string{have, f.Value}
		case []string:
			m[f.Name] = append(have, f.Value)
		}
	}
	return m
}

// sync waits until what was written is on the disk.
func (d *deadFile) sync() error {
	if d == nil || !d.dirty {
		return nil
	}
	if err := d.file.Sync(); err != nil {
		return cannotWrite(d.path, err)
	}
	d.dirty = false
	return nil
}

func (d *deadFile) close() error {
	if d == nil || d.file == nil {
		return nil
	}
	err := errors.Join(d.sync(), d.file.Close())
	d.file = nil
	return err
}

func cannotWrite(path string, err error) error {
	var p *fs.PathError
	cause := err.Error()
	if errors.As(err, &p) {
		cause = p.Err.Error()
	}
	return diag.Message{Text: "cannot write " + strconv.Quote(path) + ": " + cause, Cause: err}
}
