package index

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"riskreplay/src/batch"
	"riskreplay/src/knowledge"
)

// Columns that searches made of a segment are kept beside it, in files that may be
// deleted at any time:
//
//	<segment>.<hash of the knowledge>.<CRC-32C of the file>.parquet
//
// A file whose checksum is not the one in its name is not looked at. Each holds the
// columns of one dataset, or of all events, that one search made.

// maxKeptFiles is how many such files a segment has for one state of knowledge.
const maxKeptFiles = 32

// hashName is a knowledge hash in a file's name.
func hashName(base *knowledge.Base) string {
	h := base.Hash()
	return hex.EncodeToString(h[:8])
}

// keptHead describes a file of columns, in its metadata.
type keptHead struct {
	Dataset string   `json:"dataset"`
	Rows    int      `json:"rows"`
	Fields  []string `json:"fields"`
	// Absent are fields that no row has; the others have a column each, c0, c1, ...
	Absent []string `json:"absent"`
}

const keptKey = "riskreplay.columns"

func keptColumn(i int) string { return fmt.Sprintf("c%d", i) }

// encodeKept is a file of columns of n rows.
func encodeKept(k knowledge.Kept, n int) ([]byte, error) {
	head := keptHead{Dataset: k.Dataset, Rows: n}
	group := parquet.Group{"row": parquet.Encoded(parquet.Leaf(parquet.Int32Type), &parquet.DeltaBinaryPacked)}
	var columns []*batch.Column
	for i, c := range k.Columns {
		switch {
		case !utf8.ValidString(k.Fields[i]):
		case c == nil || n == 0:
			head.Absent = append(head.Absent, k.Fields[i])
		default:
			group[keptColumn(len(columns))] = parquet.Optional(textColumn())
			head.Fields = append(head.Fields, k.Fields[i])
			columns = append(columns, c)
		}
	}
	meta, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	schema := parquet.NewSchema("columns", group)
	var out bytes.Buffer
	file := parquet.NewGenericWriter[any](&out, schema, parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}),
		parquet.DataPageStatistics(false), parquet.PageBufferSize(64<<20), parquet.KeyValueMetadata(keptKey, string(meta)))
	w := &segmentWriter{columns: file.ColumnWriters()}
	row, _ := schema.Lookup("row")
	for i := range n {
		r := int32(i)
		if k.Rows != nil {
			r = k.Rows[i]
		}
		w.put(row.ColumnIndex, parquet.Int32Value(r).Level(0, 0, row.ColumnIndex))
	}
	w.flush(row.ColumnIndex)
	for i, c := range columns {
		leaf, _ := schema.Lookup(keptColumn(i))
		w.optional(leaf.ColumnIndex, c)
	}
	if w.err != nil {
		return nil, w.err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// optional writes a column whose code 0 is null.
func (s *segmentWriter) optional(column int, c *batch.Column) {
	values := make([]parquet.Value, c.Dict.Len())
	values[0] = parquet.NullValue().Level(0, 0, column)
	for code := 1; code < len(values); code++ {
		values[code] = parquet.ByteArrayValue([]byte(c.Dict.Text(batch.Code(code)))).Level(0, 1, column)
	}
	for _, code := range c.Codes {
		s.put(column, values[code])
	}
	s.flush(column)
}

// keptFile is a file of columns that was opened.
type keptFile struct {
	head   keptHead
	chunks []parquet.ColumnChunk
	schema *parquet.Schema
}

func openKept(data []byte) (f *keptFile, err error) {
	defer guard(&err)
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)), parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true), parquet.ReadBufferSize(64<<10))
	if err != nil {
		return nil, err
	}
	f = &keptFile{schema: file.Schema()}
	meta, _ := file.Lookup(keptKey)
	if err := json.Unmarshal([]byte(meta), &f.head); err != nil {
		return nil, err
	}
	if f.head.Rows == 0 {
		return f, nil
	}
	groups := file.RowGroups()
	if len(groups) != 1 || groups[0].NumRows() != int64(f.head.Rows) {
		return nil, errDamaged
	}
	f.chunks = groups[0].ColumnChunks()
	return f, nil
}

func (f *keptFile) rows() (out []int32, err error) {
	defer guard(&err)
	out = make([]int32, 0, f.head.Rows)
	if f.head.Rows == 0 {
		return out, nil
	}
	leaf, _ := f.schema.Lookup("row")
	err = pages(f.chunks[leaf.ColumnIndex], func(p parquet.Page) error {
		values := p.Data()
		out = append(out, values.Int32()...)
		return nil
	})
	return out, err
}

