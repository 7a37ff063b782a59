package replay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// JSON is the plan's bytes: those that are hashed, kept and printed.
func (p *Plan) JSON() []byte { return jsonText(p) }

// jsonText is indented JSON of a value that always can be written.
func jsonText(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		panic(err) // our own types, without channels and cycles
	}
	return b.Bytes()
}

// Hash is the SHA-256 of JSON, in hex.
func (p *Plan) Hash() string { return sha256Hex(p.JSON()) }

func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Request is a hash of what was asked for, whatever the moment: files, their
// contents and the settings. Two plans with one Request would send the same
// events, at other times.
func (p *Plan) Request() string {
	r := *p
	r.Now = 0
	r.Datasets = append([]Dataset(nil), p.Datasets...)
	for i := range r.Datasets {
		d := &r.Datasets[i]
		// Recorded times may depend on now, where a text has no time or no year.
		d.Shift, d.First, d.Last, d.NewFirst, d.NewLast = Shift{}, 0, 0, 0, 0
		d.Files = append([]File(nil), d.Files...)
		for j := range d.Files {
			d.Files[j].First, d.Files[j].Last = 0, 0
		}
	}
	return r.Hash()
}

// maxPlan bounds the plan that is read.
const maxPlan = 1 << 30

// ReadPlan reads what JSON wrote.
func ReadPlan(data []byte) (*Plan, error) {
	p := &Plan{}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(p); err != nil {
		return nil, diag.Message{Text: "cannot read the plan: " + err.Error(), Cause: err, Hint: "it is JSON as --plan prints it"}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, diag.Message{Text: "cannot read the plan: more stands behind it"}
	}
	if why := p.wrong(); why != "" {
		return nil, diag.Message{Text: "cannot use the plan: " + why, Hint: "plans are made by --plan and not changed by hand"}
	}
	return p, nil
}

// wrong says what does not fit together.
func (p *Plan) wrong() string {
	if p.Version != 1 {
		return "its version is " + strconv.Itoa(p.Version) + ", not 1"
	}
	if err := p.Settings.Check(); err != nil {
		return err.Error()
	}
	var events, bytes int64
	for _, d := range p.Datasets {
		if why := d.wrong(); why != "" {
			return "dataset " + strconv.Quote(d.Name) + ": " + why
		}
		events += d.Events
		bytes += d.Bytes
	}
	if events != p.Events || bytes != p.Bytes || events == 0 {
		return "its counts are not those of its datasets"
	}
	return ""
}

func (d *Dataset) wrong() string {
	if t, ok := event.ParseTime(d.Shift.Seconds); !ok || t.String() != d.Shift.Seconds {
		return "its shift is no number of seconds: " + strconv.Quote(d.Shift.Seconds)
	}
	if s := d.Shift; (s.Num != 0 || s.Den != 0) && (s.Num <= 0 || s.Den <= 0) {
		return "its scale is not greater than 0"
	}
	var events, bytes int64
	for _, f := range d.Files {
		var grouped int64
		for _, g := range f.Groups {
			if g.Events <= 0 {
				return "a group of " + strconv.Quote(f.Path) + " has no events"
			}
			grouped += g.Events
		}
		if grouped != f.Events || f.Events <= 0 || f.Bytes < 0 || f.Size < 0 {
			return "the counts of " + strconv.Quote(f.Path) + " do not fit"
		}
		events += f.Events
		bytes += f.Bytes
	}
	if events != d.Events || bytes != d.Bytes {
		return "its counts are not those of its files"
	}
	return ""
}

// NewID is the id of a run: the first 12 digits of the plan's hash, "-", and the
// start in UTC: 3f9a0c12b4de-20260115T122000Z.
func NewID(p *Plan, start time.Time) string {
	return p.Hash()[:12] + "-" + start.UTC().Format("20060102T150405Z")
}

// compactJSON is JSON of such a value in one line, with its end.
func compactJSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // as above
	}
	return b.Bytes()
}
