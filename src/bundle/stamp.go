package bundle

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// stamp writes version, day and programs to wherever they are told.
func (a *App) stamp(programs []Program, source string) (problems diag.List) {
	app := string(a.Data("default/app.conf"))
	app = setKey(app, "id", "name", a.ID)
	app = setKey(app, "id", "version", a.Version)
	app = setKey(app, "install", "build", a.build())
	a.put("default/app.conf", []byte(app), 0o644)
	if data := a.Data("app.manifest"); data != nil {
		manifest, err := a.stampManifest(data)
		if err != nil {
			problems = append(problems, diag.Message{Text: "cannot read app.manifest: " + err.Error(), Cause: err, Hint: "it is a JSON object"})
		} else {
			a.put("app.manifest", manifest, 0o644)
		}
	}
	if a.Data("metadata/default.meta") == nil {
		a.put("metadata/default.meta", []byte("[]\naccess = read : [ * ], write : [ admin, sc_admin ]\nexport = system\n"), 0o644)
	}
	for _, p := range programs {
		a.nameProgram(p)
	}
	if len(programs) > 0 {
		a.put("README.md", append(a.Data("README.md"), declaration(programs, a.Platform, source)...), 0o644)
	}
	return problems
}

// nameProgram has commands.conf name the file of a program: Windows' has an ending.
func (a *App) nameProgram(p Program) {
	const name = "default/commands.conf"
	file := strings.TrimPrefix(p.Name, "bin/")
	stanza := strings.TrimSuffix(file, a.Platform.Ending())
	if f, _ := conf.Parse(name, a.Data(name)); f != nil {
		if _, ok := f.Stanza(stanza); ok {
			a.put(name, []byte(setKey(string(a.Data(name)), stanza, "filename", file)), 0o644)
		}
	}
}

// build is the number of a build that Splunk shows: the day of the release, 1
// before there is one.
func (a *App) build() string {
	if a.Released.IsZero() {
		return "1"
	}
	return a.Released.Format("20060102150405")
}

// setKey sets a key of a .conf file's stanza in the text, which else stays as it
// was written. A stanza that is not there is appended.
func setKey(text, stanza, key, value string) string {
	f, _ := conf.Parse("app.conf", []byte(text))
	line := key + " = " + value + "\n"
	var out strings.Builder
	inside, done := false, false
	for _, l := range f.Lines {
		switch l.Kind {
		case conf.Header:
			inside = strings.TrimSpace(l.Text) == "["+stanza+"]"
			out.WriteString(l.Text)
			if inside && !done {
				out.WriteString(line)
				done = true
			}
			continue
		case conf.Assignment:
			if name, _, _ := strings.Cut(l.Text, "="); inside && strings.TrimSpace(name) == key {
				continue
			}
		}
		out.WriteString(l.Text)
	}
	if !done {
		out.WriteString("\n[" + stanza + "]\n" + line)
	}
	return out.String()
}

// stampManifest sets the identity in a manifest (schema 2.0.0), whose keys come
// out sorted.
func (a *App) stampManifest(data []byte) ([]byte, error) {
	var manifest map[string]any
	if err := json.Unmarshal(data, &manifest); err != nil {
		return nil, err
	}
	info, _ := manifest["info"].(map[string]any)
	if info == nil {
		info = map[string]any{}
		manifest["info"] = info
	}
	info["id"] = map[string]any{"group": nil, "name": a.ID, "version": a.Version}
	info["releaseDate"] = nil
	if !a.Released.IsZero() {
		info["releaseDate"] = a.Released.Format("2006-01-02")
	}
	out, err := json.MarshalIndent(manifest, "", "  ")
	return append(out, '\n'), err
}

// declaration is what Splunk's vetting wants to know of programs: their names,
// sources, how they are built, and what they are.
func declaration(programs []Program, p Platform, source string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "\n# Binary File Declaration\n\nThis package is for %s.\n\n| program | SHA-256 |\n|---|---|\n", p)
	var modules []string
	for _, program := range programs {
		fmt.Fprintf(&b, "| %s | %s |\n", program.Name, program.SHA256)
		modules = append(modules, program.Modules...)
	}
	version := programs[0].GoVersion
	fmt.Fprintf(&b, "\nThey are built with %s from the source code at %s:\n\n", version, source)
	for _, program := range programs {
		name := strings.TrimSuffix(strings.TrimPrefix(program.Name, "bin/"), p.Ending())
		fmt.Fprintf(&b, "- `%s`: `CGO_ENABLED=0 GOOS=%s GOARCH=%s go build -trimpath -buildvcs=false -ldflags \"-s -w -buildid=\" -o %s ./src/cmd/%s`\n", program.Name, p.OS, p.Arch, program.Name, name)
	}
	slices.Sort(modules)
	if modules = slices.Compact(modules); len(modules) > 0 {
		b.WriteString("\n# Third-party software\n\nThe programs contain these modules, whose licences are in THIRD-PARTY.txt:\n\n")
		for _, m := range modules {
			b.WriteString("- " + m + "\n")
		}
	}
	return []byte(b.String())
}
