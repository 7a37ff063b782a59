package replay

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/event"
	"riskreplay/src/modinput"
)

// The files of a run, in runs/<id> of the state folder.
const (
	runsFolder   = "runs"
	planFile     = "plan.json"
	manifestFile = "manifest.json"
	deadFileName = "dead.jsonl"
	lockFile     = "lock"
)

// folder is where a run keeps what it knows; nil keeps nothing.
type folder struct {
	dir  string
	lock *os.File
}

// RunFolder is the folder of a run in a state folder: a sink may keep files of its
// own there, under names that begin with "sink".
func RunFolder(dir, id string) string { return filepath.Join(dir, runsFolder, id) }

// create makes the folder of a run that begins. A second run of one plan in one
// second has a number behind its id.
func (r *runner) create() error {
	if r.o.Dir == "" {
		return nil
	}
	root := filepath.Join(r.o.Dir, runsFolder)
	if err := os.MkdirAll(root, 0o700); err != nil {
		return cannotWrite(root, err)
	}
	id := r.state.ID
	if !isRunID(id) {
		return diag.Message{Text: "cannot use " + strconv.Quote(id) + " as the id of a run", Hint: "it holds letters, digits and - only"}
	}
	for n := 2; ; n++ {
		err := os.Mkdir(filepath.Join(root, r.state.ID), 0o700)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) || r.o.ID != "" || n > 1000 {
			return cannotWrite(filepath.Join(root, r.state.ID), err)
		}
		r.state.ID = id + "-" + strconv.Itoa(n)
	}
	r.rekey = r.plan.rekey(r.state.ID)
	r.report.now.ID = r.state.ID
	if err := r.open(); err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(r.folder.dir, planFile), r.plan.JSON()); err != nil {
		return err
	}
	return r.begin()
}

// reopen opens the folder of a run that is resumed.
func (r *runner) reopen() error {
	if err := r.open(); err != nil {
		return err
	}
	r.state.Resumed++
	return r.begin()
}

func (r *runner) open() (err error) {
	r.folder = &folder{dir: RunFolder(r.o.Dir, r.state.ID)}
	r.folder.lock, err = lock(filepath.Join(r.folder.dir, lockFile))
	if err != nil {
		return err
	}
	r.tracker.keep = modinput.NewCheckpoints(r.folder.dir)
	r.tracker.dead, err = openDead(filepath.Join(r.folder.dir, deadFileName), r.state.DeadBytes)
	if err != nil {
		_ = r.folder.lock.Close() // nothing was written to it
	}
	return err
}

// inUse is the error of lock about a run that another process is at.
func inUse(path string, err error) error {
	return diag.Message{
		Text: "cannot go on with run " + strconv.Quote(filepath.Base(filepath.Dir(path))) + ": another process is at it", Cause: err,
		Hint: "wait for it, or end it",
	}
}

// begin writes what a run is known by from now on.
func (r *runner) begin() error {
	err := r.tracker.change(func(s *state) {
		s.Error = ""
		if r.o.Target != "" {
			s.Target = r.o.Target
		}
	})
	if err == nil {
		err = r.folder.write(r.plan.manifest(r.state, r.o.Clock.Now()))
	}
	if err != nil {
		return errors.Join(err, r.folder.lock.Close())
	}
	return nil
}

func (f *folder) write(m Manifest) error {
	return replaceFile(filepath.Join(f.dir, manifestFile), jsonText(m))
}

// close writes the manifest and lets go of the folder.
func (f *folder) close(m Manifest, dead *deadFile) error {
	if f == nil {
		return nil
	}
	return errors.Join(dead.close(), f.write(m), f.lock.Close())
}

// replaceFile writes a file aside, to the disk, and renames it.
func replaceFile(path string, data []byte) error {
	aside := path + ".new"
	file, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return cannotWrite(path, err)
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(aside, path)
	}
	if err != nil {
		_ = os.Remove(aside) // the error is told
		return cannotWrite(path, err)
	}
	return nil
}

