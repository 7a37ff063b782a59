package index

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"strings"

	"riskreplay/src/event"
)

// A journal is a head and records. The head is the magic, the marker of its
// records, and a CRC-32C of both.

const (
	journalMagic = "RRJRNL01"
	journalHead  = 20
)

func journalName(n int) string { return fmt.Sprintf("journal-%06d", n) }

// journalNumber is the number in a journal's name.
func journalNumber(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, "journal-")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n > 0 && name == journalName(n)
}

// journal is a journal that is written to.
type journal struct {
	file   File
	marker marker
	size   int64
	buffer []byte
	broken error // it cannot be known any more what is in the file
}

// createJournal makes a journal that lasts.
func createJournal(files Files, n int) (*journal, error) {
	file, err := files.Create(journalName(n))
	if err != nil {
		return nil, err
	}
	j := &journal{file: file, size: journalHead}
	_, _ = rand.Read(j.marker[:]) // never fails
	head := append([]byte(journalMagic), j.marker[:]...)
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(head, castagnoli))
	_, err = file.Write(head)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = files.Sync()
	}
	if err != nil {
		_ = file.Close() // the first error counts
		return nil, err
	}
	return j, nil
}

// smallRecord is up to which size records are copied together to be written at
// once.
const smallRecord = 64 << 10

// write appends records and makes them last. When it fails for want of room the
// journal is as before; after a failed Sync nobody knows what is on disk, and
// nothing more is taken.
func (j *journal) write(records []record) error {
	if j.broken != nil {
		return j.broken
	}
	n, err := j.writeAll(records)
	if err != nil {
		if cut := j.file.Truncate(j.size); cut != nil {
			j.broken = fmt.Errorf("the journal takes no more events: %w", errors.Join(err, cut))
		}
		return err
	}
	if err := j.file.Sync(); err != nil {
		j.broken = fmt.Errorf("the journal takes no more events: %w", err)
		return j.broken
	}
	j.size += n
	return nil
}

func (j *journal) writeAll(records []record) (total int64, err error) {
	put := func(b []byte) {
		if err == nil && len(b) > 0 {
			_, err = j.file.Write(b)
		}
	}
	j.buffer = j.buffer[:0]
	for _, r := range records {
		r.seal(j.marker)
		total += int64(len(r.bytes))
		if len(r.bytes) > smallRecord || len(j.buffer)+len(r.bytes) > 1<<20 {
			put(j.buffer)
			j.buffer = j.buffer[:0]
		}
		if len(r.bytes) > smallRecord {
			put(r.bytes)
		} else {
			j.buffer = append(j.buffer, r.bytes...)
		}
	}
	put(j.buffer)
	return total, err
}

// span is bytes of a file.
type span struct{ from, to int64 }

// journalReader reads a journal from where it stood on.
type journalReader struct {
	marker marker
	at     int64 // behind the last good record
}

// reading is what became of a journal that was read.
type reading struct {
	// damaged are bytes between good records.
	damaged []span
	// torn are bytes behind the last good record.
	torn int64
}

// read gives the events of the records behind those that were read before. What
// is damaged is passed over; an error is one of the file layer.
func (j *journalReader) read(file File, take func([]event.Event, int64)) (reading, error) {
	var out reading
	size, err := file.Size()
	if err != nil {
		return out, err
	}
	if j.at == 0 {
		if err := j.head(file, size); err != nil {
			return out, err
		}
	}
	for at := j.at; at < size; {
		evs, next, err := j.record(file, at, size)
		if err != nil {
			return out, err
		}
		if next != 0 {
			if at > j.at {
				out.damaged = append(out.damaged, span{j.at, at})
			}
			take(evs, next-at)
			j.at, at = next, next
			continue
		}
		if at, err = j.next(file, at+1, size); err != nil {
			return out, err
		}
	}
	out.torn = max(0, size-j.at)
	return out, nil
}

// head finds the marker: in the head or, when that is damaged, in the first
// record.
func (j *journalReader) head(file File, size int64) error {
	head := make([]byte, min(size, journalHead+int64(len(j.marker))))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(head) < journalHead {
		return nil // it was being made: nothing is in it
	}
	copy(j.marker[:], head[len(journalMagic):])
	if binary.LittleEndian.Uint32(head[16:]) != crc32.Checksum(head[:16], castagnoli) {
		copy(j.marker[:], head[journalHead:])
	}
	j.at = journalHead
	return nil
}

// record reads the record at a place; next is 0 when there is none.
func (j *journalReader) record(file File, at, size int64) (evs []event.Event, next int64, err error) {
	var head [recordHead]byte
	if at+recordHead > size {
		return nil, 0, nil
	}
	if _, err := file.ReadAt(head[:], at); err != nil {
		return nil, 0, err
	}
	n := int64(binary.LittleEndian.Uint32(head[8:]))
	if marker(head[:8]) != j.marker || n == 0 || at+recordHead+n > size {
		return nil, 0, nil
	}
	payload := make([]byte, n)
	if _, err := file.ReadAt(payload, at+recordHead); err != nil {
		return nil, 0, err
	}
	if binary.LittleEndian.Uint32(head[12:]) != checksum(head[:12], payload) {
		return nil, 0, nil
	}
	evs, err = decodeRecord(payload)
	if err != nil {
		return nil, 0, nil // as good as damaged
	}
	return evs, at + recordHead + n, nil
}

// next is where a marker stands at or behind a place, size when nowhere.
func (j *journalReader) next(file File, at, size int64) (int64, error) {
	const step = 1 << 20
	buffer := make([]byte, step+len(j.marker))
	for ; at < size; at += step {
		n, err := file.ReadAt(buffer[:min(int64(len(buffer)), size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.Index(buffer[:n], j.marker[:]); i >= 0 {
			return at + int64(i), nil
		}
	}
	return size, nil
}