func (f *keptFile) column(i int) (out *batch.Column, err error) {
	defer guard(&err)
	leaf, _ := f.schema.Lookup(keptColumn(i))
	out = &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, 0, f.head.Rows)}
	err = pages(f.chunks[leaf.ColumnIndex], func(p parquet.Page) error {
		d := p.Dictionary()
		for i := out.Dict.Len() - 1; d != nil && i < d.Len(); i++ {
			out.Dict.AddBytes(d.Index(int32(i)).ByteArray())
		}
		values := p.Data()
		codes := values.Int32()
		for _, level := range p.DefinitionLevels() {
			if level == 0 {
				out.Codes = append(out.Codes, 0)
				continue
			}
			out.Codes = append(out.Codes, batch.Code(codes[0])+1)
			codes = codes[1:]
		}
		return nil
	})
	if err == nil && out.Len() != f.head.Rows {
		err = errDamaged
	}
	return out, err
}

// columnStore is the kept columns of a segment for one state of knowledge.
type columnStore struct {
	stored *stored
	hash   string

	mu    sync.Mutex
	read  bool
	files []*keptFile
	bytes int
}

func (c *columnStore) open() []*keptFile {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read {
		return c.files
	}
	c.read = true
	for _, name := range c.stored.keptNames(c.hash) {
		data, err := readFile(c.stored.files, name, 1<<30)
		if err != nil || !strings.HasSuffix(name, sumSuffix(data)) {
			continue // it is made again
		}
		if f, err := openKept(data); err == nil {
			c.files = append(c.files, f)
			c.bytes += len(data)
		}
	}
	return c.files
}

func sumSuffix(data []byte) string {
	return fmt.Sprintf(".%08x%s", crc32.Checksum(data, castagnoli), segmentSuffix)
}

// Rows implements knowledge.Store.
func (c *columnStore) Rows(dataset string) ([]int32, bool) {
	for _, f := range c.open() {
		if f.head.Dataset != dataset {
			continue
		}
		if rows, err := f.rows(); err == nil {
			return rows, true
		}
	}
	return nil, false
}

// Column implements knowledge.Store.
func (c *columnStore) Column(dataset, field string) (*batch.Column, bool) {
	for _, f := range c.open() {
		if f.head.Dataset != dataset {
			continue
		}
		for _, name := range f.head.Absent {
			if name == field {
				return nil, true
			}
		}
		for i, name := range f.head.Fields {
			if name == field {
				column, err := f.column(i)
				return column, err == nil
			}
		}
	}
	return nil, false
}

var _ knowledge.Store = (*columnStore)(nil)

// keptNames are the files of columns for a state of knowledge, "" for all.
func (s *stored) keptNames(hash string) []string {
	names, err := s.files.Names()
	if err != nil {
		return nil
	}
	prefix := s.entry.ID + "."
	if hash != "" {
		prefix += hash + "."
	}
	var out []string
	for _, name := range names {
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, segmentSuffix) && name != s.entry.file() {
			out = append(out, name)
		}
	}
	return out
}

// useKept lets searches with a state of knowledge find the columns that are kept.
func (s *stored) useKept(base *knowledge.Base, cache *knowledge.Cache) {
	if !s.noKept && !cache.Stored(base) {
		cache.UseStore(base, &columnStore{stored: s, hash: hashName(base)})
	}
}

// keepColumns writes what a search made. A folder that cannot be written to is
// searched without.
func (s *stored) keepColumns(base *knowledge.Base, cache *knowledge.Cache) {
	if s.noKept {
		return
	}
	for _, k := range cache.Unstored(base) {
		n := s.entry.Events
		if k.Dataset != "" {
			n = len(k.Rows)
		}
		data, err := encodeKept(k, n)
		if err == nil && s.roomToKeep(hashName(base)) {
			err = s.writeKept(s.entry.ID+"."+hashName(base)+sumSuffix(data), data)
		}
		if err != nil {
			return
		}
	}
}

// roomToKeep tells whether another file may be kept. Those of states of knowledge
// that were left go when they are many.
func (s *stored) roomToKeep(hash string) bool {
	mine, all := s.keptNames(hash), s.keptNames("")
	if len(all)-len(mine) >= maxKeptFiles {
		for _, name := range all {
			if !slices.Contains(mine, name) {
				_ = s.files.Remove(name) // a reader may have no right to
			}
		}
	}
	return len(mine) < maxKeptFiles
}

// writeKept writes a file under a name of its own, for several processes may do
// so at once, and renames it. It need not last.
func (s *stored) writeKept(name string, data []byte) error {
	f, err := s.files.Create(name + aside)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(data))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = s.files.Rename(name+aside, name)
	}
	return err
}
