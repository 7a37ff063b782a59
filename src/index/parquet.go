package index

import (
	"io"
	"slices"
	"unicode/utf8"

	kzstd "github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"riskreplay/src/batch"
	"riskreplay/src/event"
	"riskreplay/src/knowledge"
)

// The columns of a segment's file.
const (
	timeColumn = "_time"
	rawColumn  = "_raw"
	fieldGroup = "fields"
)

var metadataColumns = []string{"host", "source", "sourcetype", "index"}

// schema is that of a segment's file: times as nanoseconds, texts with
// dictionaries, and indexed fields as a list of names and values.
var schema = parquet.NewSchema("event", parquet.Group{
	timeColumn:   parquet.Encoded(parquet.Timestamp(parquet.Nanosecond), &parquet.DeltaBinaryPacked),
	rawColumn:    parquet.Encoded(parquet.Leaf(parquet.ByteArrayType), &parquet.DeltaLengthByteArray),
	"host":       textColumn(),
	"source":     textColumn(),
	"sourcetype": textColumn(),
	"index":      textColumn(),
	fieldGroup:   parquet.Repeated(parquet.Group{"name": textColumn(), "value": textColumn()}),
})

func textColumn() parquet.Node { return parquet.Encoded(parquet.String(), &parquet.RLEDictionary) }

// leaf is the number of a column.
func leaf(path ...string) int {
	c, _ := schema.Lookup(path...)
	return c.ColumnIndex
}

// rawPage is how many bytes of events make a page of _raw: little enough to read
// for one event, enough to be compressed well.
const rawPage = 64 << 10

// part is some events of a segment.
type part struct {
	*knowledge.Events
	rows []int32
}

// parts opens segments with all their rows.
func parts(list []*segment) ([]part, error) {
	out := make([]part, len(list))
	for i, s := range list {
		events, _, err := s.open()
		if err != nil {
			return nil, &segmentError{s, err}
		}
		out[i] = part{events, batch.AllRows(events.Len())}
	}
	return out, nil
}

// segmentWriter writes the columns of one file.
type segmentWriter struct {
	columns []*parquet.ColumnWriter
	values  []parquet.Value
	bytes   int64 // of events
	err     error
}

// packing is zstd with a window of a page: more gains nothing, and each encoder
// would keep tens of megabytes.
var packing = newPacker()

type packer struct {
	zstd.Codec
	encoder *kzstd.Encoder
}

