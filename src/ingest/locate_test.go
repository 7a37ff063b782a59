package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// inTree makes folders and files below a new folder: a name that ends in / is a
// folder, one with -> a link, others are files.
func inTree(t *testing.T, names ...string) string {
	root := t.TempDir()
	for _, name := range names {
		link, to, linked := cutLink(name)
		path := filepath.Join(root, filepath.FromSlash(link))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		switch {
		case linked:
			require.NoError(t, os.Symlink(filepath.FromSlash(to), path))
		case name[len(name)-1] == '/':
			require.NoError(t, os.MkdirAll(path, 0o700))
		default:
			require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
		}
	}
	return root
}

func cutLink(name string) (link, to string, ok bool) {
	for i := 0; i+4 <= len(name); i++ {
		if name[i:i+4] == " -> " {
			return name[:i], name[i+4:], true
		}
	}
	return name, "", false
}

// TestLocate: what a catalogue names is found in its tree and nowhere else.
func TestLocate(t *testing.T) {
	root := inTree(
		t, "etc/passwd", "secret.log",
		"repo/.git/", "repo/a/b/c.yml", "repo/a/x.log", "repo/other/y.log", "repo/a/b/beside.log", "repo/datasets/z.log",
		"repo/a/out.log -> ../../secret.log", "repo/a/etc -> ../../etc", "repo/a/in.log -> ../other/y.log", "repo/a/b/round -> round",
		"copy/datasets/T1/datasets/c.yml", "copy/datasets/T2/y.log", "copy/x.log", "datasets/high.log",
		"content/detections/d.yml", "content/attack_data/datasets/w.log",
		"bare/sub/c.yml", "bare/x.log",
	)
	const nowhere, leads = "", "leads out"
	for _, c := range []struct{ catalogue, target, dataDir, want string }{
		{"repo/a/b/c.yml", "etc/passwd", "", leads}, // the link beside; the folder above the top is not looked at
		{"repo/a/b/c.yml", "../../../etc/passwd", "", leads},
		{"repo/a/b/c.yml", "secret.log", "", nowhere},
		{"repo/a/b/c.yml", "/secret.log", "", nowhere},
		{"repo/a/b/c.yml", filepath.ToSlash(root) + "/secret.log", "", nowhere},
		{"repo/a/b/c.yml", "file://" + filepath.ToSlash(root) + "/secret.log", "", nowhere},
		{"repo/a/b/c.yml", "https://x.example/../../secret.log", "", nowhere},
		{"repo/a/b/c.yml", "datasets/high.log", "", nowhere},
		{"repo/a/b/c.yml", "x.log", "", "repo/a/x.log"},
		{"repo/a/b/c.yml", "other/y.log", "", "repo/other/y.log"},
		{"repo/a/b/c.yml", "/datasets/z.log", "", "repo/datasets/z.log"},
		{"repo/a/b/c.yml", "/gone/beside.log", "", "repo/a/b/beside.log"},
		{"repo/a/b/c.yml", "out.log", "", leads},
		{"repo/a/b/c.yml", "in.log", "", "repo/a/in.log"},
		{"repo/a/b/c.yml", "round", "", nowhere},
		{"copy/datasets/T1/datasets/c.yml", "/datasets/T2/y.log", "", "copy/datasets/T2/y.log"},
		{"copy/datasets/T1/datasets/c.yml", "x.log", "", nowhere},
		{"copy/datasets/T1/datasets/c.yml", "/datasets/high.log", "", nowhere},
		{"content/detections/d.yml", "https://host.example/a/b/datasets/w.log", "", "content/attack_data/datasets/w.log"},
		{"content/detections/d.yml", "secret.log", "", nowhere},
		{"bare/sub/c.yml", "x.log", "", nowhere},
		{"bare/sub/c.yml", "etc/passwd", "", nowhere},
		{"bare/sub/c.yml", "etc/passwd", "copy", nowhere},
		{"bare/sub/c.yml", "x.log", "copy", "copy/x.log"},
		{"bare/sub/c.yml", "../repo/a/x.log", "copy", nowhere},
		{"bare/sub/c.yml", "a/out.log", "repo", leads},
		{"bare/sub/c.yml", "datasets/T2/y.log", "copy/datasets", "copy/datasets/T2/y.log"},
	} {
		dir := c.dataDir
		if dir != "" {
			dir = filepath.Join(root, dir)
		}
		at, err := locate(filepath.Join(root, filepath.FromSlash(c.catalogue)), c.target, dir)
		var out *outside
		switch c.want {
		case leads:
			require.True(t, errors.As(err, &out), "%+v: %q %v", c, at, err)
		case nowhere:
			require.ErrorIs(t, err, errNowhere, "%+v: %q", c, at)
		default:
			require.NoError(t, err, "%+v", c)
			require.Equal(t, filepath.Join(root, filepath.FromSlash(c.want)), at, "%+v", c)
		}
	}
}

func TestLinkThatLeadsOutIsSaid(t *testing.T) {
	root := inTree(t, "secret.log", "repo/.git/", "repo/out.log -> ../secret.log")
	path := filepath.Join(root, "repo", "c.yml")
	require.NoError(t, os.WriteFile(path, []byte("datasets:\n- path: /out.log\n"), 0o600))
	datasets, problems := Resolve(Input{Path: path})
	require.Empty(t, datasets)
	require.Equal(t, `c.yml:2:9: cannot read "/out.log": "out.log" is a link that leads out of "repo", to "secret.log" [say with --data-dir where the data lies]`, said(problems))
}

// A repository may be reached through a link.
func TestLinkToTheTreeIsFollowed(t *testing.T) {
	root := inTree(t, "real/repo/.git/", "real/repo/datasets/a/c.yml", "real/repo/datasets/a/x.log", "way -> real/repo/datasets")
	at, err := locate(filepath.Join(root, "way", "a", "c.yml"), "x.log", "")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(root, "way", "a", "x.log"), at)
}
