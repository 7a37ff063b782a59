package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
)

func newSPL(s streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "spl",
		Short: "The language tools: check, format and explain searches",
		Long: `Checks, formats and explains searches. They are read from .spl files (one search
each), detection YAML, savedsearches.conf, or stdin (-); an argument that is no
file and has a blank or a pipe in it is a search itself. Macros are those of the
app and of --app folders.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q: use spl check, spl fmt or spl explain", args[0])}
			}
			return usageError{errors.New("use spl check, spl fmt or spl explain")}
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	c.AddCommand(newSPLCheck(s), newSPLFormat(s), newSPLExplain(s))
	return c
}

// writtenSearch is a search with where it stands.
type writtenSearch struct {
	File string
	Name string // of the detection or saved search; the file's name for a .spl file
	Text *diag.Text
	// Status is a detection's: production, experimental or deprecated.
	Status string
}

// searches reads what the language tools are given. What cannot be read is said;
// the others count, and bad tells of it.
func (s streams) searches(args []string) (found []writtenSearch, bad bool, err error) {
	if len(args) == 0 {
		return nil, false, usageError{errors.New("no search was given: name a file, or - for stdin")}
	}
	for _, arg := range args {
		some, problems, err := s.searchesOf(arg)
		if err != nil {
			return nil, true, err
		}
		s.say(problems)
		bad = bad || problems.HasErrors()
		found = append(found, some...)
	}
	return found, bad, nil
}

func (s streams) searchesOf(arg string) ([]writtenSearch, diag.List, error) {
	info, err := os.Stat(arg)
	if err != nil && strings.ContainsAny(arg, " |\n") {
		return []writtenSearch{{File: "<search>", Name: "<search>", Text: &diag.Text{Name: "<search>", Body: arg}}}, nil, nil
	}
	if err == nil && info.IsDir() {
		return s.searchesIn(arg)
	}
	text, err := s.readText(arg)
	if err != nil {
		return nil, nil, err
	}
	switch filepath.Ext(arg) {
	case ".yml", ".yaml":
		d, problems := detection.ReadYAML(arg, []byte(text.Body))
		if d == nil || d.SearchText == nil {
			return nil, problems, nil
		}
		return []writtenSearch{{File: arg, Name: d.Name, Text: d.SearchText, Status: d.Status}}, problems, nil
	case ".conf":
		return savedSearches(arg, text)
	}
	return []writtenSearch{{File: arg, Name: filepath.Base(text.Name), Text: text}}, nil, nil
}

// searchesIn is the searches of a folder's YAML, .spl and savedsearches.conf
// files, in the order of their names.
func (s streams) searchesIn(dir string) (found []writtenSearch, problems diag.List, err error) {
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch ext := filepath.Ext(path); {
		case ext == ".yml", ext == ".yaml", ext == ".spl", d.Name() == "savedsearches.conf":
			some, more, err := s.searchesOf(path)
			found, problems = append(found, some...), append(problems, more...)
			return err
		}
		return nil
	})
	if err == nil && len(found) == 0 && !problems.HasErrors() {
		err = environmentError{fmt.Errorf("cannot read %q: the folder holds no searches (.yml, .spl, savedsearches.conf)", dir)}
	}
	return found, problems, err
}

func savedSearches(name string, text *diag.Text) ([]writtenSearch, diag.List, error) {
	file, problems := conf.Parse(name, []byte(text.Body))
	var found []writtenSearch
	for _, stanza := range file.Stanzas {
		if search, ok := stanza.Lookup("search"); ok && search.Value != "" {
			found = append(found, writtenSearch{File: name, Name: stanza.Name, Text: search.Text})
		}
	}
	return found, problems, nil
}
