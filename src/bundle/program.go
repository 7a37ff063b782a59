package bundle

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// Program is a program in the package.
type Program struct {
	Name   string // in the package: bin/riskscore.exe
	SHA256 string
	// GoVersion and Modules are what it was built with, as far as it tells.
	GoVersion string
	Modules   []string
}

// scheme is the header of a modular input's stanza in inputs.conf.spec.
var scheme = regexp.MustCompile(`(?m)^\[([0-9A-Za-z][0-9A-Za-z_-]*)://`)

// needed are the programs that the app declares and that are not in its bin/
// folder as scripts: chunked search commands by their stanza, modular inputs by
// their scheme.
func (a *App) needed() (names []string) {
	has := func(name string) bool {
		for _, ending := range []string{"", ".py", ".sh", ".js", ".path", ".exe"} {
			if a.find("bin/"+name+ending) >= 0 {
				return true
			}
		}
		return false
	}
	if f, _ := conf.Parse("commands.conf", a.Data("default/commands.conf")); f != nil {
		for _, s := range f.Stanzas {
			if s.Name == "default" || has(s.Name) || filepath.Ext(s.Get("filename")) != "" {
				continue
			}
			names = append(names, s.Name)
		}
	}
	for _, m := range scheme.FindAllSubmatch(a.Data("README/inputs.conf.spec"), -1) {
		if name := string(m[1]); !has(name) {
			names = append(names, name)
		}
	}
	return names
}

// addPrograms takes the programs built for the platform.
func (a *App) addPrograms(o Options) (programs []Program, problems diag.List) {
	for _, name := range a.needed() {
		if o.Platform == (Platform{}) {
			problems = append(problems, diag.Message{Text: "cannot pack without the program \"" + name + "\", which the app declares", Hint: "say which platform the package is for"})
			continue
		}
		path := filepath.Join(o.Programs, o.Platform.String(), name+o.Platform.Ending())
		data, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, diag.Message{
				Text: "cannot pack the program \"" + name + "\" for " + o.Platform.String() + ": " + path + ": " + reason(err).Error(), Cause: err,
				Hint: "`make package` builds the programs of all platforms",
			})
			continue
		}
		if got := platformOf(data); got != o.Platform {
			problems = append(problems, diag.Message{Text: "cannot pack " + path + " for " + o.Platform.String() + ": it was built for " + kindOf(got)})
			continue
		}
		p := Program{Name: "bin/" + name + o.Platform.Ending()}
		sum := sha256.Sum256(data)
		p.SHA256 = hex.EncodeToString(sum[:])
		if info, err := buildinfo.Read(bytes.NewReader(data)); err == nil {
			p.GoVersion = info.GoVersion
			for _, m := range info.Deps {
				p.Modules = append(p.Modules, m.Path+" "+m.Version)
			}
		}
		a.put(p.Name, data, 0o755)
		programs = append(programs, p)
	}
	return programs, problems
}

func kindOf(p Platform) string {
	if p == (Platform{}) {
		return "no platform: it is no program"
	}
	return p.String()
}

// platformOf reads from a program's header what it runs on.
func platformOf(data []byte) Platform {
	r := bytes.NewReader(data)
	if f, err := elf.NewFile(r); err == nil {
		return Platform{"linux", map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64"}[f.Machine]}
	}
	if f, err := pe.NewFile(r); err == nil {
		return Platform{"windows", map[uint16]string{pe.IMAGE_FILE_MACHINE_AMD64: "amd64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64"}[f.Machine]}
	}
	if f, err := macho.NewFile(r); err == nil {
		return Platform{"darwin", map[macho.Cpu]string{macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64"}[f.Cpu]}
	}
	return Platform{}
}

// NeedsPrograms tells whether the app in a folder declares programs that are not
// scripts in it. A folder that cannot be read needs none: Assemble says so.
func NeedsPrograms(dir string) bool {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return false
	}
	defer func() { _ = root.Close() }() // read only
	a := &App{}
	_ = a.gather(root.FS())
	return len(a.needed()) > 0
}
