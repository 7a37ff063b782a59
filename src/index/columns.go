package index

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/parquet-go/parquet-go"

	"riskreplay/src/batch"
	"riskreplay/src/event"
)

// guard turns a panic of the Parquet reader into an error: the bytes are what was
// written, so it is not expected.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", errDamaged, p)
	}
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
	if err == nil && out.Dict.Len() == 2 {
		out.Codes = firsts(len(out.Codes))
	}
	return out, err
}

// firsts is n codes of a dictionary's only text, which columns share.
func firsts(n int) []batch.Code {
	onlyText.Lock()
	defer onlyText.Unlock()
	if n > len(onlyText.firsts) {
		onlyText.firsts = slices.Repeat([]batch.Code{1}, n)
	}
	return onlyText.firsts[:n:n]
}

var onlyText struct {
	sync.Mutex
	firsts []batch.Code
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
