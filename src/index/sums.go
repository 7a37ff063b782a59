package index

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
	"sync/atomic"
)

// A segment's file has a CRC-32C for each block of it, which stand in the
// manifest: whatever is read of the file is checked before it is looked at.
const blockSize = 64 << 10

// summed passes on what is written, and sums it up.
type summed struct {
	to   *bufio.Writer
	size int64
	sum  uint32
	sums []byte
}

func newSummed(w io.Writer) *summed { return &summed{to: bufio.NewWriterSize(w, 1<<20)} }

func (s *summed) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(len(rest), blockSize-int(s.size%blockSize))
		s.sum = crc32.Update(s.sum, castagnoli, rest[:n])
		s.size += int64(n)
		rest = rest[n:]
		if s.size%blockSize == 0 {
			s.cut()
		}
	}
	return s.to.Write(p)
}

func (s *summed) cut() {
	s.sums = binary.LittleEndian.AppendUint32(s.sums, s.sum)
	s.sum = 0
}

// end writes what is left.
func (s *summed) end() error {
	if s.size%blockSize != 0 {
		s.cut()
	}
	return s.to.Flush()
}

// errDamaged is the cause when a file is not what was written.
var errDamaged = errors.New("it has changed since it was written")

// checked reads a file that was summed. It is safe for concurrent use.
type checked struct {
	file File
	size int64
	sums []byte
	good []atomic.Bool // blocks that were found good
}

// newChecked checks the size of a file; its blocks when they are read.
func newChecked(file File, size int64, sums []byte) (*checked, error) {
	now, err := file.Size()
	if err != nil {
		return nil, err
	}
	blocks := (size + blockSize - 1) / blockSize
	if now != size || int64(len(sums)) != 4*blocks {
		return nil, fmt.Errorf("%w: it has %d bytes instead of %d", errDamaged, now, size)
	}
	return &checked{file: file, size: size, sums: sums, good: make([]atomic.Bool, blocks)}, nil
}

var blocks = sync.Pool{New: func() any { b := make([]byte, blockSize); return &b }}

func (c *checked) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at >= c.size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), c.size-at)]
	if len(p) == 0 {
		return 0, nil
	}
	for b := at / blockSize; b <= (at+int64(len(p))-1)/blockSize; b++ {
		if err := c.check(b); err != nil {
			return 0, err
		}
	}
	n, err := c.file.ReadAt(p, at)
	if err == nil && at+int64(n) == c.size {
		err = io.EOF
	}
	return n, err
}

func (c *checked) check(block int64) error {
	if c.good[block].Load() {
		return nil
	}
	buffer := blocks.Get().(*[]byte)
	defer blocks.Put(buffer)
	from := block * blockSize
	data := (*buffer)[:min(blockSize, c.size-from)]
	if _, err := c.file.ReadAt(data, from); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if crc32.Checksum(data, castagnoli) != binary.LittleEndian.Uint32(c.sums[4*block:]) {
		return fmt.Errorf("%w: bytes %d to %d", errDamaged, from, from+int64(len(data)))
	}
	c.good[block].Store(true)
	return nil
}

// all checks every block.
func (c *checked) all() error {
	for b := range c.good {
		if err := c.check(int64(b)); err != nil {
			return err
		}
	}
	return nil
}
