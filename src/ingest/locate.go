package ingest

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// locate finds the local file that a catalogue's path or URL means. In this
// order: from the catalogue's folder and from each folder above it, the nearest
// first (a path "/datasets/x" counts from the top of the repository, which need
// not be known); then the file of that name beside the catalogue. Of a URL the
// part from /datasets/ on counts.
func locate(catalogue, target string) (string, bool) {
	target = localPart(target)
	if target == "" || target == "." {
		return "", false
	}
	home, err := filepath.Abs(filepath.Dir(catalogue))
	if err != nil {
		return "", false
	}
	shown := filepath.Dir(catalogue)
	for dir := home; ; {
		if exists(filepath.Join(dir, filepath.FromSlash(target))) {
			return filepath.Join(shown, filepath.FromSlash(target)), true
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir, shown = up, above(shown)
	}
	beside := filepath.Join(filepath.Dir(catalogue), path.Base(target))
	return beside, exists(beside)
}

// above is the folder above, written as people would: relative while it can be.
func above(dir string) string {
	if dir == "." || filepath.Base(dir) == ".." {
		return filepath.Join(dir, "..")
	}
	return filepath.Dir(dir)
}

// localPart is the path inside the repository: without the leading slash, the
// host of a URL and what stands before /datasets/ in it.
func localPart(target string) string {
	target = strings.TrimSpace(target)
	if u, err := url.Parse(target); err == nil && u.Host != "" && strings.Contains(target, "://") {
		target = u.Path
		if i := strings.Index(target, "/datasets/"); i >= 0 {
			target = target[i:]
		}
	}
	if os.PathSeparator == '\\' {
		target = strings.ReplaceAll(target, `\`, "/")
	}
	return strings.TrimPrefix(path.Clean("/"+target), "/")
}
