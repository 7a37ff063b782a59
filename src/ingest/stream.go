package ingest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strconv"

	"riskreplay/src/diag"
)

// sniffSize is how much of a text its format is told by.
const sniffSize = 64 << 10

// stream is a file's text: unpacked, in UTF-8, not quoted.
type stream struct {
	*bufio.Reader
	path  string
	size  int64 // of a regular file; -1 when it is not known
	plain bool  // nothing was unpacked or converted
	// regular is the file on the disk, when its text stands in it as it is.
	regular *os.File
	file    io.Reader
	teed    bool
	closes  []func()
	// reports are those that go on behind what is wrong in a container.
	reports []reporting
}

// openStream opens a file, or says what is wrong with it.
func openStream(path string, o Options) (*stream, *diag.Message) {
	file, err := os.Open(path)
	if err != nil {
		m := missing(path, err)
		return nil, &m
	}
	s := &stream{path: path, plain: true}
	s.closes = append(s.closes, func() { _ = file.Close() }) // only read
	if m := s.open(file, o.Tee); m != nil {
		s.close()
		return nil, m
	}
	return s, nil
}

func (s *stream) open(file *os.File, tee io.Writer) *diag.Message {
	info, err := file.Stat()
	if err != nil {
		m := missing(s.path, err)
		return &m
	}
	if info.IsDir() {
		return s.wrong("it is a folder, not a file", "")
	}
	if s.size = -1; info.Mode().IsRegular() {
		s.size, s.regular = info.Size(), file
	}
	if s.file = file; tee != nil {
		s.file, s.teed = io.TeeReader(file, tee), true
	}
	s.Reader = bufio.NewReaderSize(s.file, sniffSize)
	head, err := s.Peek(pointerSize)
	if err != nil && !errors.Is(err, io.EOF) {
		m := missing(s.path, err)
		return &m
	}
	if m, bad := judgeHead(s.path, head); bad {
		return &m
	}
	return nil
}

// through replaces the text by what a filter makes of it.
func (s *stream) through(r io.Reader) {
	s.plain, s.regular = false, nil
	s.Reader = bufio.NewReaderSize(r, sniffSize)
}

// drain reads what lies behind the text in the file, for who is written all of it.
func (s *stream) drain(ctx context.Context) error {
	if !s.teed {
		return nil
	}
	buf := make([]byte, sniffSize)
	for {
		if _, err := fill(ctx, s.file, buf); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// head is the beginning of the text.
func (s *stream) head() []byte {
	head, _ := s.Peek(sniffSize) // what is wrong comes up again when it is read
	return head
}

func (s *stream) close() {
	for i := len(s.closes) - 1; i >= 0; i-- {
		s.closes[i]()
	}
}

// problems is what was wrong in the containers so far.
func (s *stream) problems() (list diag.List) {
	for _, r := range s.reports {
		list = append(list, r.Problems()...)
	}
	return list
}

// firstSlab is a size that holds a small text whole, its end included.
func (s *stream) firstSlab(blockSize int) int {
	if s.plain && s.size >= 0 && s.size < int64(blockSize) {
		return int(s.size) + 1
	}
	if head, err := s.Peek(sniffSize); errors.Is(err, io.EOF) && len(head) < blockSize {
		return len(head) + 1
	}
	return blockSize
}

// wrong is a message about the file as a whole.
func (s *stream) wrong(text, hint string) *diag.Message {
	return &diag.Message{Text: "cannot read " + strconv.Quote(s.path) + ": " + text, Hint: hint}
}

// readMessage says why reading ended before the end.
func (s *stream) readMessage(err error) diag.Message {
	text := "the rest of " + strconv.Quote(s.path) + " cannot be read: "
	if errors.Is(err, io.ErrUnexpectedEOF) {
		text += "it is cut off"
	} else {
		text += reason(err)
	}
	return diag.Message{Text: text, Cause: err}
}
