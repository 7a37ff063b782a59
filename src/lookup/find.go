package lookup

import (
	"riskreplay/src/eval"
)

// Find opens a table to look into it again and again: outputs' values by inputs'
// values.
func Find(table string, p Places, inputs, outputs []string) (eval.Finder, error) {
	t, problems := Open(table, p)
	if t == nil {
		return nil, problems.Errors()[0]
	}
	m, err := t.Matcher(inputs)
	if err != nil {
		return nil, err
	}
	at := make([]int, len(outputs))
	for i, name := range outputs {
		if at[i], err = t.Column(name); err != nil {
			return nil, err
		}
	}
	return func(values []string) [][]string {
		rows := m.Match(values)
		out := make([][]string, len(at))
		for _, r := range rows {
			for i, c := range at {
				out[i] = append(out[i], t.Values(r, c)...)
			}
		}
		return out
	}, nil
}
