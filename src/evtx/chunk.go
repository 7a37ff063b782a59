package evtx

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

const (
	chunkMagic      = "ElfChnk\x00"
	chunkHeaderSize = 512
	recordHead      = 24
	recordMin       = recordHead + 4
)

var recordMagic = []byte("**\x00\x00")

// chunk reads the records of one chunk that begins at an offset of the file. The
// error is emit's.
func (f *file) chunk(data []byte, at int64, emit func(Record) error) error {
	number := (at - fileBlockSize) / chunkSize
	if len(data) < chunkHeaderSize || isZero(data) {
		return nil
	}
	if f.closed && number >= int64(f.chunks) {
		if bytes.HasPrefix(data, []byte(chunkMagic)) {
			f.behind++
		}
		return nil
	}
	c := &chunk{data: data, at: at, budget: chunkSteps, maxXML: f.maxXML, scratch: &f.scratch}
	f.scratch.reset()
	if !bytes.HasPrefix(data, []byte(chunkMagic)) {
		if _, ok := c.record(chunkHeaderSize); !ok {
			f.problems.lost("chunk", "the chunk at offset %#x is damaged: it does not begin with ElfChnk and holds no record", at)
			return nil
		}
		f.problems.odd("chunk", "the chunk at offset %#x does not begin with ElfChnk: its records are read", at)
		c.free = len(data)
		return f.records(c, false, emit)
	}
	return f.records(c, f.check(c) && f.closed, emit)
}

// check compares checksums and finds the chunk's stated end.
func (f *file) check(c *chunk) bool {
	free := int(le.Uint32(c.data[48:]))
	whole := free >= chunkHeaderSize && free <= chunkSize
	if c.free = free; !whole {
		c.free = chunkSize
	}
	c.free = min(c.free, len(c.data))
	sum := crc32.Update(crc32.ChecksumIEEE(c.data[:120]), crc32.IEEETable, c.data[128:512])
	header := sum == le.Uint32(c.data[124:])
	if !header || !whole {
		f.problems.odd("chunk sum", "the checksum of the header of the chunk at offset %#x is wrong: its records are read", c.at)
		return false
	}
	if free <= len(c.data) && crc32.ChecksumIEEE(c.data[chunkHeaderSize:free]) != le.Uint32(c.data[52:]) {
		f.problems.odd("records sum", "the checksum of the records of the chunk at offset %#x is wrong: they are read", c.at)
		return false
	}
	return true
}

// records emits the records of a chunk, those behind its stated end only when
// the chunk is not sound, and while their numbers follow.
func (f *file) records(c *chunk, sound bool, emit func(Record) error) error {
	pos, last := chunkHeaderSize, uint64(0)
	for pos+recordMin <= len(c.data) && (pos < c.free || !sound) {
		r, ok := c.record(pos)
		behind := pos >= c.free
		if behind && (!ok || last != 0 && r.number != last+1) {
			break
		}
		if !ok {
			if pos, ok = f.resync(c, pos); !ok {
				break
			}
			continue
		}
		if err := f.record(c, r, emit); err != nil {
			return err
		}
		pos, last = r.end+4, r.number
	}
	return nil
}

// resync finds the next record behind bytes that are none, and says so. Zeros
// fill the chunks of archived logs and are nothing to speak of.
func (f *file) resync(c *chunk, pos int) (next int, found bool) {
	if isZero(c.data[pos:c.free]) {
		return 0, false
	}
	for next = pos + 1; !found; next++ {
		i := bytes.Index(c.data[next:c.free], recordMagic)
		if i < 0 {
			break
		}
		next += i
		if _, found = c.record(next); found {
			break
		}
	}
	switch {
	case found:
		f.problems.lost("damaged", "%d bytes at offset %#x are no record: reading goes on behind them", next-pos, c.at+int64(pos))
	case len(c.data) == chunkSize: // else the file is cut off, and that is said
		f.problems.lost("damaged", "%d bytes at offset %#x are no record", c.free-pos, c.at+int64(pos))
	}
	return next, found
}

// record renders and emits one record. The error is emit's.
func (f *file) record(c *chunk, r record, emit func(Record) error) error {
	var err error
	if f.out, err = c.render(f.out[:0], r); err != nil {
		f.problems.lost("record", "record %d at offset %#x cannot be read: %s", r.number, c.at+int64(r.start), err)
		return nil
	}
	return emit(Record{Number: r.number, Time: fileTime(r.written), XML: f.out})
}

// record is where the parts of a record stand in its chunk.
type record struct {
	start, body, end int // body and end are its BinXml
	number, written  uint64
}

// record tells whether a record stands at pos.
func (c *chunk) record(pos int) (record, bool) {
	d := c.data[min(pos, len(c.data)):]
	if len(d) < recordMin || !bytes.HasPrefix(d, recordMagic) {
		return record{}, false
	}
	size := le.Uint32(d[4:])
	if size < recordMin || size > uint32(len(d)) || le.Uint32(d[size-4:]) != size {
		return record{}, false
	}
	return record{
		start: pos, body: pos + recordHead, end: pos + int(size) - 4,
		number: le.Uint64(d[8:]), written: le.Uint64(d[16:]),
	}, true
}

func isZero(b []byte) bool {
	for len(b) >= 8 {
		if binary.NativeEndian.Uint64(b) != 0 {
			return false
		}
		b = b[8:]
	}
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}
