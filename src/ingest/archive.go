package ingest

import (
	"archive/tar"
	"bufio"
	"errors"
	"io"
	"strconv"

	"riskreplay/src/diag"
)

// member is a file in an archive.
type member struct {
	name string
	size int64 // as the archive says; it may lie
	// link tells what is neither a file nor a folder.
	folder, link bool
	open         func() (io.Reader, error)
}

// member reads a member of the archive s; false when no further one is to be read.
func (w *reading) member(s *stream, m member, depth int) bool {
	if err := w.budget.enter(); err != nil {
		w.problems.add("read", s.readMessage(err))
		return false
	}
	name := memberName(m.name)
	if m.folder || name == "" || leftOut(name) {
		return true
	}
	child := &stream{path: w.unique(s.path + "!" + name), plain: true, size: m.size}
	if m.link {
		w.problems.add("link", diag.Message{Severity: diag.Warning, Text: strconv.Quote(child.path) + " is a link or a device: it is left out"})
		return true
	}
	r, err := m.open()
	if err != nil {
		w.problems.add("member", *child.wrong(err.Error(), ""))
		return true
	}
	child.Reader = bufio.NewReaderSize(&metered{w.ctx, r, &w.budget}, int(max(2*pointerSize, min(sniffSize, m.size+1))))
	w.open(child, depth)
	child.close()
	return !w.stopped && w.budget.spent == nil && w.ctx.Err() == nil
}

// open reads a member as Read reads a file.
func (w *reading) open(s *stream, depth int) {
	head, err := s.Peek(pointerSize)
	switch m, bad := judgeHead(s.path, head); {
	case len(head) == 0 && err != io.EOF:
		w.problems.add("read", s.readMessage(err))
	case len(head) == 0:
		w.problems.add("empty", diag.Message{Severity: diag.Warning, Text: strconv.Quote(s.path) + " is empty"})
	case bad:
		m.Hint = ""
		w.problems.add("pointer", m)
	default:
		w.unpack(s, depth)
	}
}

// readTar reads the members of a tar archive, in their order.
func readTar(w *reading, s *stream, depth int) {
	t := tar.NewReader(s.Reader)
	for more := true; more; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) { // names are made safe
			w.problems.add("read", s.readMessage(err))
			return
		}
		more = w.member(s, member{
			name: h.Name, size: h.Size,
			folder: h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader,
			link:   !h.FileInfo().Mode().IsRegular(),
			open:   func() (io.Reader, error) { return t, nil },
		}, depth)
	}
}

// isTar tells a tar archive by the sum that its first header holds of itself.
func isTar(head []byte) bool {
	const size, at, width = 512, 148, 8
	if len(head) < size || head[0] == 0 {
		return false
	}
	var want int
	digits := 0
	for _, c := range head[at : at+width] {
		switch {
		case c-'0' < 8:
			want, digits = want*8+int(c-'0'), digits+1
		case c != ' ' && c != 0:
			return false
		}
	}
	sum := width * int(' ')
	for i, c := range head[:size] {
		if i < at || i >= at+width {
			sum += int(c)
		}
	}
	return digits > 0 && sum == want
}
