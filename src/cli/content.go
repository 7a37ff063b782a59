package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/detection"
	"riskreplay/src/diag"
)

// contentFolder is a content repository: detections, stories, macros, lookups.
type contentFolder struct {
	*detection.Content
	// root is the folder that paths of data count from; below is where in it the
	// content lies: "." in contentctl's form, "app" in ours.
	root, below string
	app         conf.App
	// read and built are what reading the content and building it had to say.
	read, built diag.List
	// chosen are the files that were named, as they stand in the content; nil is all.
	chosen map[string]bool
}

// openContent finds the content that a path belongs to and reads it: the folder of a
// repository, one inside it, or a file of a detection.
func (s streams) openContent(path string) (*contentFolder, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, environmentError{err}
	}
	info, err := os.Stat(full)
	if err != nil {
		return nil, environmentError{fmt.Errorf("cannot read %q: %w", path, err)}
	}
	root, below, ok := repositoryOf(full, info.IsDir())
	if !ok {
		return nil, environmentError{fmt.Errorf("cannot find a content repository at %q: there is no folder detections in it or above", path)}
	}
	files := os.DirFS(root)
	c := &contentFolder{root: root, below: below}
	c.Content, c.read = detection.ReadFS(files, below)
	inside, err := filepath.Rel(root, full)
	if err == nil && inside != "." && inside != below && filepath.IsLocal(inside) {
		c.choose(filepath.ToSlash(inside))
		if len(c.chosen) == 0 && !info.IsDir() {
			s.say(c.read)
			return nil, answerNo{fmt.Errorf("there is no detection in %q", path)}
		}
	}
	app, built := c.App(files, below)
	c.app, c.built = conf.App{ID: ownApp, Label: filepath.Base(root), FS: app}, built
	return c, nil
}

// repositoryOf looks for the folder of detections, here or above.
func repositoryOf(path string, folder bool) (root, below string, ok bool) {
	if !folder {
		path = filepath.Dir(path)
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		for _, below := range []string{".", "app"} {
			if info, err := os.Stat(filepath.Join(dir, below, "detections")); err == nil && info.IsDir() {
				if below == "." && filepath.Base(dir) == "app" {
					return filepath.Dir(dir), "app", true
				}
				return dir, below, true
			}
		}
		if dir == filepath.Dir(dir) {
			return "", "", false
		}
	}
}

// choose keeps to the detections in a file or folder, or the one that a file of tests
// belongs to.
func (c *contentFolder) choose(inside string) {
	c.chosen = map[string]bool{}
	for _, d := range c.Detections {
		if d.File == inside || strings.HasPrefix(d.File, inside+"/") || detection.TestFile(d.File) == inside {
			c.chosen[d.File] = true
		}
	}
}

// detections are those that were chosen.
func (c *contentFolder) detections() []*detection.Detection {
	if c.chosen == nil {
		return c.Detections
	}
	var out []*detection.Detection
	for _, d := range c.Detections {
		if c.chosen[d.File] {
			out = append(out, d)
		}
	}
	return out
}

// about tells whether a message is about a file that was chosen.
func (c *contentFolder) about(m diag.Message) bool {
	if c.chosen == nil || m.Place.Text == nil {
		return true
	}
	name := m.Place.Text.Name
	return c.chosen[name] || c.chosen[strings.TrimSuffix(name, ".test.yml")+".yml"]
}