// isRunID tells a name of a run's folder.
func isRunID(s string) bool {
	for _, c := range []byte(s) {
		if (c|0x20) < 'a' || (c|0x20) > 'z' {
			if (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
	}
	return s != "" && len(s) <= 100 && s[0] != '-'
}

// Stored is a run in a state folder. Its manifest is what its checkpoint tells, also
// when the run was killed.
type Stored struct {
	ID string
	// Dir is its folder.
	Dir      string
	Plan     *Plan
	Manifest Manifest

	root  string
	state *state
}

// DeadLetters is the file with the refused events.
func (s *Stored) DeadLetters() string { return filepath.Join(s.Dir, deadFileName) }

// Sent is the number of the last batch that the sink may have.
func (s *Stored) Sent() uint64 { return s.state.Sent }

// errNotBegun is about a run that ended before it sent anything: its manifest is
// the last that is written before that.
var errNotBegun = errors.New("it ended before it began")

func loadRun(root, id string) (*Stored, error) {
	s := &Stored{ID: id, Dir: RunFolder(root, id), root: root}
	if _, err := os.Stat(filepath.Join(s.Dir, manifestFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, diag.Message{
			Text: "cannot read run " + strconv.Quote(id) + ": " + errNotBegun.Error(), Cause: errNotBegun, Hint: "nothing of it was sent; delete " + strconv.Quote(s.Dir),
		}
	}
	data, err := os.ReadFile(filepath.Join(s.Dir, planFile))
	if err == nil && len(data) > maxPlan {
		err = errors.New("it is too large")
	}
	if err != nil {
		return nil, cannotRead(filepath.Join(s.Dir, planFile), err)
	}
	if s.Plan, err = ReadPlan(data); err != nil {
		return nil, inRun(id, err)
	}
	data, err = modinput.NewCheckpoints(s.Dir).Load(stateKey)
	if err != nil {
		return nil, inRun(id, err)
	}
	if data == nil {
		return nil, diag.Message{Text: "cannot read run " + strconv.Quote(id) + ": it has no checkpoint", Hint: "restore the file; without it nobody knows what was sent"}
	}
	if s.state, err = parseState(data, s.Plan); err != nil {
		return nil, inRun(id, err)
	}
	if s.state.ID != id {
		return nil, diag.Message{Text: "cannot read run " + strconv.Quote(id) + ": its checkpoint is that of run " + strconv.Quote(s.state.ID)}
	}
	s.Manifest = s.Plan.manifest(s.state, event.Time(s.state.Saved).Std())
	return s, nil
}

func inRun(id string, err error) error {
	m := asMessage(err)
	m.Text = "run " + strconv.Quote(id) + ": " + m.Text
	m.Cause = err
	return m
}

// runIDs are the ids in a state folder.
func runIDs(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, runsFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, cannotRead(filepath.Join(dir, runsFolder), err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() && isRunID(e.Name()) {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// Runs are the runs in a state folder, the latest first. Those that cannot be read
// are in the list; those that ended before they sent anything are left out.
func Runs(dir string) ([]*Stored, diag.List) {
	ids, err := runIDs(dir)
	if err != nil {
		return nil, diag.List{asMessage(err)}
	}
	var runs []*Stored
	var problems diag.List
	for _, id := range ids {
		s, err := loadRun(dir, id)
		if errors.Is(err, errNotBegun) {
			continue
		}
		if err != nil {
			problems = append(problems, asMessage(err))
			continue
		}
		runs = append(runs, s)
	}
	slices.SortFunc(runs, func(a, b *Stored) int {
		return cmp.Or(cmp.Compare(b.state.Started, a.state.Started), cmp.Compare(b.ID, a.ID))
	})
	return runs, problems
}

// Find is the run whose id begins with a text.
func Find(dir, prefix string) (*Stored, error) {
	ids, err := runIDs(dir)
	if err != nil {
		return nil, err
	}
	var fit []string
	for _, id := range ids {
		if id == prefix {
			fit = []string{id}
			break
		}
		if strings.HasPrefix(id, prefix) {
			fit = append(fit, id)
		}
	}
	switch {
	case len(fit) == 1:
		return loadRun(dir, fit[0])
	case len(fit) == 0 && len(ids) == 0:
		return nil, diag.Message{Text: "there is no run in " + strconv.Quote(dir), Hint: "--state names another folder of runs"}
	case len(fit) == 0:
		hint := cmp.Or(diag.DidYouMean(prefix, ids), "`riskreplay replay runs` lists them")
		return nil, diag.Message{Text: "no run's id begins with " + strconv.Quote(prefix), Hint: hint}
	}
	return nil, diag.Message{
		Text: strconv.Itoa(len(fit)) + " runs have an id that begins with " + strconv.Quote(prefix),
		Hint: "give more of it: " + strings.Join(fit[:min(len(fit), 10)], ", "),
	}
}

// Resumable is the latest run that did not finish and that would send what the
// plan asks for, nil when there is none.
func Resumable(dir string, p *Plan) (*Stored, error) { return latest(dir, p, false) }

// Done is the latest finished run that sent what the plan asks for, nil when there
// is none.
func Done(dir string, p *Plan) (*Stored, error) { return latest(dir, p, true) }

func latest(dir string, p *Plan, finished bool) (*Stored, error) {
	runs, problems := Runs(dir)
	request := p.Request()
	for _, r := range runs {
		if r.Manifest.Finished == finished && r.Plan.Request() == request {
			return r, nil
		}
	}
	// A run that cannot be read may be the one.
	return nil, problems.Err()
}
