package replay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"riskreplay/src/diag"
	"riskreplay/src/event"
)

// FileOptions are what a sink into files needs to know.
type FileOptions struct {
	// Path is a file for FormRaw and FormHEC, a folder for FormTree.
	Path string
	Form Form
	// Journal is a file of the run's own, where the sink writes down how far its
	// files are good. With it a run that was killed goes on with the same sink: the
	// files come out byte for byte as if nothing had happened. "" keeps nothing, and
	// such a run cannot go on.
	Journal string
}

// Files is a sink into one file, or a folder of them. A batch is settled when its
// events are on the disk (fsync). It writes over nothing: a file that has content,
// and a folder that is not empty, are refused unless the journal says that this run
// wrote them.
//
// In a folder (FormTree) the events of a host, source and sourcetype are in
// HOST/SOURCE/SOURCETYPE.log, with _ for what a name does not hold, and a number
// behind names that would be the same. NAME.yml in the folder, named as it is, is a
// catalogue in attack_data's form, written when everything is settled: the folder
// can be replayed as it stands. That form knows no host and no index; where they or
// indexed fields matter, and for events of several lines that are neither Windows
// events nor JSON, FormHEC keeps everything.
func Files(o FileOptions) Open {
	return func(settled func(Receipt)) (Sink, error) {
		s := &fileSink{
			o: o, tell: settled,
			slots: make(chan struct{}, maxUnsynced), wake: make(chan struct{}, 1),
			failed: make(chan struct{}), ended: make(chan struct{}),
		}
		if err := s.open(); err != nil {
			return nil, errors.Join(err, s.close())
		}
		go s.commits()
		return s, nil
	}
}

// maxUnsynced is how many batches may be written and not yet on the disk.
const maxUnsynced = 32

type fileSink struct {
	o    FileOptions
	tell func(Receipt)
	outputs
	journal *journal // nil keeps nothing
	done    uint64   // batches that the run before had on the disk
	at      uint64   // the last batch written

	slots         chan struct{} // one a batch that is not settled
	wake          chan struct{} // something is to be synced; closed at the end
	failed, ended chan struct{}

	mu    sync.Mutex
	queue []Receipt
	last  event.Time // the latest time written
	err   error
}

// open finds out whether this run begins or goes on, and makes ready for it.
func (s *fileSink) open() error {
	path, err := filepath.Abs(s.o.Path)
	if err != nil {
		return cannotWrite(s.o.Path, err)
	}
	before, err := readJournal(s.o.Journal, path, s.o.Form)
	if err != nil {
		return err
	}
	if before == nil {
		if err := s.unused(path); err != nil {
			return err
		}
	}
	if err := s.outputs.open(path, s.o.Form); err != nil {
		return cannotWrite(s.o.Path, err)
	}
	if before != nil {
		if err := s.outputs.resume(before.outputs); err != nil {
			return err
		}
		s.done, s.at, s.last = before.seq, before.seq, before.last
	}
	if s.o.Journal != "" {
		if s.journal, err = openJournal(s.o.Journal, before, path, s.o.Form); err != nil {
			return err
		}
	}
	if s.single != "" {
		if err := s.outputs.truncate(before != nil); err != nil {
			return cannotWrite(s.o.Path, err)
		}
	}
	return nil
}

// unused refuses to write over what is there.
func (s *fileSink) unused(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return cannotWrite(s.o.Path, err)
	}
	hint := "name another, or remove it; --resume goes on with a run that was interrupted"
	if s.o.Form != FormTree {
		if info.IsDir() {
			return diag.Message{Text: "cannot write " + strconv.Quote(s.o.Path) + ": it is a folder", Hint: "format=tree writes into folders"}
		}
		if info.Mode().IsRegular() && info.Size() > 0 {
			return diag.Message{Text: "cannot write " + strconv.Quote(s.o.Path) + ": it has content already", Hint: hint}
		}
		return nil
	}
	if !info.IsDir() {
		return diag.Message{Text: "cannot write into " + strconv.Quote(s.o.Path) + ": it is no folder", Hint: "end its name in .log or .jsonl for a single file, or say format=raw"}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return cannotWrite(s.o.Path, err)
	}
	if len(entries) > 0 {
		return diag.Message{Text: "cannot write into " + strconv.Quote(s.o.Path) + ": the folder is not empty", Hint: hint}
	}
	return nil
}

// Send writes a batch; it is settled later, when it is on the disk.
func (s *fileSink) Send(ctx context.Context, b Batch) error {
	if b.Seq <= s.done {
		s.tell(Receipt{Seq: b.Seq, Accepted: len(b.Events)})
		return nil
	}
	if b.Seq != s.at+1 {
		return diag.Message{
			Text: fmt.Sprintf("cannot go on with %q at batch %d: it holds those up to %d", s.o.Path, b.Seq, s.at),
			Hint: "the files or the journal of the run are not those it wrote: begin a new run",
		}
	}
	select {
	case s.slots <- struct{}{}:
	case <-s.failed:
		return s.failure()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	last, err := s.write(b.Events)
	if err != nil {
		err = cannotWrite(s.o.Path, err)
		s.fail(err)
		return err
	}
	s.at = b.Seq
	s.mu.Lock()
	s.touched()
	s.queue = append(s.queue, Receipt{Seq: b.Seq, Accepted: len(b.Events)})
	s.last = max(s.last, last)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return nil
}

// Flush returns when everything is on the disk, in a folder with its catalogue.
func (s *fileSink) Flush(ctx context.Context) error {
	for n := range cap(s.slots) {
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
		case <-s.failed:
			return s.failure()
		case <-ctx.Done():
			return fmt.Errorf("%d batches are not on the disk: %w", cap(s.slots)-n, context.Cause(ctx))
		}
	}
	if s.o.Form != FormTree {
		return nil
	}
	if err := s.writeCatalogue(s.last); err != nil {
		return cannotWrite(s.o.Path, err)
	}
	return nil
}

// Close leaves the files as they are.
func (s *fileSink) Close() error {
	s.fail(errors.New("the sink is closed"))
	close(s.wake)
	<-s.ended
	return s.close()
}

func (s *fileSink) close() error {
	return errors.Join(s.outputs.close(), s.journal.close())
}

func (s *fileSink) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
		close(s.failed)
	}
}

func (s *fileSink) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// commits puts what was written on the disk and settles it, all that is there at
// once, while more is written.
func (s *fileSink) commits() {
	defer close(s.ended)
	for range s.wake {
		s.syncing.Lock()
		s.mu.Lock()
		queue, last, changed := s.queue, s.last, s.changed()
		s.queue = nil
		broken := s.err
		s.mu.Unlock()
		err := broken
		if err == nil && len(queue) > 0 {
			err = s.commit(queue[len(queue)-1].Seq, last, changed)
		}
		s.syncing.Unlock()
		if err != nil {
			s.fail(err)
			continue // until Close
		}
		for _, r := range queue {
			s.tell(r)
			<-s.slots
		}
	}
}

func (s *fileSink) commit(seq uint64, last event.Time, changed []change) error {
	for _, c := range changed {
		if err := s.sync(c.output); err != nil {
			return cannotWrite(s.o.Path, err)
		}
	}
	return s.journal.commit(seq, last, changed)
}
