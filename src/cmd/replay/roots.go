package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"riskreplay/src/diag"
)

// platforms are Splunk's folders for programs of one platform.
var platforms = []string{"linux_x86_64", "linux_x86", "darwin_x86_64", "windows_x86_64", "windows_x86"}

// appFolder is the folder of the app that a program lies in, above bin or
// <platform>/bin; "" when it lies in neither.
func appFolder(exe string) string {
	bin := filepath.Dir(exe)
	if filepath.Base(bin) != "bin" {
		return ""
	}
	app := filepath.Dir(bin)
	if slices.Contains(platforms, filepath.Base(app)) {
		return filepath.Dir(app)
	}
	return app
}

// ownApp is that of this program.
func ownApp() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	return appFolder(exe)
}

// place turns a path of a stanza into one of this machine.
func place(app, setting, path string) (string, error) {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' })
	switch {
	case slices.Contains(parts, ".."):
		return "", refused(setting, path, `".." is not allowed`, "write the path without it")
	case strings.ContainsRune(path, 0):
		return "", refused(setting, path, "it holds a NUL", "")
	case filepath.IsAbs(path):
		return filepath.Clean(path), nil
	case app == "":
		return "", refused(setting, path, "the program is in no app's folder, so there is nothing that the path could count from", "write an absolute path")
	}
	return filepath.Join(app, filepath.FromSlash(path)), nil
}

func refused(setting, value, why, hint string) error {
	return diag.Message{Text: fmt.Sprintf("cannot use %s %q: %s", setting, value, why), Hint: hint}
}

// roots are the folders that datasets may lie in, without symbolic links.
type roots struct {
	given []string // as a person wrote them, for messages
	real  []string
}

// defaultRoots is the folder of an app's own datasets.
const defaultRoots = "samples"

// newRoots reads dataset_roots. A folder that is not there allows nothing.
func newRoots(app, list string) (roots, error) {
	var r roots
	for _, given := range commas(list, defaultRoots) {
		path, err := place(app, "dataset_roots", given)
		if err != nil {
			return r, err
		}
		r.given = append(r.given, given)
		if real, err := filepath.EvalSymlinks(path); err == nil {
			r.real = append(r.real, real)
		}
	}
	return r, nil
}

// check refuses a file or folder outside of the roots, whatever links lead to it.
func (r roots) check(setting, given, path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return refused(setting, given, cause(err), "")
	}
	for _, root := range r.real {
		if rest, err := filepath.Rel(root, real); err == nil && filepath.IsLocal(rest) {
			return nil
		}
	}
	where := ""
	if real != filepath.Clean(path) {
		where = fmt.Sprintf(" (%q)", real)
	}
	return refused(setting, given, fmt.Sprintf("it lies outside of dataset_roots%s, which is %s", where, strings.Join(r.given, ", ")),
		"name its folder in dataset_roots")
}

// cause is an error without the path, which the message has already.
func cause(err error) string {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err.Error()
		}
		err = u.Unwrap()
	}
}

// commas splits a list; one that names nothing is the other.
func commas(list, otherwise string) []string {
	var out []string
	for part := range strings.SplitSeq(list, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	if len(out) == 0 && otherwise != "" {
		out = []string{otherwise}
	}
	return out
}
