package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// disk is an index in a folder: segments in files, and generations of events that
// are in journals and in memory alone.
type disk struct {
	name    string // of the folder, for messages
	files   Files
	options Options
	lock    io.Closer // nil: read only

	keep *residents

	// swap is held by who replaces the manifest. It is locked before mu, and who has
	// it reads manifest and sealed without mu.
	swap sync.Mutex

	mu        sync.Mutex
	changed   sync.Cond // of mu
	manifest  manifest
	sealed    []*segment
	frozen    []*generation // waiting to become segments, oldest first
	young     *generation
	queue     *group // what is appended next
	flight    *group // what is being written
	broken    []*segment
	closing   bool  // nothing more is appended
	committed bool  // nothing more is frozen
	tick      bool  // it is time to look at the age of things
	retry     bool  // try what failed again
	rollError error // of the last try to roll
	tries     int
	preparing *preparation

	// Of who commits alone.
	journal     *journal
	nextJournal int

	stop context.CancelFunc
	done sync.WaitGroup

	reader readerState
}

// generation is events that are in journals and in no segment.
type generation struct {
	*Index
	events, bytes int
	since         time.Time // when the first event came
	next          int       // the number of the first journal behind it
}

func (d *disk) newGeneration() *generation { return &generation{Index: New(d.options)} }

func (g *generation) add(evs []event.Event, bytes int) {
	_, _ = g.Append(context.Background(), evs) // in memory: it cannot fail
	g.events += len(evs)
	g.bytes += bytes
}

// group is what is made to last by one Sync.
type group struct {
	records []record
	bytes   int
	roll    bool // end the generation with it
	done    chan struct{}
	err     error // valid when done is closed
}

func newGroup() *group { return &group{done: make(chan struct{})} }

// ErrLocked is the cause when another process writes to the index.
var ErrLocked = errors.New("another process writes to it")

// Open opens the index in a folder, which is made when it is missing and
// o.ReadOnly is not set. What is wrong with single files goes to o.Warn; the rest
// serves. One process at a time may write to a folder (ErrLocked); any number may
// read. Who opened it closes it.
func Open(dir string, o Options) (*Index, error) {
	o = o.onDisk()
	files := o.Files
	if files == nil {
		if !o.ReadOnly {
			if err := makeFolder(dir); err != nil {
				return nil, problem(dir, "make", err)
			}
		}
		files = folder{dir}
	}
	d := &disk{name: dir, files: files, options: o, queue: newGroup(), keep: newResidents(o.Memory)}
	d.changed.L = &d.mu
	open := d.openWriter
	if o.ReadOnly {
		open = d.refresh
	}
	if err := open(); err != nil {
		if d.lock != nil {
			_ = d.lock.Close() // the first error counts
		}
		return nil, err
	}
	return &Index{options: o, disk: d}, nil
}

// problem is what went wrong with a folder as a whole.
func problem(dir, verb string, err error) error {
	m := diag.Message{Text: fmt.Sprintf("cannot %s the index %q: %v", verb, dir, plain(err)), Cause: err}
	if errors.Is(err, fs.ErrNotExist) && verb == "open" {
		m.Text = fmt.Sprintf("cannot open the index %q: there is none", dir)
	}
	return m
}

// plain is an error without the path that the message names anyway.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (d *disk) warn(text, hint string) {
	if d.options.Warn != nil {
		d.options.Warn(diag.Message{Severity: diag.Warning, Text: text, Hint: hint})
	}
}

// holder is how a process is named to those that find a folder locked.
func holder() string {
	return fmt.Sprintf("process %d (%s)", os.Getpid(), filepath.Base(os.Args[0]))
}

