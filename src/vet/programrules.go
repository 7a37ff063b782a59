package vet

import (
	"bytes"
	"debug/elf"
	"path"
	"regexp"
	"slices"
	"strings"
)

// programRules are about programs, and what declares them.
var programRules = []Rule{
	{"check_for_bin_files", "only what is in bin may be executed", func(a *App, f *finder) {
		for _, name := range a.names() {
			e := a.files[name]
			if strings.HasSuffix(name, "/") || slices.Contains(strings.Split(path.Dir(name), "/"), "bin") {
				continue
			}
			if a.Packed && e.mode&0o111 != 0 || strings.HasSuffix(strings.ToLower(name), ".exe") {
				f.fail(file(name), "a file outside of bin may be executed", "its mode is to be 0644")
			}
		}
	}},
	{"check_for_binary_files_without_source_code", "who vets the app must know what a program is", func(a *App, f *finder) {
		readme := a.readme()
		for _, name := range a.names() {
			if isProgram(a.data(name)) && !bytes.Contains(readme, []byte("# Binary File Declaration")) && !bytes.Contains(readme, []byte(path.Base(name))) {
				f.fail(file(name), "the README does not declare this program", "write a section \"# Binary File Declaration\" with its name and where its source code is")
			}
		}
	}},
	{"check_aarch64_compatibility", "Splunk runs on arm64 too", func(a *App, f *finder) {
		for _, name := range a.names() {
			if p, err := elf.NewFile(bytes.NewReader(a.data(name))); err == nil && p.Machine != elf.EM_AARCH64 {
				f.fail(file(name), "the program does not run on arm64", "make a package for arm64 beside this one")
			}
		}
	}},
	{"check_command_scripts_exist", "a search command needs its program", func(a *App, f *finder) {
		for _, s := range a.conf("commands.conf").Stanzas {
			if s.Name != "default" && !a.hasProgram(s.Name) {
				f.fail(s.Place, "there is no program for the search command \""+s.Name+"\"", "it is bin/"+s.Name+", or that name with an ending such as .exe or .py")
			}
		}
	}},
	{"check_ignored_parameters_v2_command", "commands over the chunked protocol have few settings", func(a *App, f *finder) {
		for _, s := range a.conf("commands.conf").Stanzas {
			if !truth(s.Get("chunked")) {
				continue
			}
			for _, set := range s.Settings {
				if !chunkedKey.MatchString(set.Key) {
					f.fail(set.Text.At(0, len(set.Value)), "Splunk ignores "+set.Key+" of a command with chunked = true", "take it away")
				}
			}
		}
	}},
	{"check_modular_inputs_scripts_exist", "a modular input needs its program", func(a *App, f *finder) {
		for _, name := range a.schemes() {
			if !a.hasProgram(name) {
				f.fail(file("README/inputs.conf.spec"), "there is no program for the modular input \""+name+"\"", "it is bin/"+name+", or that name with an ending such as .exe or .py")
			}
		}
	}},
	{"check_inputs_conf_spec_stanza_args", "a modular input without parameters in its spec is not registered", func(a *App, f *finder) {
		for scheme, args := range a.specs() {
			if len(args) == 0 {
				f.fail(file("README/inputs.conf.spec"), "the modular input \""+scheme+"\" has no parameter", "write a line `name = <value>` for each")
			}
			for i, arg := range args {
				if slices.Contains(args[:i], arg) {
					f.fail(file("README/inputs.conf.spec"), "the modular input \""+scheme+"\" has the parameter "+arg+" twice", "")
				}
			}
		}
	}},
}

// chunkedKey are the settings that such a command may have.
var chunkedKey = regexp.MustCompile(`^(filename|chunked|is_risky|maxchunksize|maxwait|command\.arg\.[0-9]+|python\.(version|required))$`)

func truth(v string) bool {
	switch strings.ToLower(v) {
	case "1", "true", "t", "yes", "y":
		return true
	}
	return false
}

// programFolders are where Splunk looks for programs.
var programFolders = []string{
	"bin/", "linux_x86_64/bin/", "linux_x86/bin/", "windows_x86_64/bin/", "windows_x86/bin/", "darwin_x86_64/bin/", "darwin_x86/bin/",
}

// hasProgram tells whether the app has a program of a name, with whatever ending.
func (a *App) hasProgram(name string) bool {
	for _, folder := range programFolders {
		for _, ending := range []string{"", ".exe", ".py", ".sh", ".js", ".bat", ".cmd", ".pl", ".path"} {
			if a.files[folder+name+ending] != nil {
				return true
			}
		}
	}
	return false
}

var (
	specHeader = regexp.MustCompile(`^\[([0-9A-Za-z][0-9A-Za-z_-]*)://`)
	specArg    = regexp.MustCompile(`^([0-9A-Za-z][0-9A-Za-z_.-]*)\s*=`)
)

// specs are the modular inputs that the app declares, with their parameters.
func (a *App) specs() map[string][]string {
	out := map[string][]string{}
	scheme := ""
	for _, line := range strings.Split(string(a.data("README/inputs.conf.spec")), "\n") {
		if m := specHeader.FindStringSubmatch(line); m != nil {
			scheme = m[1]
			out[scheme] = append(out[scheme], []string{}...) // known, though it may have no parameter
		} else if strings.HasPrefix(line, "[") {
			scheme = ""
		} else if m := specArg.FindStringSubmatch(line); m != nil && scheme != "" {
			out[scheme] = append(out[scheme], m[1])
		}
	}
	return out
}

func (a *App) schemes() (out []string) {
	for name := range a.specs() {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// readme is the app's README, whatever its ending is.
func (a *App) readme() []byte {
	for _, name := range a.names() {
		if !strings.Contains(name, "/") && strings.HasPrefix(strings.ToLower(name), "readme") {
			return a.data(name)
		}
	}
	return nil
}

// isProgram tells programs of Linux, Windows and macOS by their first bytes.
func isProgram(data []byte) bool {
	for _, magic := range []string{"\x7fELF", "MZ", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"} {
		if len(data) > 64 && bytes.HasPrefix(data, []byte(magic)) {
			return true
		}
	}
	return false
}
