package splscripts

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// TestEveryArgumentHasAScript: each argument of arguments.txt is named by a script
// that shows it, or that it is refused; and what scripts name is there.
func TestEveryArgumentHasAScript(t *testing.T) {
	scripts, err := Scripts()
	require.NoError(t, err)
	want := map[string]bool{}
	for command, list := range Arguments() {
		want[command] = len(list) == 0
		for _, a := range list {
			want[command+" "+a] = true
		}
	}
	named := map[string]bool{}
	for _, s := range scripts {
		for _, name := range slices.Concat(s.Covers, s.Refuses) {
			named[name] = true
			require.Contains(t, want, name, "%s names an argument that arguments.txt lacks", s.Name)
		}
	}
	total := 0
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !want[name] {
			continue
		}
		total++
		if !named[name] {
			t.Errorf("no script covers %s", name)
		}
	}
	searches := 0
	for _, s := range scripts {
		searches += len(s.Steps)
	}
	t.Logf("%d scripts with %d searches name %d of %d arguments", len(scripts), searches, len(named), total)
}

// TestScriptsUseWhatTheyCover: an option that a script names stands in one of its
// searches, whose command the parser knows with it.
func TestScriptsUseWhatTheyCover(t *testing.T) {
	scripts, err := Scripts()
	require.NoError(t, err)
	for _, s := range scripts {
		used := map[string]bool{}
		for _, step := range s.Steps {
			if tree, _ := spl.Parse(spl.Plain(&diag.Text{Body: step.Search})); tree != nil {
				usedIn(tree, used)
			}
		}
		for _, name := range slices.Concat(s.Covers, s.Refuses) {
			command, argument, _ := strings.Cut(name, " ")
			if !used[command] {
				t.Errorf("%s covers %s and does not use it", s.Name, command)
			}
			if slices.Contains(spl.OptionNames(command), argument) && !used[name] {
				t.Errorf("%s covers %s and does not use it", s.Name, name)
			}
		}
	}
}

// usedIn collects the commands and options of a search and of those within it.
func usedIn(tree *spl.Search, used map[string]bool) {
	for _, st := range tree.Stages {
		used[st.Name] = true
		for _, o := range slices.Concat(st.Options, st.ByOptions) {
			used[st.Name+" "+o.Name] = true
		}
		for _, c := range st.Clauses {
			used[st.Name+" "+c.Keyword] = true
			for _, o := range c.Options {
				used[st.Name+" "+o.Name] = true
			}
		}
		for _, sub := range st.Subs {
			usedIn(sub, used)
		}
	}
}
