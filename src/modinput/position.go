package modinput

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// Position is how far a stream has settled, in a file that is written with every
// mark: one small write in place, which needs no room on the disk. It is kept
// twice in turn, each with a checksum, so that one of them is whole. One
// goroutine at a time uses it.
type Position struct {
	file *os.File
	turn uint64
	at   [2]uint64
}

// positionSize is that of one copy: its turn, two numbers, a checksum.
const positionSize = 3*8 + 4

// OpenPosition opens the file at path, which is made when it is not there. A file
// that no copy can be read of counts as none: what is repeated then is what came
// after the last checkpoint.
func OpenPosition(path string) (*Position, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, cannot("write", path, err)
	}
	p := &Position{file: file}
	var both [2 * positionSize]byte
	n, err := file.ReadAt(both[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(cannot("read", path, err), file.Close())
	}
	for b := both[:n]; len(b) >= positionSize; b = b[positionSize:] {
		p.take(b[:positionSize])
	}
	return p, nil
}

// take reads a copy when it is whole and newer.
func (p *Position) take(b []byte) {
	turn := binary.BigEndian.Uint64(b)
	if crc32.ChecksumIEEE(b[:24]) == binary.BigEndian.Uint32(b[24:]) && turn > p.turn {
		p.turn, p.at = turn, [2]uint64{binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[16:])}
	}
}

// Get is what was set last, zeros when nothing was.
func (p *Position) Get() (a, b uint64) { return p.at[0], p.at[1] }

// Set keeps two numbers. It does not wait for the disk.
func (p *Position) Set(a, b uint64) error {
	p.turn++
	p.at = [2]uint64{a, b}
	var one [positionSize]byte
	binary.BigEndian.PutUint64(one[:], p.turn)
	binary.BigEndian.PutUint64(one[8:], a)
	binary.BigEndian.PutUint64(one[16:], b)
	binary.BigEndian.PutUint32(one[24:], crc32.ChecksumIEEE(one[:24]))
	if _, err := p.file.WriteAt(one[:], int64(p.turn%2)*positionSize); err != nil {
		return cannot("write", filepath.Clean(p.file.Name()), err)
	}
	return nil
}

// Close closes the file.
func (p *Position) Close() error { return p.file.Close() }
