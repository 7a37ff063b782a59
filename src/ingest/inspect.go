package ingest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"riskreplay/src/diag"
)

// inspect looks at a file without reading it and says what is wrong with it: it
// is missing, a folder, empty, or a Git LFS pointer. What is no regular file, as a
// pipe, can be read once only and is left for then.
func inspect(path string) (m diag.Message, bad bool) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return diag.Message{}, false
	}
	f, err := os.Open(path)
	if err != nil {
		return missing(path, err), true
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return missing(path, err), true
	}
	if info.IsDir() {
		return diag.Message{Text: "cannot read " + strconv.Quote(path) + ": it is a folder, not a file"}, true
	}
	head := make([]byte, pointerSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return missing(path, err), true
	}
	return judgeHead(path, head[:n])
}

// judgeHead says what is wrong with a file that begins with head, which is all
// of it when shorter than a pointer may be.
func judgeHead(path string, head []byte) (m diag.Message, bad bool) {
	if len(head) == 0 {
		return diag.Message{Text: "cannot read " + strconv.Quote(path) + ": the file is empty"}, true
	}
	if bytes.HasPrefix(head, pointerStart) {
		return pointerMessage(path, head), true
	}
	return diag.Message{}, false
}

var errPointer = errors.New("a Git LFS pointer")

var pointerStart = []byte("version https://git-lfs.github.com/spec/v1")

// pointerSize is more than a pointer file has: they have some 130 bytes.
const pointerSize = 1024

// pointerMessage says how to get what a Git LFS pointer points to.
func pointerMessage(path string, head []byte) diag.Message {
	size, oid := "", ""
	for line := range strings.Lines(string(head)) {
		line = strings.TrimSpace(line)
		if n, ok := strings.CutPrefix(line, "size "); ok && allDigits(n) {
			size = " of " + n + " bytes"
		} else if id, ok := strings.CutPrefix(line, "oid "); ok && isOID(id) {
			oid = " (oid " + id + ")"
		}
	}
	return diag.Message{
		Cause: errPointer,
		Text:  "cannot read " + strconv.Quote(path) + ": it is a Git LFS pointer, the content" + size + " was not downloaded" + oid,
		Hint:  "git lfs pull --include=" + shellWord(inRepository(path)),
	}
}

// isOID tells an object's name: a method of hashing and hex digits.
func isOID(s string) bool {
	method, digits, ok := strings.Cut(s, ":")
	for i := range len(digits) {
		ok = ok && isHex(digits[i])
	}
	return ok && method == "sha256" && len(digits) <= 64
}

// inRepository is a path as git lfs wants it: from the top of the repository.
func inRepository(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	for dir := filepath.Dir(full); ; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, ".git")) {
			rel, err := filepath.Rel(dir, full)
			if err == nil {
				return filepath.ToSlash(rel)
			}
		}
		if dir == filepath.Dir(dir) {
			return filepath.ToSlash(path)
		}
	}
}

// shellWord quotes a path that a shell would take apart.
func shellWord(s string) string {
	if strings.ContainsAny(s, " \t\"'\\$`&;|<>()*?[]#~") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
