package index

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"sort"
	"sync"

	"github.com/parquet-go/parquet-go"

	"riskreplay/src/batch"
	"riskreplay/src/event"
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
	return 24*s.entry.Events + l.cache.Size()
}

// forget lets go of what is in memory; searches at work keep what they have.
func (s *stored) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loaded = nil
}

// guard turns a panic of the Parquet reader into an error: the bytes are what was
// written, so it is not expected.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", errDamaged, p)
	}
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

// openChunks gives the columns of a file.
func openChunks(c *checked, events int) ([]parquet.ColumnChunk, error) {
	file, err := parquet.OpenFile(c, c.size, parquet.SkipBloomFilters(true), parquet.ReadBufferSize(128<<10))
	if err != nil {
		return nil, err
	}
	groups := file.RowGroups()
	if len(groups) != 1 || groups[0].NumRows() != int64(events) || !parquet.EqualNodes(file.Schema(), schema) {
		return nil, fmt.Errorf("%w: its columns are others", errDamaged)
	}
	return groups[0].ColumnChunks(), nil
}

// pages calls each for every page of a column.
func pages(c parquet.ColumnChunk, each func(parquet.Page) error) (err error) {
	p := c.Pages()
	defer func() { err = errors.Join(err, p.Close()) }()
	for {
		page, err := p.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		err = each(page)
		parquet.Release(page)
		if err != nil {
			return err
		}
	}
}

func readTimes(c parquet.ColumnChunk) (out []event.Time, err error) {
	out = make([]event.Time, 0, c.NumValues())
	err = pages(c, func(p parquet.Page) error {
		values := p.Data()
		for _, t := range values.Int64() {
			out = append(out, event.Time(t))
		}
		return nil
	})
	return out, err
}

// readTexts reads a column of texts without nulls: its dictionary is that of the
// file, a code one more than there.
func readTexts(c parquet.ColumnChunk) (*batch.Column, error) {
	out := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, 0, c.NumValues())}
	err := pages(c, func(p parquet.Page) error {
		d := p.Dictionary()
		for i := out.Dict.Len() - 1; i < d.Len(); i++ {
			if code := out.Dict.AddBytes(d.Index(int32(i)).ByteArray()); int(code) != i+1 {
				return fmt.Errorf("%w: its dictionary has a text twice", errDamaged)
			}
		}
		values := p.Data()
		for _, i := range values.Int32() {
			if int(i) >= d.Len() || i < 0 {
				return errDamaged
			}
			out.Codes = append(out.Codes, batch.Code(i)+1)
		}
		return nil
	})
	return out, err
}

// readFields reads the indexed fields.
func readFields(names, values parquet.ColumnChunk) (map[int32][]event.Field, error) {
	out := map[int32][]event.Field{}
	shared := map[string]string{}
	err := repeated(names, func(row int32, text []byte) error {
		name, ok := shared[string(text)]
		if !ok {
			name = string(text)
			shared[name] = name
		}
		out[row] = append(out[row], event.Field{Name: name})
		return nil
	})
	if err != nil {
		return nil, err
	}
	last, n := int32(-1), 0
	err = repeated(values, func(row int32, text []byte) error {
		if row != last {
			last, n = row, 0
		}
		list := out[row]
		if n == len(list) {
			return fmt.Errorf("%w: it has more values than names of fields", errDamaged)
		}
		value, ok := shared[string(text)]
		if !ok {
			value = string(text)
			shared[value] = value
		}
		list[n].Value = value
		n++
		return nil
	})
	return out, err
}

// repeated calls each for the values of a repeated column.
func repeated(c parquet.ColumnChunk, each func(row int32, text []byte) error) error {
	row := int32(-1)
	var buffer [1024]parquet.Value
	return pages(c, func(p parquet.Page) error {
		for values := p.Values(); ; {
			n, err := values.ReadValues(buffer[:])
			for _, v := range buffer[:n] {
				if v.RepetitionLevel() == 0 {
					row++
				}
				if v.IsNull() {
					continue
				}
				if err := each(row, v.ByteArray()); err != nil {
					return err
				}
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
}

// fetch gives the bytes of rows, in their order. When they cannot be read the
// segment has failed, and they are empty.
func (s *stored) fetch(rows []int32) [][]byte {
	out := make([][]byte, len(rows))
	if err := s.fetchInto(out, rows); err != nil {
		s.fail(err)
		for i := range out {
			out[i] = []byte{}
		}
	}
	return out
}

func (s *stored) fetchInto(out [][]byte, rows []int32) (err error) {
	defer guard(&err)
	chunk := s.chunks[leaf(rawColumn)]
	places, err := chunk.OffsetIndex()
	if err != nil {
		return err
	}
	reader := chunk.Pages()
	defer func() { err = errors.Join(err, reader.Close()) }()
	var page rawPageData
	for i, r := range rows {
		if r < page.from || r >= page.to {
			if page, err = s.page(reader, places, r); err != nil {
				return err
			}
		}
		out[i] = page.row(r)
	}
	return nil
}

// rawPageData is a page of _raw.
type rawPageData struct {
	from, to int32 // its rows
	data     []byte
	offsets  []uint32
}

func (p *rawPageData) row(r int32) []byte {
	i := r - p.from
	from, to := p.offsets[i], p.offsets[i+1]
	if from == to {
		return []byte{}
	}
	return p.data[from:to:to]
}

// page is the page with a row, from memory or read now.
func (s *stored) page(reader parquet.Pages, places parquet.OffsetIndex, row int32) (rawPageData, error) {
	n := sort.Search(places.NumPages(), func(i int) bool { return places.FirstRowIndex(i) > int64(row) }) - 1
	if n < 0 {
		return rawPageData{}, errDamaged
	}
	key := pageKey{s, n}
	if page, ok := s.keep.page(key); ok {
		return page, nil
	}
	from := places.FirstRowIndex(n)
	if err := reader.SeekToRow(from); err != nil {
		return rawPageData{}, err
	}
	read, err := reader.ReadPage()
	if err != nil {
		return rawPageData{}, err
	}
	values := read.Data() // kept: the page is never released
	out := rawPageData{from: int32(from), to: int32(from + read.NumRows())}
	out.data, out.offsets = values.ByteArray()
	if row >= out.to || len(out.offsets) != int(out.to-out.from)+1 {
		return rawPageData{}, errDamaged
	}
	s.keep.keepPage(key, out)
	return out, nil
}
