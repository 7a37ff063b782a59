package ingest

import (
	"errors"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// errNowhere says that what a catalogue names is not there.
var errNowhere = errors.New("it is nowhere")

// outside is a file that is there, but through a link that leads out of the tree
// in which it was looked for.
type outside struct{ path, real, tree string }

func (o *outside) Error() string {
	return strconv.Quote(o.path) + " is a link that leads out of " + strconv.Quote(o.tree) + ", to " + strconv.Quote(o.real)
}

// locate finds the local file that a catalogue's path or URL means. In this
// order: from the catalogue's folder and from each folder above it up to the top of
// its tree, the nearest first (a path "/datasets/x" counts from the top of the
// repository), also in a checkout of attack_data that lies there; then the file
// of that name beside the catalogue. Of a URL the part from /datasets/ on counts.
// Before all, it is looked for in dataDir, when one is given. Nothing outside of
// the tree and of dataDir is found: the error is errNowhere, or an *outside.
func locate(catalogue, target, dataDir string) (string, error) {
	target = localPart(target)
	if target == "" || target == "." {
		return "", errNowhere
	}
	var out *outside
	try := func(shown string, trees ...string) bool {
		if !exists(shown) {
			return false
		}
		for _, tree := range trees {
			o := leadsOut(tree, shown)
			if o == nil {
				return true
			}
			if out == nil {
				out = o
			}
		}
		return false
	}
	if dataDir != "" {
		for _, inside := range []string{target, strings.TrimPrefix(target, "datasets/")} {
			if at := filepath.Join(dataDir, filepath.FromSlash(inside)); try(at, dataDir) {
				return at, nil
			}
		}
	}
	dirs := treeOf(filepath.Dir(catalogue), strings.HasPrefix(target, datasetsFolder+"/"))
	top := dirs[len(dirs)-1]
	for _, dir := range dirs {
		for _, checkout := range checkouts {
			if at := filepath.Join(dir, checkout, filepath.FromSlash(target)); try(at, top, dir) {
				return at, nil
			}
		}
	}
	if at := filepath.Join(filepath.Dir(catalogue), path.Base(target)); try(at, top, filepath.Dir(catalogue)) {
		return at, nil
	}
	if out != nil {
		return "", out
	}
	return "", errNowhere
}

// datasetsFolder is what attack_data's logs lie in, at the top of its repository.
const datasetsFolder = "datasets"

// checkouts are where attack_data lies in a folder: the folder itself is it, or
// holds it, as contentctl does.
var checkouts = []string{"", "attack_data", "external_repos/attack_data"}

// treeOf is the folder of a catalogue and those above it up to the top of its
// tree: the nearest with .git. Without one, and only for what lies in datasets/, it
// is the folder that holds the datasets/ in which the catalogue is, or the nearest
// that holds a datasets/. Where there is none of these the folder is all there is:
// else a catalogue could name any file of the machine.
func treeOf(home string, datasets bool) []string {
	full, err := filepath.Abs(home)
	if err != nil {
		return []string{home}
	}
	within, holds := 0, 0 // how many folders up to the top; 0 when it is not found
	all := []string{home}
	for dir, shown := full, home; ; {
		if exists(filepath.Join(dir, ".git")) {
			return all
		}
		if holds == 0 && holdsDatasets(dir) {
			holds = len(all)
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		if filepath.Base(dir) == datasetsFolder {
			within = len(all) + 1
		}
		dir, shown = up, above(shown)
		all = append(all, shown)
	}
	switch {
	case !datasets:
		return all[:1]
	case within > 0:
		return all[:within]
	}
	return all[:max(holds, 1)]
}

// holdsDatasets tells a folder that is, or holds, a checkout of attack_data.
func holdsDatasets(dir string) bool {
	for _, checkout := range checkouts {
		if info, err := os.Stat(filepath.Join(dir, checkout, datasetsFolder)); err == nil && info.IsDir() {
			return true
		}
	}
	return false
}

// leadsOut follows the links of a path that begins with that of a tree; nil when
// they stay in it.
func leadsOut(tree, path string) *outside {
	top, err1 := followed(tree)
	real, err2 := followed(path)
	if rel, err := filepath.Rel(top, real); err1 == nil && err2 == nil && err == nil && filepath.IsLocal(rel) {
		return nil
	}
	return &outside{path, real, tree}
}

// followed is a path, absolute and without links.
func followed(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return path, err
	}
	return filepath.EvalSymlinks(full)
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
