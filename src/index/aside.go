package index

import (
	"fmt"
	"slices"
	"strings"
)

// broke notes a segment that cannot be read. Searches go on without it.
func (d *disk) broke(s *segment, err error) {
	e := s.stored.entry
	hint := ""
	if d.lock != nil {
		hint = fmt.Sprintf("its file is set aside as %q", e.file()+damaged)
	}
	d.warn(fmt.Sprintf("segment %q of the index %q is damaged, and its %d events are left out: %v", e.ID, d.name, e.Events, err), hint)
	if d.lock == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = append(d.broken, s)
	d.changed.Broadcast()
}

// setAside takes damaged segments out of the index.
func (d *disk) setAside() error {
	d.mu.Lock()
	broken := d.broken
	d.mu.Unlock()
	if len(broken) == 0 {
		return nil
	}
	err := d.without(broken, func(s *stored) {
		if s.file != nil {
			_ = s.file.Close() // read only
		}
		_ = d.files.Rename(s.entry.file(), s.entry.file()+damaged) // it may be gone
	})
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = d.broken[len(broken):]
	return nil
}

// without takes segments out of the index, and then does something about their
// files.
func (d *disk) without(gone []*segment, then func(*stored)) error {
	if len(gone) == 0 {
		return nil
	}
	m := d.manifest
	m.Segments = nil
	var left []*segment
	for _, s := range d.sealed {
		if !slices.Contains(gone, s) {
			left = append(left, s)
			m.Segments = append(m.Segments, s.stored.entry)
		}
	}
	if err := d.replace(m, left, nil); err != nil {
		return err
	}
	for _, s := range gone {
		d.keep.note(s.stored, 0)
		then(s.stored)
	}
	return nil
}

// remove removes the files of a segment that no manifest names any more.
func (d *disk) remove(s *stored) {
	names, _ := d.files.Names() // swept up the next time
	for _, name := range names {
		if strings.HasPrefix(name, s.entry.ID+".") && strings.HasSuffix(name, segmentSuffix) {
			_ = d.files.Remove(name) // swept up the next time
		}
	}
}
