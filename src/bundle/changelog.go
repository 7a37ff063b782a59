package bundle

import (
	"errors"
	"io/fs"
	"regexp"
	"time"

	"riskreplay/src/diag"
)

// section is the heading of a version: `## 1.2.0 (2026-01-15)` or `(unreleased)`.
var section = regexp.MustCompile(`(?m)^## (\S+)(?: \(([^)]*)\))?[ \t]*$`)

// readReleased reads the day of the newest version in CHANGELOG.md, the zero time
// when it is not released yet, or when there is no such file.
func readReleased(source fs.FS, version string) (time.Time, diag.List) {
	const name = "CHANGELOG.md"
	data, err := readFile(source, name)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, diag.List{{Text: "cannot read " + name + ": " + err.Error(), Cause: err}}
	}
	text := &diag.Text{Name: name, Body: string(data)}
	at := section.FindStringSubmatchIndex(text.Body)
	if at == nil {
		return time.Time{}, nil
	}
	if got := text.Body[at[2]:at[3]]; got != version {
		return time.Time{}, diag.List{{
			Text: "the newest version in " + name + " is \"" + got + "\", and that of default/app.conf \"" + version + "\"", Place: text.At(at[2], at[3]),
			Hint: "[launcher] version of default/app.conf is the version's home",
		}}
	}
	if at[4] < 0 || text.Body[at[4]:at[5]] == "unreleased" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text.Body[at[4]:at[5]])
	if err != nil {
		return time.Time{}, diag.List{{Text: "cannot read the day of a release \"" + text.Body[at[4]:at[5]] + "\"", Place: text.At(at[4], at[5]), Hint: "write it like 2026-01-15, or unreleased"}}
	}
	return day, nil
}
