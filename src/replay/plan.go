package replay

import (
	"time"

	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/rebase"
)

// Instant is a moment, in JSON as 2026-01-15T11:40:12.345Z with as many digits as
// it has.
type Instant event.Time

// Plan is what a replay will do: what is read, from where and with which metadata,
// how many events, and by how much their times move. It is made by Scan and not
// changed afterwards. The same datasets, settings and moment give the same bytes.
type Plan struct {
	// Version is 1.
	Version  int      `json:"version"`
	Settings Settings `json:"settings"`
	// Now is the moment that the plan was made for.
	Now    Instant `json:"now"`
	Events int64   `json:"events"`
	// Bytes are those of the events' texts.
	Bytes    int64     `json:"bytes"`
	Datasets []Dataset `json:"datasets"`
}

// Dataset is files whose times move by one amount.
type Dataset struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	ID     string `json:"id,omitempty"`
	Events int64  `json:"events"`
	Bytes  int64  `json:"bytes"`
	// First and Last are its earliest and latest time as recorded, NewFirst and
	// NewLast as they will be sent.
	First    Instant `json:"first"`
	Last     Instant `json:"last"`
	NewFirst Instant `json:"new_first"`
	NewLast  Instant `json:"new_last"`
	Shift    Shift   `json:"shift"`
	Files    []File  `json:"files"`
}

// Shift is a rebase.Shift: t becomes base + (t-base)*num/den + delta.
type Shift struct {
	// Seconds is the delta, with a fraction where it has one.
	Seconds string  `json:"seconds"`
	Base    Instant `json:"base,omitempty"`
	Num     int64   `json:"num,omitempty"`
	Den     int64   `json:"den,omitempty"`
}

// File is one file of a dataset.
type File struct {
	Path string `json:"path"`
	// SHA256 (hex) and Size are those of the file as it stands on the disk.
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	// Format is what its text was broken by. GivenFormat and the metadata are what
	// an argument or the catalogue gave; "" leaves it to the events.
	Format      string `json:"format"`
	GivenFormat string `json:"given_format,omitempty"`
	Sourcetype  string `json:"sourcetype,omitempty"`
	Source      string `json:"source,omitempty"`
	Host        string `json:"host,omitempty"`
	Index       string `json:"index,omitempty"`
	Catalogue   string `json:"catalogue,omitempty"`
	// From tells where each of these values came from.
	From MetadataFrom `json:"from"`

	Events int64   `json:"events"`
	Bytes  int64   `json:"bytes"`
	First  Instant `json:"first"`
	Last   Instant `json:"last"`
	Groups []Group `json:"groups"`

	// mtime is when the file was last written, as the scan found it; zero in a plan
	// that was read.
	mtime time.Time
}

// MetadataFrom names for each value the place it came from: argument, test,
// catalogue, or content, when the events tell it themselves.
type MetadataFrom struct {
	Sourcetype string `json:"sourcetype"`
	Source     string `json:"source"`
	Host       string `json:"host"`
	Index      string `json:"index"`
	Format     string `json:"format"`
}

// Group is the events of a file that share their metadata and their kind.
type Group struct {
	Index      string `json:"index,omitempty"`
	Host       string `json:"host"`
	Source     string `json:"source"`
	Sourcetype string `json:"sourcetype"`
	// EventID is the EventID or EventCode of Windows events.
	EventID string `json:"event_id,omitempty"`
	Events  int64  `json:"events"`
}

func (f File) input() ingest.File {
	return ingest.File{
		Path: f.Path, Catalogue: f.Catalogue,
		Metadata: ingest.Metadata{Sourcetype: f.Sourcetype, Source: f.Source, Host: f.Host, Index: f.Index, Format: f.GivenFormat},
	}
}

func (s Shift) rebase() rebase.Shift {
	delta, _ := event.ParseTime(s.Seconds) // checked when the plan was read
	return rebase.Shift{Delta: delta, Base: event.Time(s.Base), Num: s.Num, Den: s.Den}
}
