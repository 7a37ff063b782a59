package replay

import (
	"context"
	"errors"
	"io"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/ingest"
	"riskreplay/src/job"
)

var errPending = errors.New("cannot replay: this part is being written")

type parsed struct{}

func (s Settings) parse() (parsed, error) { return parsed{}, nil }

// Scan reads datasets once and makes the plan for a moment. What is wrong in one
// file is in the list, as is what is worth a warning; the plan holds the good
// files, and is nil when there are none or the settings are wrong.
func Scan(ctx context.Context, datasets []ingest.Dataset, s Settings, now event.Time) (*Plan, diag.List) {
	return nil, diag.List{{Text: errPending.Error(), Cause: errPending}}
}

// JSON is the plan's bytes: those that are hashed, kept and printed.
func (p *Plan) JSON() []byte { return nil }

// Hash is the SHA-256 of JSON, in hex.
func (p *Plan) Hash() string { return "" }

// Request is a hash of what was asked for, whatever the moment: files, their
// contents and the settings. Two plans with one Request would send the same
// events, at other times.
func (p *Plan) Request() string { return "" }

// ReadPlan reads what JSON wrote.
func ReadPlan(data []byte) (*Plan, error) { return nil, errPending }

// Print writes the plan for people.
func (p *Plan) Print(w io.Writer) error { return errPending }

// NewID is the id of a run: the first 12 digits of the plan's hash, "-", and the
// start in UTC: 3f9a0c12b4de-20260115T122000Z.
func NewID(p *Plan, start time.Time) string { return "" }

// Run carries out a plan. It ends when the sink has settled everything, when
// something cannot go on (a file changed, the sink refused, the disk is full), or
// with ctx. The manifest tells what was done in any case; with Options.Dir a run
// that ended early can be resumed.
func Run(ctx context.Context, p *Plan, open Open, o Options) (Manifest, error) {
	return Manifest{}, errPending
}

// Stored is a run in a state folder.
type Stored struct {
	ID       string
	Dir      string
	Plan     *Plan
	Manifest Manifest
}

// Resume goes on with a run that did not finish, with the same plan, the same
// times and the same id. It refuses when a file has changed.
func Resume(ctx context.Context, run *Stored, open Open, o Options) (Manifest, error) {
	return Manifest{}, errPending
}

// Runs are the runs in a state folder, the latest first. Those that cannot be read
// are in the list.
func Runs(dir string) ([]*Stored, diag.List) { return nil, nil }

// Find is the run whose id begins with a text.
func Find(dir, prefix string) (*Stored, error) { return nil, errPending }

// Resumable is the latest run that did not finish and that would send what the
// plan asks for, nil when there is none; Done the latest that finished.
func Resumable(dir string, p *Plan) (*Stored, error) { return nil, errPending }

// Done is the latest finished run that sent what the plan asks for, nil when there
// is none.
func Done(dir string, p *Plan) (*Stored, error) { return nil, errPending }

// Verification compares a run's manifest with what a search finds.
type Verification struct {
	Search string
	Rows   []VerifyRow
	// Missing and Extra are events that were accepted and are not found, and events
	// that are found and were not accepted.
	Missing, Extra int64
}

// VerifyRow is one host, source and sourcetype.
type VerifyRow struct {
	Index, Host, Source, Sourcetype string
	Want, Got                       int64
}

// OK tells that every count is as it must be; events that may be there twice may.
func (v Verification) OK() bool { return v.Missing == 0 && v.Extra == 0 }

// Verify counts a run's events by search, on Splunk or the engine.
func Verify(ctx context.Context, m Manifest, r job.Runner, now time.Time) (Verification, error) {
	return Verification{}, errPending
}

// UndoSearch is the search that finds a run's events, nothing else, and deletes
// them; it is to be run by a role with can_delete, over the times in the manifest.
func UndoSearch(m Manifest) string { return "" }
