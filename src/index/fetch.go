package index

import (
	"errors"
	"sort"

	"github.com/parquet-go/parquet-go"
)

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
