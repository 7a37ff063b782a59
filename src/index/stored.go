package index

import (
	"cmp"
	"fmt"
	"sync"

	"github.com/parquet-go/parquet-go"

	"riskreplay/src/batch"
	"riskreplay/src/knowledge"
)

// stored is a segment in a file. What is read of it is kept until memory is
// needed for others: times and metadata together, the bytes of events by page.
type stored struct {
	entry   entry
	files   Files
	noKept  bool // keep no columns that searches made
	file    File
	checked *checked
	keep    *residents
	failing func(error) // told once, when the file turns out to be damaged

	mu     sync.Mutex
	chunks []parquet.ColumnChunk
	loaded *loaded
	err    error // nothing can be read of it any more
}

// loaded is what is in memory of a stored segment.
type loaded struct {
	events knowledge.Events
	cache  knowledge.Cache
}

// openStored opens a segment's file. One that is missing or has another size
// gives a segment that says so when it is opened.
func openStored(files Files, e entry, keep *residents) *segment {
	s := &stored{entry: e, files: files, keep: keep}
	out := &segment{first: e.First, last: e.Last, bytes: int(e.RawBytes), stored: s}
	if s.file, s.err = files.Open(e.file()); s.err != nil {
		s.err = fmt.Errorf("cannot read its file: %w", plain(s.err))
		return out
	}
	s.checked, s.err = newChecked(s.file, e.FileBytes, e.Sums)
	return out
}

// segmentError is an error of one segment.
type segmentError struct {
	segment *segment
	cause   error
}

func (e *segmentError) Error() string {
	return fmt.Sprintf("segment %s: %v", e.segment.stored.entry.ID, e.cause)
}

func (e *segmentError) Unwrap() error { return e.cause }

// Len is the number of events.
func (s *segment) Len() int {
	if s.stored != nil {
		return s.stored.entry.Events
	}
	return s.Events.Len()
}

// open gives the events, with what was computed of them.
func (s *segment) open() (*knowledge.Events, *knowledge.Cache, error) {
	if s.stored == nil {
		return &s.Events, &s.cache, nil
	}
	l, err := s.stored.load()
	if err != nil {
		return nil, nil, err
	}
	return &l.events, &l.cache, nil
}

// failed is why the events cannot be read, which may turn out in the middle of a
// search.
func (s *segment) failed() error {
	if s.stored == nil {
		return nil
	}
	s.stored.mu.Lock()
	defer s.stored.mu.Unlock()
	return s.stored.err
}

// fail notes that the file is damaged.
func (s *stored) fail(err error) {
	s.mu.Lock()
	first := s.err == nil
	s.err = cmp.Or(s.err, err)
	s.mu.Unlock()
	if first && s.failing != nil {
		s.failing(err)
	}
}

func (s *stored) load() (*loaded, error) {
	s.mu.Lock()
	l, err := s.loaded, s.err
	if l == nil && err == nil {
		if l, err = s.read(); err == nil {
			s.loaded = l
		}
	}
	s.mu.Unlock()
	if err != nil {
		s.fail(err)
		return nil, err
	}
	return l, nil
}

// size is about how much memory is held.
func (s *stored) size() int {
	s.mu.Lock()
	l := s.loaded
	s.mu.Unlock()
	if l == nil {
		return 0
	}
	n := 8*s.entry.Events + l.cache.Size()
	for _, c := range []*batch.Column{l.events.Host, l.events.Source, l.events.Sourcetype, l.events.Index} {
		if c.Dict.Len() > 2 {
			n += 4 * s.entry.Events
		}
	}
	return n
}

// forget lets go of what is in memory; searches at work keep what they have.
func (s *stored) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loaded = nil
}

func (s *stored) read() (l *loaded, err error) {
	defer guard(&err)
	if s.chunks == nil {
		if s.chunks, err = openChunks(s.checked, s.entry.Events); err != nil {
			return nil, err
		}
	}
	l = &loaded{}
	if l.events.Times, err = readTimes(s.chunks[leaf(timeColumn)]); err != nil {
		return nil, err
	}
	for i, to := range []**batch.Column{&l.events.Host, &l.events.Source, &l.events.Sourcetype, &l.events.Index} {
		if *to, err = readTexts(s.chunks[leaf(metadataColumns[i])]); err != nil {
			return nil, err
		}
		if (*to).Len() != s.entry.Events {
			return nil, errDamaged
		}
	}
	if s.entry.Fields == nil || len(s.entry.Fields) > 0 {
		l.events.Indexed, err = readFields(s.chunks[leaf(fieldGroup, "name")], s.chunks[leaf(fieldGroup, "value")])
	}
	l.events.Fetch = s.fetch
	if len(l.events.Times) != s.entry.Events {
		return nil, errDamaged
	}
	return l, err
}