func newPacker() *packer {
	e, err := kzstd.NewWriter(nil, kzstd.WithEncoderConcurrency(1), kzstd.WithWindowSize(pageBuffer), kzstd.WithZeroFrames(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return &packer{encoder: e}
}

// Encode packs a page.
func (p *packer) Encode(dst, src []byte) ([]byte, error) {
	return p.encoder.EncodeAll(src, dst[:0]), nil
}

// pageBuffer bounds a page of what is not _raw. A writer has room for a whole one
// in each column from the start.
const pageBuffer = 1 << 20

// writeParquet writes events as a segment's file, column by column, and gives the
// number of their bytes.
func writeParquet(w io.Writer, list []part) (int64, error) {
	file := parquet.NewGenericWriter[any](w, schema,
		parquet.Compression(packing), parquet.DataPageStatistics(false), parquet.SkipPageBounds(rawColumn),
		parquet.PageBufferSize(pageBuffer), parquet.CreatedBy("riskreplay", "", ""), parquet.KeyValueMetadata("riskreplay.format", "1"))
	s := &segmentWriter{columns: file.ColumnWriters()}
	for _, p := range list {
		s.times(p)
		for i, c := range []*batch.Column{p.Host, p.Source, p.Sourcetype, p.Index} {
			s.texts(leaf(metadataColumns[i]), c, p.rows)
		}
		s.fields(p)
		s.raw(p)
	}
	if s.err != nil {
		return 0, s.err
	}
	return s.bytes, file.Close()
}

// put adds a value; a few thousand are written at a time.
func (s *segmentWriter) put(column int, v parquet.Value) {
	s.values = append(s.values, v)
	if len(s.values) == 4096 {
		s.flush(column)
	}
}

func (s *segmentWriter) flush(column int) {
	if s.err == nil && len(s.values) > 0 {
		_, s.err = s.columns[column].WriteRowValues(s.values)
	}
	s.values = s.values[:0]
}

func (s *segmentWriter) times(p part) {
	column := leaf(timeColumn)
	for _, r := range p.rows {
		s.put(column, parquet.Int64Value(int64(p.Times[r])).Level(0, 0, column))
	}
	s.flush(column)
}

func (s *segmentWriter) texts(column int, c *batch.Column, rows []int32) {
	values := make([]parquet.Value, c.Dict.Len())
	for code := range values {
		values[code] = parquet.ByteArrayValue([]byte(c.Dict.Text(batch.Code(code)))).Level(0, 0, column)
	}
	for _, r := range rows {
		s.put(column, values[c.Codes[r]])
	}
	s.flush(column)
}

func (s *segmentWriter) fields(p part) {
	for _, of := range []struct {
		column int
		text   func(event.Field) string
	}{
		{leaf(fieldGroup, "name"), func(f event.Field) string { return f.Name }},
		{leaf(fieldGroup, "value"), func(f event.Field) string { return f.Value }},
	} {
		for _, r := range p.rows {
			list := p.Indexed[r]
			if len(list) == 0 {
				s.put(of.column, parquet.NullValue().Level(0, 0, of.column))
			}
			for i, f := range list {
				s.put(of.column, parquet.ByteArrayValue([]byte(of.text(f))).Level(min(i, 1), 1, of.column))
			}
		}
		s.flush(of.column)
	}
}

func (s *segmentWriter) raw(p part) {
	column, size := leaf(rawColumn), 0
	for rows := range slices.Chunk(p.rows, 1024) {
		for _, raw := range p.raw(rows) {
			s.put(column, parquet.ByteArrayValue(raw).Level(0, 0, column))
			s.bytes += int64(len(raw))
			if size += len(raw); size >= rawPage {
				s.flush(column)
				size = 0
				if s.err == nil {
					s.err = s.columns[column].Flush()
				}
			}
		}
		s.flush(column) // fetched bytes are not kept longer than needed
	}
}

// raw is the bytes of rows, in their order.
func (p part) raw(rows []int32) [][]byte {
	if p.Fetch != nil {
		return p.Fetch(rows)
	}
	out := make([][]byte, len(rows))
	for i, r := range rows {
		out[i] = p.Raw[r]
	}
	return out
}

// describe is the entry of events, but for what the file decides.
func describe(id string, list []part) entry {
	e := entry{ID: id}
	var values [4]listed
	var names listed
	for _, p := range list {
		for i, c := range []*batch.Column{p.Host, p.Source, p.Sourcetype, p.Index} {
			values[i].column(c, p.rows)
		}
		for i, r := range p.rows {
			if t := p.Times[r]; e.Events == 0 && i == 0 {
				e.First, e.Last = t, t
			} else {
				e.First, e.Last = min(e.First, t), max(e.Last, t)
			}
			for _, f := range p.Indexed[r] {
				names.add(f.Name)
			}
		}
		e.Events += len(p.rows)
	}
	e.Hosts, e.Sources, e.Sourcetypes, e.Indexes = values[0].list(), values[1].list(), values[2].list(), values[3].list()
	e.Fields = names.list()
	return e
}

// listed is the distinct values of a field.
type listed struct{ seen map[string]bool }

func (l *listed) add(text string) {
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[text] = true
}

func (l *listed) column(c *batch.Column, rows []int32) {
	used := make([]bool, c.Dict.Len())
	for _, r := range rows {
		used[c.Codes[r]] = true
	}
	for code, is := range used {
		if is {
			l.add(c.Dict.Text(batch.Code(code)))
		}
	}
}

// list is the values in byte order; nil when there are too many, or when JSON
// cannot hold one.
func (l *listed) list() []string {
	if len(l.seen) > maxListed {
		return nil
	}
	out := make([]string, 0, len(l.seen))
	for text := range l.seen {
		if !utf8.ValidString(text) {
			return nil
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}