// openWriter takes the lock, reads what is there, and starts to commit.
func (d *disk) openWriter() error {
	lock, err := d.files.Lock(holder())
	if err != nil {
		return d.locked(err)
	}
	d.lock = lock
	if err := d.begin(); err != nil {
		return err
	}
	if err := d.recover(); err != nil {
		return problem(d.name, "open", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	d.stop = stop
	d.done.Go(d.commit)
	d.done.Go(d.keepUp)
	if d.options.Clock != nil {
		d.done.Go(func() { d.watch(ctx) })
	}
	return nil
}

func (d *disk) locked(err error) error {
	if !errors.Is(err, ErrLocked) {
		return problem(d.name, "open", err)
	}
	who, _ := readFile(d.files, lockName, 1<<10) // it may be gone by now
	return diag.Message{
		Text:  fmt.Sprintf("cannot write to the index %q: %s holds it", d.name, cmp.Or(strings.TrimSpace(string(who)), "another process")),
		Hint:  "one process writes to an index at a time; searching it needs no lock",
		Cause: err,
	}
}

// begin reads the manifest, or writes that of a new index.
func (d *disk) begin() error {
	m, _, err := readManifest(d.files)
	if errors.Is(err, fs.ErrNotExist) {
		return d.create()
	}
	if err != nil {
		return d.unreadable(err)
	}
	d.manifest = m
	return nil
}

func (d *disk) unreadable(err error) error {
	return diag.Message{
		Text: fmt.Sprintf("cannot read %q of the index %q: %v", manifestName, d.name, plain(err)), Cause: err,
		Hint: "the events are in the .parquet files and journals beside it, which other programs can read",
	}
}

func (d *disk) create() error {
	names, err := d.files.Names()
	if err != nil {
		return problem(d.name, "make", err)
	}
	for _, name := range names {
		if name != lockName && name != manifestName+aside {
			return diag.Message{Text: fmt.Sprintf("cannot make the index %q: the folder holds other files, such as %q", d.name, name), Hint: "give an empty folder, or one that does not exist"}
		}
	}
	d.manifest = manifest{Journal: 1, Next: 1}
	if err := d.manifest.write(d.files); err != nil {
		return problem(d.name, "make", err)
	}
	return nil
}

// recover removes what an earlier process left half done and reads the journals.
func (d *disk) recover() error {
	names, err := d.files.Names()
	if err != nil {
		return err
	}
	d.sweep(names)
	for _, e := range d.manifest.Segments {
		s := d.openStored(e)
		d.sealed = append(d.sealed, s)
		if err := s.failed(); err != nil {
			d.broke(s, err)
		}
	}
	d.young = d.newGeneration()
	d.nextJournal = d.manifest.Journal
	for _, n := range d.manifest.journals(names) {
		d.nextJournal = n + 1
		if err := d.readJournal(n); err != nil {
			return fmt.Errorf("cannot read %q: %w", journalName(n), plain(err))
		}
	}
	return nil
}

// sweep removes files that no manifest names any more. What cannot be removed
// stays until the next time.
func (d *disk) sweep(names []string) {
	for _, name := range names {
		n, isJournal := journalNumber(name)
		id, isSegment := segmentOf(name)
		known := slices.ContainsFunc(d.manifest.Segments, func(e entry) bool { return e.ID == id })
		if isJournal && n < d.manifest.Journal || isSegment && !known || strings.HasSuffix(name, aside) {
			_ = d.files.Remove(name) // the next time
		}
	}
}

// readJournal reads a journal of an earlier process and cuts what is torn.
func (d *disk) readJournal(n int) error {
	file, err := d.files.Open(journalName(n))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // read only
	var r journalReader
	found, err := r.read(file, func(evs []event.Event, size int64) { d.young.add(evs, int(size)) })
	if err != nil {
		return err
	}
	for _, s := range found.damaged {
		d.warn(fmt.Sprintf("%q of the index %q is damaged: %d bytes from byte %d on cannot be read, and the events in them are lost", journalName(n), d.name, s.to-s.from, s.from),
			fmt.Sprintf("the file as it was is kept as %q", journalName(n)+damaged))
	}
	if len(found.damaged) > 0 {
		if err := d.keepCopy(file, journalName(n)+damaged); err != nil {
			return err
		}
	}
	if found.torn == 0 {
		return nil
	}
	d.warn(fmt.Sprintf("%q of the index %q ends in the middle of an append that nobody was told is safe: its last %d bytes are cut", journalName(n), d.name, found.torn), "")
	return d.cut(journalName(n), r.at)
}

func (d *disk) keepCopy(from File, name string) error {
	size, err := from.Size()
	if err != nil {
		return err
	}
	return replaceFile(d.files, name, func(w io.Writer) error {
		_, err := io.Copy(w, io.NewSectionReader(from, 0, size))
		return err
	})
}

func (d *disk) cut(name string, size int64) error {
	file, err := d.files.Edit(name)
	if err != nil {
		return err
	}
	err = file.Truncate(size)
	if err == nil {
		err = file.Sync()
	}
	if more := file.Close(); err == nil {
		err = more
	}
	return err
}

// snapshot is the segments with all events that are there, in order of arrival.
func (d *disk) snapshot() ([]*segment, error) {
	if d.lock == nil {
		if err := d.refresh(); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	out := slices.Clone(d.sealed)
	for _, g := range d.frozen {
		out = append(out, g.snapshot()...)
	}
	return append(out, d.young.snapshot()...), nil
}

func (d *disk) len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.young.events
	for _, g := range d.frozen {
		n += g.events
	}
	for _, s := range d.sealed {
		n += s.Len()
	}
	return n
}
