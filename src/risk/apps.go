package risk

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"riskreplay/src/conf"
	"riskreplay/src/scp"
)

// InstalledApps are the apps that a program of an app finds around it, lowest
// first: those of a Splunk when home is its folder ($SPLUNK_HOME), with the
// user's own settings above them; else those beside the app that the program
// lies in, or that app alone.
//
// exe is the program's path, <app>/bin/<name> or <app>/<platform>/bin/<name>.
func InstalledApps(home, exe string, info *scp.Info) []conf.App {
	if home != "" {
		if apps := appsIn(filepath.Join(home, "etc", "apps")); len(apps) > 0 {
			if private := filepath.Join(home, "etc", "users", info.Owner, info.App); info.Owner != "" && info.App != "" && isFolder(private) {
				apps = append(apps, conf.App{ID: info.App, FS: os.DirFS(private), Label: private})
			}
			return apps
		}
	}
	app, ok := appOf(exe)
	if !ok {
		return nil
	}
	if apps := filepath.Dir(app); filepath.Base(apps) == "apps" {
		return appsIn(apps)
	}
	return []conf.App{{ID: info.App, FS: os.DirFS(app), Label: app}}
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
