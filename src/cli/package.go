package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"riskreplay/src/bundle"
)

// sourceCode is where the programs' source is, as the package tells.
const sourceCode = "the source archive of this version, folder src"

type packageOptions struct {
	streams
	content   string
	platforms []string
	programs  string
	dir       string
	home      string
}

func newPackage(s streams) *cobra.Command {
	o := &packageOptions{streams: s}
	c := &cobra.Command{
		Use:   "package",
		Short: "Pack an app as .spl files that Splunk installs, the same bytes each time",
		Long: `Packs the app of a project's folder (the current one, or --content) as one .spl
file a platform. The version is that of [launcher] in default/app.conf, the day that
of CHANGELOG.md's newest section. Programs that the app declares are taken from
--programs, which has a folder for each platform; ` + "`make package`" + ` builds them. An app
without programs gets one package.

--install unpacks the app into a Splunk on this machine instead.`,
		Example: `  riskreplay package --programs build/programs
  riskreplay package --content ../my-detections --out dist
  riskreplay package --programs build/programs --install /opt/splunk`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{errors.New("package takes no argument: the folder is named with --content")}
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error { return o.run() },
	}
	f := c.Flags()
	f.StringVar(&o.content, "content", ".", "folder of the project or app to pack")
	f.StringArrayVar(&o.platforms, "platform", nil, "linux-amd64, linux-arm64, windows-amd64 or darwin-arm64 (repeatable; default: all)")
	f.StringVar(&o.programs, "programs", filepath.Join("build", "programs"), "folder with <platform>/<program>")
	f.StringVar(&o.dir, "out", "dist", "folder to write packages into")
	f.StringVar(&o.home, "install", "", "unpack into this Splunk's etc/apps instead: its folder, as /opt/splunk")
	return c
}

func (o *packageOptions) run() error {
	platforms, err := o.chosen()
	if err != nil {
		return usageError{err}
	}
	apps := make([]*bundle.App, 0, len(platforms))
	failed := false
	for _, p := range platforms {
		app, problems := bundle.Assemble(bundle.Options{Dir: o.content, Platform: p, Programs: o.programs, Source: sourceCode})
		o.say(problems)
		failed = failed || problems.HasErrors()
		apps = append(apps, app)
	}
	if failed {
		return environmentError{errors.New("nothing was packed")}
	}
	for _, app := range apps {
		write := func() (string, error) { return app.Write(o.dir) }
		if o.home != "" {
			write = func() (string, error) { return app.Install(o.home) }
		}
		path, err := write()
		if err != nil {
			return environmentError{err}
		}
		if _, err := fmt.Fprintln(o.streams.out, path); err != nil {
			return written(err)
		}
	}
	return nil
}

// chosen is the platforms to pack for: those given, else all; none for an app
// without programs, and this machine's to install.
func (o *packageOptions) chosen() (out []bundle.Platform, err error) {
	names := o.platforms
	if o.home != "" && len(names) == 0 {
		names = []string{runtime.GOOS + "-" + runtime.GOARCH}
	}
	if len(names) == 0 {
		if !bundle.NeedsPrograms(o.content) {
			return []bundle.Platform{{}}, nil
		}
		return bundle.Platforms, nil
	}
	for _, name := range names {
		p, err := bundle.ParsePlatform(name)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	if o.home != "" && len(out) > 1 {
		return nil, errors.New("--install takes one --platform")
	}
	if info, err := os.Stat(o.content); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("cannot pack %q: it is a file, and --content takes a folder", o.content)
	}
	return out, nil
}
