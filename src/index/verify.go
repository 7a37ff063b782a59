package index

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// Verified is what was read of the index in a folder.
type Verified struct {
	Events int
	Files  int // segments and journals
}

// Verify reads every byte of the index in a folder and compares it with its
// checksums and counts; it changes nothing, and another process may write
// meanwhile. What is wrong with a file is a message that names it: an Error when
// events are lost, a Warning when a file is no part of the index. The error is that
// of a folder that cannot be read at all.
func Verify(ctx context.Context, dir string) (Verified, diag.List, error) {
	v := verifier{files: folder{dir}}
	d := &disk{name: dir, files: v.files, keep: newResidents(1), options: Options{ReadOnly: true}.onDisk()}
	d.changed.L = &d.mu
	if err := d.refresh(); err != nil {
		return v.Verified, nil, err
	}
	defer d.closeFiles()
	for _, s := range d.sealed {
		if err := ctx.Err(); err != nil {
			return v.Verified, v.problems, err
		}
		v.segment(s)
	}
	names, err := v.files.Names()
	if err != nil {
		return v.Verified, v.problems, problem(dir, "read", err)
	}
	for _, n := range d.manifest.journals(names) {
		v.journal(journalName(n))
	}
	for _, name := range names {
		if strings.HasSuffix(name, damaged) {
			v.say(diag.Warning, name, "it was set aside as damaged")
		}
	}
	return v.Verified, v.problems, nil
}

type verifier struct {
	Verified
	files    Files
	problems diag.List
}

func (v *verifier) say(severity diag.Severity, name, what string) {
	v.problems = append(v.problems, diag.Message{Severity: severity, Text: name + ": " + what})
}

func (v *verifier) segment(s *segment) {
	v.Files++
	e := s.stored.entry
	if err := verifySegment(s); err != nil {
		v.say(diag.Error, e.file(), fmt.Sprintf("%v; its %d events cannot be searched", err, e.Events))
		return
	}
	v.Events += e.Events
}

func verifySegment(s *segment) error {
	if err := s.failed(); err != nil {
		return err
	}
	if err := s.stored.checked.all(); err != nil {
		return err
	}
	all, err := parts([]*segment{s})
	if err != nil {
		return s.failed()
	}
	bytes := int64(0)
	for rows := range slices.Chunk(all[0].rows, 1<<13) {
		for _, raw := range all[0].raw(rows) {
			bytes += int64(len(raw))
		}
	}
	if err := s.failed(); err != nil {
		return err
	}
	want, got := s.stored.entry, describe(s.stored.entry.ID, all)
	if got.Events != want.Events || got.First != want.First || got.Last != want.Last || bytes != want.RawBytes {
		return fmt.Errorf("it has %d events of %d bytes from %v to %v, and the manifest says %d of %d bytes from %v to %v",
			got.Events, bytes, got.First, got.Last, want.Events, want.RawBytes, want.First, want.Last)
	}
	return nil
}

// journal reads a journal. Its end may be an append that is on its way.
func (v *verifier) journal(name string) {
	v.Files++
	file, err := v.files.Open(name)
	if err != nil {
		v.say(diag.Error, name, plain(err).Error())
		return
	}
	defer func() { _ = file.Close() }() // read only
	var r journalReader
	found, err := r.read(file, func(evs []event.Event, _ int64) { v.Events += len(evs) })
	if err != nil {
		v.say(diag.Error, name, plain(err).Error())
	}
	for _, s := range found.damaged {
		v.say(diag.Error, name, fmt.Sprintf("bytes %d to %d have changed since they were written; the events in them are lost", s.from, s.to))
	}
	if found.torn > 0 {
		v.say(diag.Warning, name, fmt.Sprintf("its last %d bytes are an append that was not finished; nobody was told that it is safe", found.torn))
	}
}
