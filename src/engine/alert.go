package engine

import (
	"cmp"
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"riskreplay/src/alert"
	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
)

// Outside does the alert actions that reach outside: those of a scheduler's runs, and
// of sendalert. What it is to be told is set before the first search runs.
func (e *Engine) Outside() *alert.Outside { return e.outside }

// readActions reads the alert actions that apps declare.
func (e *Engine) readActions() diag.List {
	c, problems := conf.Load("alert_actions.conf", e.options.Apps, "")
	declared, more := alert.ReadDeclared(c)
	e.outside = &alert.Outside{Declared: declared, Program: e.actionProgram}
	return append(problems, more...)
}

// interpreters start what is no program itself, by the end of its name.
var interpreters = map[string]string{".py": "python3", ".sh": "sh", ".js": "node"}

// actionProgram finds the program of an alert action as those of commands are found.
func (e *Engine) actionProgram(d alert.Declared) (path string, args []string, err error) {
	names := []string{d.Command}
	if d.Command == "" {
		names = []string{d.Name, d.Name + ".py", d.Name + ".sh"}
	}
	for _, name := range names {
		if path, _, err = e.find(program{name: d.Name, app: d.App, file: name}); err == nil {
			break
		}
	}
	if err != nil {
		return "", nil, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", nil, err
	}
	if with := interpreters[strings.ToLower(filepath.Ext(path))]; with != "" {
		return with, []string{path}, nil
	}
	return path, nil, nil
}

// Alert fires a saved search that has one action, and no search, with the rows.
func (w *world) Alert(ctx context.Context, action string, params map[string]string, rows *batch.Batch) error {
	stanza := &conf.Stanza{Name: cmp.Or(w.info.SavedSearch, "sendalert"), App: w.info.App}
	set := func(key, value string) {
		stanza.Settings = append(stanza.Settings, conf.Setting{Key: key, Value: value, Text: &diag.Text{Name: "sendalert", Body: value}})
	}
	set("action."+action, "1")
	for _, name := range slices.Sorted(maps.Keys(params)) {
		set("action."+action+".param."+name, params[name])
	}
	s, problems := detection.ReadSavedSearch(stanza)
	if problems.HasErrors() {
		return problems.Errors()
	}
	e := w.bindContext.engine
	run := alert.Run{SID: w.info.SID, At: w.info.Now, Earliest: w.info.Earliest, Latest: w.info.Latest}
	out := alert.Fire(&s, run, rows, e.known, alert.Conditions{})
	for _, m := range out.Messages {
		w.Warn(m)
	}
	if err := e.Append(ctx, out.Events()); err != nil {
		return err
	}
	done := e.outside.Do(ctx, &s, run, rows, out)
	if done.Messages.HasErrors() {
		return done.Messages.Errors()
	}
	for _, m := range done.Messages {
		w.Warn(m)
	}
	return nil
}

// Action tells whether sendalert can do an alert action; the error says why not.
func (c *bindContext) Action(name string) error {
	return alert.Refuses(name, c.engine.outside.Declared)
}
