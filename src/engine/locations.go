package engine

import (
	"io"
	"slices"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/lookup"
)

// maxLocations bounds a database of locations that an app brings.
const maxLocations = 1 << 30

// readLocations opens the database that limits.conf of an app names for
// iplocation, a file of the app; none when the options have one.
func (e *Engine) readLocations() diag.List {
	if e.options.Locations != nil {
		return nil
	}
	c, problems := conf.Load("limits.conf", e.options.Apps, e.options.App)
	s, ok := c.Stanza("iplocation")
	if !ok {
		return problems
	}
	path, ok := s.Lookup("db_path")
	if !ok || path.Value == "" {
		return problems
	}
	fail := func(cause string) diag.List {
		return append(problems, diag.Message{
			Severity: diag.Warning, Text: `cannot read the locations "` + path.Value + `": ` + cause, Place: path.Text.At(0, len(path.Value)),
			Hint: "name a file of the app, such as lookups/cities.mmdb, or give one with --geoip",
		})
	}
	for _, app := range slices.Backward(e.options.Apps) {
		if app.FS == nil {
			continue
		}
		f, err := app.FS.Open(path.Value)
		if err != nil {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(f, maxLocations+1))
		_ = f.Close() // it was read, or the error is told
		if err == nil && len(data) > maxLocations {
			return fail("the file is larger than 1 GiB")
		}
		if err == nil {
			e.options.Locations, err = lookup.ReadLocations(data)
		}
		if err != nil {
			return fail(err.Error())
		}
		return problems
	}
	return fail("no app has that file")
}

// Locations is the database that iplocation looks into, nil for none.
func (w *world) Locations() *lookup.Locations { return w.engine.options.Locations }
