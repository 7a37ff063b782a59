package index

import (
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/eval"
)

// indexes tells which indexes a query sees.
type indexes struct {
	named []namedIndex
}

// namedIndex is a pattern of names. As in Splunk one that begins with * finds no
// internal index; _* does.
type namedIndex struct {
	pattern *eval.Pattern
	star    bool
}

func newIndexes(patterns []string) indexes {
	var x indexes
	for _, p := range patterns {
		x.named = append(x.named, namedIndex{eval.CompilePattern(p), strings.HasPrefix(p, "*")})
	}
	return x
}

// sees tells whether an index of that name is seen: it is named, or nobody named
// any and it is none of those that a search without index= leaves out.
func (x indexes) sees(name string) bool {
	internal := strings.HasPrefix(name, "_")
	if len(x.named) == 0 {
		return !internal && name != "risk" && name != "notable" && name != "summary"
	}
	for _, p := range x.named {
		if p.pattern.Match(name) && !(p.star && internal) {
			return true
		}
	}
	return false
}

// known is what sees says of each name of a column.
func (x indexes) known(c *batch.Column) (list []bool, some, every bool) {
	list, every = make([]bool, c.Dict.Len()), true
	for code := 1; code < len(list); code++ {
		list[code] = x.sees(c.Dict.Text(batch.Code(code)))
		some, every = some || list[code], every && list[code]
	}
	return list, some, every
}

func (x indexes) any(c *batch.Column) bool {
	_, some, _ := x.known(c)
	return some
}

// choose gives the rows whose index is seen.
func (x indexes) choose(c *batch.Column, rows []int32) []int32 {
	known, some, every := x.known(c)
	if every {
		return rows
	}
	if !some {
		return nil
	}
	var out []int32
	for _, r := range rows {
		if known[c.Codes[r]] {
			out = append(out, r)
		}
	}
	return out
}
