package index

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"riskreplay/src/event"
)

// readerState is how far a reader knows a folder that somebody else writes to.
type readerState struct {
	manifest []byte // as it was read last
	journals map[int]*journalReader
}

// refreshTries is how often a reader begins anew because the writer replaced what
// it was about to read.
const refreshTries = 20

// errReplaced: what the manifest named is in other files by now.
var errReplaced = errors.New("it was replaced")

// refresh brings what a reader knows up to date.
func (d *disk) refresh() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for range refreshTries {
		err := d.follow()
		if err == nil {
			return nil
		}
		if !errors.Is(err, errReplaced) {
			return err
		}
		d.reader.manifest = nil
	}
	return problem(d.name, "read", errors.New("it is replaced faster than it can be read"))
}

func (d *disk) follow() error {
	m, data, err := readManifest(d.files)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return problem(d.name, "open", err)
		}
		return d.unreadable(err)
	}
	if !bytes.Equal(data, d.reader.manifest) {
		if err := d.followSegments(m); err != nil {
			return err
		}
		d.reader = readerState{manifest: data, journals: map[int]*journalReader{}}
		d.manifest = m
		d.young = d.newGeneration()
	}
	names, err := d.files.Names()
	if err != nil {
		return problem(d.name, "read", err)
	}
	for _, n := range m.journals(names) {
		if err := d.followJournal(n); err != nil {
			return fmt.Errorf("cannot read %q of the index %q: %w", journalName(n), d.name, err)
		}
	}
	// A journal that became a segment meanwhile was in no list of names: its events are
	// in what the manifest names by now.
	if again, err := readFile(d.files, manifestName, maxManifest); err != nil || !bytes.Equal(again, data) {
		return errReplaced
	}
	return nil
}

// followSegments opens the segments that are new. A file that is missing was
// replaced since, unless the manifest still names it.
func (d *disk) followSegments(m manifest) error {
	known := map[string]*segment{}
	for _, s := range d.sealed {
		known[s.stored.entry.ID] = s
	}
	var sealed, broken []*segment
	for _, e := range m.Segments {
		s := known[e.ID]
		if s == nil {
			s = d.openStored(e)
			if s.failed() != nil {
				broken = append(broken, s)
			}
		}
		sealed = append(sealed, s)
	}
	if len(broken) > 0 {
		if again, _, err := readManifest(d.files); err != nil || !slices.EqualFunc(again.Segments, m.Segments, func(a, b entry) bool { return a.ID == b.ID }) {
			return errReplaced
		}
	}
	for _, s := range broken {
		d.broke(s, s.failed())
	}
	d.sealed = sealed
	return nil
}

// followJournal reads what was added to a journal. Its end may be in the making;
// nothing is said of it.
func (d *disk) followJournal(n int) error {
	file, err := d.files.Open(journalName(n))
	if errors.Is(err, fs.ErrNotExist) {
		return errReplaced
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // read only
	r := d.reader.journals[n]
	if r == nil {
		r = &journalReader{}
		d.reader.journals[n] = r
	}
	found, err := r.read(file, func(evs []event.Event, size int64) { d.young.add(evs, int(size)) })
	for _, s := range found.damaged {
		d.warn(fmt.Sprintf("%q of the index %q is damaged: %d bytes from byte %d on cannot be read", journalName(n), d.name, s.to-s.from, s.from), "")
	}
	return err
}
