package bundle

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// part is a folder of the project, or a file, and where it goes in the app.
type part struct {
	from, to string
	// endings are those of the files that are taken; nil takes all.
	endings []string
}

// parts are what an app is put together from. A later one with the same name wins:
// a project's own form goes before that of a folder that is an app already.
var parts = []part{
	{from: "bin", to: "bin", endings: []string{".py", ".sh", ".js", ".path"}},
	{from: "default", to: "default"},
	{from: "metadata", to: "metadata"},
	{from: "README", to: "README"},
	{from: "lookups", to: "lookups"},
	{from: "static", to: "static"},
	{from: "appserver", to: "appserver"},
	{from: "samples", to: "samples"},
	{from: "README.md", to: "README.md"},
	{from: "app.manifest", to: "app.manifest"},
	{from: "LICENSE", to: "LICENSE"},
	{from: "NOTICE", to: "NOTICE"},
	{from: "app/README", to: "README"},
	{from: "app/lookups", to: "lookups", endings: []string{".csv", ".csv.gz", ".kmz", ".mmdb"}},
	{from: "app/static", to: "static"},
	{from: "app/README.md", to: "README.md"},
	{from: "app/app.manifest", to: "app.manifest"},
	{from: "app/THIRD-PARTY.txt", to: "THIRD-PARTY.txt"},
}

// Limits of what is packed: Splunk Cloud takes packages of 128 MB.
const (
	maxFile  = 128 << 20
	maxFiles = 20_000
)

// gather reads all parts. What cannot be in a package is a message and left out.
func (a *App) gather(source fs.FS) (problems diag.List) {
	for _, p := range parts {
		err := fs.WalkDir(source, p.from, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				if errors.Is(err, fs.ErrNotExist) && name == p.from {
					return nil // not every app has every part
				}
				return err
			}
			if d.IsDir() {
				return nil
			}
			rest := strings.TrimPrefix(strings.TrimPrefix(name, p.from), "/")
			to := path.Join(p.to, rest)
			if p.endings != nil && !slices.ContainsFunc(p.endings, func(e string) bool { return strings.HasSuffix(strings.ToLower(name), e) }) {
				return nil
			}
			if message := a.take(source, name, to); message != nil {
				problems = append(problems, *message)
			}
			return nil
		})
		if err != nil {
			problems = append(problems, diag.Message{Text: "cannot read \"" + p.from + "\": " + err.Error(), Cause: err})
		}
	}
	return problems
}

// take reads a file into the app.
func (a *App) take(source fs.FS, from, to string) *diag.Message {
	if why := refusedName(to); why != "" {
		return &diag.Message{Text: "cannot pack \"" + from + "\": " + why, Hint: "rename it, or move it out of the folder"}
	}
	data, err := readFile(source, from)
	if err != nil {
		return &diag.Message{Text: "cannot pack \"" + from + "\": " + err.Error(), Cause: err}
	}
	if len(a.files) >= maxFiles {
		return &diag.Message{Text: "cannot pack \"" + from + "\": there are too many files already"}
	}
	a.put(to, data, 0o644)
	return nil
}

// readFile reads a file of at most maxFile bytes; a link is one of them when it
// leads to a file inside the folder.
func readFile(source fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(source, name)
	if err != nil {
		return nil, reason(err)
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no file")
	case info.Size() > maxFile:
		return nil, errors.New("it is larger than 128 MB, which is the most that Splunk Cloud takes")
	}
	data, err := fs.ReadFile(source, name)
	return data, reason(err)
}

// reason is an error without its path, which the message names already.
func reason(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
