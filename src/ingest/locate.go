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
// not be known), also in a checkout of attack_data that lies there; then the file
// of that name beside the catalogue. Of a URL the part from /datasets/ on counts.
// Before all, it is looked for in dataDir, when one is given.
func locate(catalogue, target, dataDir string) (string, bool) {
	target = localPart(target)
	if target == "" || target == "." {
		return "", false
	}
	if dataDir != "" {
		for _, inside := range []string{target, strings.TrimPrefix(target, "datasets/")} {
			if path := filepath.Join(dataDir, filepath.FromSlash(inside)); exists(path) {
				return path, true
			}
		}
	}
	home, err := filepath.Abs(filepath.Dir(catalogue))
	if err != nil {
		return "", false
	}
	shown := filepath.Dir(catalogue)
	for dir := home; ; {
		for _, checkout := range checkouts {
			if path := filepath.Join(checkout, filepath.FromSlash(target)); exists(filepath.Join(dir, path)) {
				return filepath.Join(shown, path), true
			}
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

// checkouts are where attack_data lies in a folder: the folder itself is it, or
// holds it, as contentctl does.
var checkouts = []string{"", "attack_data", "external_repos/attack_data"}

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
