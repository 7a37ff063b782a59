package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"riskreplay/src/diag"
	"riskreplay/src/report"
	"riskreplay/src/vet"
)

// isContent tells a content repository, or something in one, from a package and an
// app's folder.
func isContent(path string) bool {
	full, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	info, err := os.Stat(full)
	if err != nil {
		return false
	}
	switch ext := filepath.Ext(path); {
	case info.IsDir():
		_, _, ok := repositoryOf(full, true)
		return ok
	case ext != ".yml" && ext != ".yaml":
		return false
	}
	return true
}

// content vets the detections at a path and tells what was found.
func (o *vetOptions) content(path string) ([]vet.Found, error) {
	c, err := o.openContent(path)
	if err != nil {
		return nil, err
	}
	t, err := o.target.openWith(o.streams, c.app)
	if err != nil {
		return nil, err
	}
	var found []vet.Found
	for _, f := range vet.Content(c.Content, c.detections(), c.read, c.built, t.engine, t.now) {
		if c.about(f.Message) {
			found = append(found, f)
		}
	}
	errors := 0
	for _, f := range found {
		if f.Message.Severity == diag.Error {
			errors++
		}
		if o.format == "json" {
			err = o.foundLine(f)
		} else {
			_, err = fmt.Fprintf(o.out, "%s %s: %s\n", f.Rule, f.Message.Severity, f.Message.Error())
		}
		if err != nil {
			return nil, written(err)
		}
	}
	if o.format != "json" {
		_, err = fmt.Fprintf(o.out, "%s: %d detections, %d errors, %d warnings\n", path, len(c.detections()), errors, len(found)-errors)
	}
	return found, written(err)
}

// foundLine writes what a rule found as a line of JSON.
func (o *vetOptions) foundLine(f vet.Found) error {
	line, err := json.Marshal(struct {
		Rule     string `json:"rule"`
		Severity string `json:"severity"`
		File     string `json:"file"`
		Place    string `json:"place"`
		Text     string `json:"text"`
		Hint     string `json:"hint,omitempty"`
	}{f.Rule, f.Message.Severity.String(), f.File, f.Message.Place.String(), f.Message.Text, f.Message.Hint})
	if err != nil {
		return err
	}
	_, err = o.out.Write(append(line, '\n'))
	return err
}

func (o *vetOptions) writeSARIF(found []vet.Found) error {
	data, err := report.SARIF(found)
	if err == nil {
		err = os.WriteFile(o.sarif, data, 0o644)
	}
	if err != nil {
		return environmentError{fmt.Errorf("cannot write %q: %w", o.sarif, err)}
	}
	return nil
}
