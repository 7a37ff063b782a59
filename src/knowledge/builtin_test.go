package knowledge

import (
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/eval"
)

// TestBuiltinExpressionsCompile asks for every definition of the built-in
// configuration, which is compiled only when it is asked for.
func TestBuiltinExpressionsCompile(t *testing.T) {
	base, problems := Load(nil, "", eval.Env{})
	require.Empty(t, problems)
	p := base.props
	stanzas := append(append(append([]*stanza{p.defaults}, p.sources...), p.hosts...), p.wild...)
	for _, list := range p.sourcetypes {
		stanzas = append(stanzas, list...)
	}
	n := 0
	for _, s := range stanzas {
		for field, definition := range merge(s.name, []*stanza{s}).defined[levelCalculated] {
			compiled, problems := definition.(*later).compile()
			require.Empty(t, problems, "%s: %s", s.name, field)
			require.NotNil(t, compiled)
			n++
		}
	}
	require.Greater(t, n, 100)
}
