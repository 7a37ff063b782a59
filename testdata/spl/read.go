package splscripts

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// moment is when searches run unless a script says otherwise.
var moment = time.Date(2026, 1, 15, 12, 20, 0, 0, time.UTC)

// read reads one file.
func read(file, text string) ([]Script, error) {
	r := &reader{file: file, common: Setup{Now: moment, Zone: time.UTC}}
	for n, line := range strings.Split(text, "\n") {
		r.line = n + 1
		if err := r.take(line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, r.line, err)
		}
	}
	if err := r.endSection(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, r.line, err)
	}
	return r.scripts, nil
}

type reader struct {
	file    string
	line    int
	common  Setup // of all scripts of the file
	scripts []Script

	section string // the keyword of the section being read
	at      int    // its line
	rest    string // what stands on the keyword's line
	body    []string
}

func (r *reader) take(line string) error {
	switch {
	case strings.HasPrefix(line, "\t"):
		r.body = append(r.body, line[1:])
		return nil
	case strings.TrimSpace(line) == "":
		if r.section != "" {
			r.body = append(r.body, "")
		}
		return nil
	case strings.HasPrefix(line, "#"):
		return nil
	}
	if err := r.endSection(); err != nil {
		return err
	}
	r.section, r.rest, _ = strings.Cut(line, " ")
	r.at, r.rest, r.body = r.line, strings.TrimSpace(r.rest), nil
	if r.section == "==" {
		s := Script{Name: strings.TrimSuffix(r.file, ".spl") + ": " + r.rest, Setup: r.common}
		r.scripts, r.section = append(r.scripts, s), ""
	}
	return nil
}

// setup is what a directive changes: the script's, or the file's.
func (r *reader) setup() *Setup {
	if len(r.scripts) == 0 {
		return &r.common
	}
	return &r.scripts[len(r.scripts)-1].Setup
}

func (r *reader) step() (*Step, error) {
	if len(r.scripts) == 0 || len(r.scripts[len(r.scripts)-1].Steps) == 0 {
		return nil, fmt.Errorf("%s stands before any search", r.section)
	}
	steps := r.scripts[len(r.scripts)-1].Steps
	return &steps[len(steps)-1], nil
}

// text is the section's content: behind the keyword, or in the lines below.
func (r *reader) text() string {
	body := strings.TrimRight(strings.Join(r.body, "\n"), "\n")
	if r.rest != "" && body != "" {
		return r.rest + "\n" + body
	}
	return r.rest + body
}

func (r *reader) endSection() error {
	if r.section == "" {
		return nil
	}
	defer func() { r.section = "" }()
	switch r.section {
	case "search":
		if len(r.scripts) == 0 {
			return fmt.Errorf("a search stands before the first case")
		}
		s := &r.scripts[len(r.scripts)-1]
		s.Steps = append(s.Steps, Step{Search: r.text(), At: r.file + ":" + strconv.Itoa(r.at)})
		return nil
	case "rows", "columns", "error", "warning":
		return r.expectation()
	case "covers", "refuses":
		return r.covers()
	}
	return r.directive()
}

// covers reads a command and arguments of it: covers dedup keepevents keepempty.
func (r *reader) covers() error {
	words := strings.Fields(r.rest)
	if len(r.scripts) == 0 || len(words) == 0 {
		return fmt.Errorf("%s stands in a case, with a command and its arguments", r.section)
	}
	s := &r.scripts[len(r.scripts)-1]
	list := &s.Covers
	if r.section == "refuses" {
		list = &s.Refuses
	}
	if len(words) == 1 {
		*list = append(*list, words[0])
	}
	for _, w := range words[1:] {
		*list = append(*list, words[0]+" "+w)
	}
	return nil
}

func (r *reader) expectation() error {
	s, err := r.step()
	if err != nil {
		return err
	}
	switch r.section {
	case "rows":
		s.Rows, err = readRows(r.text())
	case "columns":
		s.Columns, err = readWords(r.text())
	case "error":
		s.Error = r.text()
	case "warning":
		s.Warnings = append(s.Warnings, strings.Split(r.text(), "\n")...)
	}
	return err
}

func (r *reader) directive() (err error) {
	s := r.setup()
	switch r.section {
	case "load":
		return r.load(s)
	case "now":
		s.Now, err = time.Parse(time.RFC3339, r.rest)
	case "zone":
		s.Zone, err = time.LoadLocation(r.rest)
	case "earliest":
		s.Earliest = r.rest
	case "latest":
		s.Latest = r.rest
	case "eventtypes":
		s.EventTypes = strings.Fields(r.rest)
	case "saved":
		s.Saved = append(s.Saved[:len(s.Saved):len(s.Saved)], r.saved())
	case "file":
		s.AppFiles = append(s.AppFiles[:len(s.AppFiles):len(s.AppFiles)], AppFile{r.rest, strings.Join(r.body, "\n")})
	case "model":
		return r.model(s)
	default:
		return fmt.Errorf("unknown word %q", r.section)
	}
	return err
}

// load reads events as rows; a line that is no row is an event's raw text.
func (r *reader) load(s *Setup) error {
	s.Events = s.Events[:len(s.Events):len(s.Events)]
	for _, line := range strings.Split(r.text(), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		rows := []Row{{"_raw": {line}, "_time": {"0"}}}
		if strings.HasPrefix(line, "{") {
			var err error
			if rows, err = readRows(line); err != nil {
				return err
			}
		}
		for _, row := range rows {
			e, err := row.asEvent()
			if err != nil {
				return err
			}
			s.Events = append(s.Events, e)
		}
	}
	return nil
}

// saved reads NAME [earliest=..] [latest=..] and the search below.
func (r *reader) saved() Saved {
	out := Saved{Name: r.rest, Search: strings.TrimRight(strings.Join(r.body, "\n"), "\n")}
	for _, word := range strings.Fields(r.rest) {
		if v, ok := strings.CutPrefix(word, "earliest="); ok {
			out.Earliest = v
			out.Name = strings.TrimSpace(strings.Replace(out.Name, word, "", 1))
		}
		if v, ok := strings.CutPrefix(word, "latest="); ok {
			out.Latest = v
			out.Name = strings.TrimSpace(strings.Replace(out.Name, word, "", 1))
		}
	}
	return out
}

// model reads MODEL.DATASET, the constraint and the fields:
// model Things.Thing where sourcetype=thing fields a b
func (r *reader) model(s *Setup) error {
	name, rest, ok := strings.Cut(r.rest, " where ")
	constraint, fields, ok2 := strings.Cut(rest, " fields ")
	model, dataset, ok3 := strings.Cut(name, ".")
	if !ok || !ok2 || !ok3 {
		return fmt.Errorf("a model goes MODEL.DATASET where CONDITION fields NAMES")
	}
	m := Model{model, dataset, constraint, strings.Fields(fields)}
	s.Models = append(s.Models[:len(s.Models):len(s.Models)], m)
	return nil
}
