package splscripts

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rules are the ids of the rules of the language that scripts name, by letter; Y is
// the features of syntax that public detections use (syntax.spl).
var rules = map[string]int{"X": 4, "L": 5, "P": 3, "S": 7, "E": 7, "N": 6, "V": 5, "K": 5, "F": 5, "Y": 30}

// elsewhere are rules that scripts cannot show, with the tests that do.
var elsewhere = map[string]string{
	"X3": "macros are expanded before the engine of scripts sees a search: src/spl/testdata/macros.txtar",
	"N6": "calculated fields of a data model: the tests of src/knowledge",
}

// TestEveryRuleHasAScript: each rule stands in the title of a script.
func TestEveryRuleHasAScript(t *testing.T) {
	scripts, err := Scripts()
	require.NoError(t, err)
	named := map[string]bool{}
	for _, s := range scripts {
		for _, word := range strings.FieldsFunc(s.Name, func(r rune) bool { return strings.ContainsRune(" (),:", r) }) {
			named[word] = true
		}
	}
	for letter, n := range rules {
		for i := 1; i <= n; i++ {
			id := letter + strconv.Itoa(i)
			if elsewhere[id] == "" && !named[id] {
				t.Errorf("no script names the rule %s", id)
			}
		}
	}
}
