package risk

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/scp"
)

// AppsVariable is the environment variable by which a host that is no Splunk
// says which apps its searches see beside the program's own: a list of
// ID=FOLDER parted as PATH is, lowest first.
const AppsVariable = "RISKREPLAY_APPS"

// InstalledApps are the apps that a program of an app finds around it, lowest
// first: those of $SPLUNK_HOME, with the user's own settings above them; else
// those beside the app that the program lies in, or that app alone, and those
// of $RISKREPLAY_APPS.
//
// exe is the program's path, <app>/bin/<name> or <app>/<platform>/bin/<name>.
func InstalledApps(getenv func(string) string, exe string, info *scp.Info) []conf.App {
	if home := getenv("SPLUNK_HOME"); home != "" {
		if apps := appsIn(filepath.Join(home, "etc", "apps")); len(apps) > 0 {
			if private := filepath.Join(home, "etc", "users", info.Owner, info.App); info.Owner != "" && info.App != "" && isFolder(private) {
				apps = append(apps, conf.App{ID: info.App, FS: os.DirFS(private), Label: private})
			}
			return apps
		}
	}
	var apps []conf.App
	if app, ok := appOf(exe); ok {
		if folder := filepath.Dir(app); filepath.Base(folder) == "apps" {
			apps = appsIn(folder)
		} else {
			apps = []conf.App{appAt(app)}
		}
	}
	return append(apps, HostApps(getenv)...)
}

// HostApps are those of $RISKREPLAY_APPS.
func HostApps(getenv func(string) string) []conf.App {
	var out []conf.App
	for _, entry := range filepath.SplitList(getenv(AppsVariable)) {
		if id, folder, ok := strings.Cut(entry, "="); ok && isFolder(folder) {
			out = append(out, conf.App{ID: id, FS: os.DirFS(folder), Label: folder})
		}
	}
	return out
}

// appAt is the app of a folder, which may be called otherwise than its id.
func appAt(folder string) conf.App {
	app := conf.App{ID: filepath.Base(folder), FS: os.DirFS(folder), Label: folder}
	settings, _ := conf.Load("app.conf", []conf.App{app}, "")
	if s, ok := settings.Stanza("package"); ok && s.Get("id") != "" {
		app.ID = s.Get("id")
	}
	return app
}

// appOf is the folder of the app that a program lies in.
func appOf(exe string) (string, bool) {
	bin := filepath.Dir(exe)
	for _, app := range []string{filepath.Dir(bin), filepath.Dir(filepath.Dir(bin))} {
		if filepath.Base(bin) == "bin" && isFolder(filepath.Join(app, "default")) {
			return app, true
		}
	}
	return "", false
}

// appsIn are the apps of a folder by their names: later ones win.
func appsIn(folder string) []conf.App {
	entries, _ := os.ReadDir(folder) // sorted
	var out []conf.App
	for _, e := range entries {
		if path := filepath.Join(folder, e.Name()); isFolder(path) {
			out = append(out, conf.App{ID: e.Name(), FS: os.DirFS(path)})
		}
	}
	return out
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// techniquesFiles is where an app has the ATT&CK lookup: packaged, and in the
// project's own folder.
var techniquesFiles = [...]string{"lookups/mitre_attack.csv", "app/lookups/mitre_attack.csv"}

// techniques reads the ATT&CK lookup of the highest app that has it; without one
// risk events have the ids of techniques and no names.
func techniques(apps []conf.App) Techniques {
	for _, app := range slices.Backward(apps) {
		for _, name := range techniquesFiles {
			if known, err := openTechniques(app.FS, name); err == nil {
				return known
			}
		}
	}
	return nil
}

func openTechniques(fsys fs.FS, name string) (Techniques, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadTechniques(f)
}
