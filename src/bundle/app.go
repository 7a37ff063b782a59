package bundle

import (
	"cmp"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// Options say what is packed.
type Options struct {
	// Dir is the project's folder, or an app's.
	Dir string
	// Platform is what the app's programs are for; none when it has no programs.
	Platform Platform
	// Programs is a folder with <platform>/<program>, the built programs.
	Programs string
	// Source is where the programs' source code is, for the README.
	Source string
}

// App is an app ready to be packed.
type App struct {
	// ID is the name of its folder, Version the one of [launcher].
	ID, Version string
	// Released is the day of CHANGELOG.md's newest section; the zero time when it
	// has none yet.
	Released time.Time
	Platform Platform

	files []file // sorted by name when Assemble is done
}

type file struct {
	name string
	mode fs.FileMode
	data []byte
}

// Names are the paths in the app, sorted.
func (a *App) Names() []string {
	var out []string
	for _, f := range a.files {
		out = append(out, f.name)
	}
	return out
}

// Data is a file of the app, nil when there is none of that name.
func (a *App) Data(name string) []byte {
	if i := a.find(name); i >= 0 {
		return a.files[i].data
	}
	return nil
}

func (a *App) find(name string) int {
	return slices.IndexFunc(a.files, func(f file) bool { return f.name == name })
}

func (a *App) put(name string, data []byte, mode fs.FileMode) {
	if i := a.find(name); i >= 0 {
		a.files[i].data, a.files[i].mode = data, mode
		return
	}
	a.files = append(a.files, file{name, mode, data})
}

// Assemble puts an app together. The list has everything that is wrong with it;
// with an error in it, the app is not to be packed.
func Assemble(o Options) (*App, diag.List) {
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, diag.List{{Text: "cannot open \"" + o.Dir + "\": " + reason(err).Error(), Cause: err}}
	}
	defer func() { _ = root.Close() }() // read only
	source := root.FS()
	a := &App{Platform: o.Platform}
	problems := a.gather(source)
	problems = append(problems, a.identify()...)
	if problems.HasErrors() {
		return a, problems
	}
	var more diag.List
	if a.Released, more = readReleased(source, a.Version); len(more) > 0 {
		problems = append(problems, more...)
	}
	problems = append(problems, a.addSamples(source, o.Dir)...)
	programs, more := a.addPrograms(o)
	problems = append(problems, more...)
	problems = append(problems, a.stamp(programs, o.Source)...)
	slices.SortFunc(a.files, func(x, y file) int { return cmp.Compare(x.name, y.name) })
	return a, append(problems, a.clashes()...)
}

// identify reads who the app is.
func (a *App) identify() diag.List {
	data := a.Data("default/app.conf")
	if data == nil {
		return diag.List{{Text: "cannot pack: there is no default/app.conf", Hint: "an app has at least [package] id, [launcher] version and [ui] label there"}}
	}
	f, problems := conf.Parse("default/app.conf", data)
	get := func(stanza, key string) (conf.Setting, bool) {
		s, ok := f.Stanza(stanza)
		if !ok {
			return conf.Setting{}, false
		}
		return s.Lookup(key)
	}
	for _, want := range []struct {
		stanza, key string
		to          *string
		ok          func(string) bool
		form        string
	}{
		{"package", "id", &a.ID, appID.MatchString, "letters, digits, _ and -, a letter first"},
		{"launcher", "version", &a.Version, version.MatchString, "major.minor.revision, such as 1.2.0"},
	} {
		s, ok := get(want.stanza, want.key)
		switch {
		case !ok:
			problems = append(problems, diag.Message{Text: "cannot pack: default/app.conf has no " + want.key + " in [" + want.stanza + "]", Hint: "write it as " + want.form})
		case !want.ok(s.Value):
			problems = append(problems, diag.Message{Text: "cannot use the " + want.key + " \"" + s.Value + "\"", Place: s.Text.At(0, len(s.Value)), Hint: "write it as " + want.form})
		}
		*want.to = s.Value
	}
	return problems
}

// clashes finds names that are one name where letters have no case.
func (a *App) clashes() (problems diag.List) {
	seen := map[string]string{}
	for _, f := range a.files {
		low := strings.ToLower(f.name)
		if other, ok := seen[low]; ok {
			problems = append(problems, diag.Message{Text: "cannot pack \"" + f.name + "\" beside \"" + other + "\"", Hint: "on Windows and macOS they are one file"})
		}
		seen[low] = f.name
	}
	return problems
}
