package search

import (
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

// Has tells whether rows may have a field.
func (s Schema) Has(field string) bool { return s.Open || slices.Contains(s.Fields, field) }

// With is the schema with fields added: at the right, those that are new.
func (s Schema) With(fields ...string) Schema {
	s.Fields = slices.Clone(s.Fields)
	for _, f := range fields {
		if !slices.Contains(s.Fields, f) {
			s.Fields = append(s.Fields, f)
		}
	}
	return s
}

// Keep is the schema with the fields for which keep is true.
func (s Schema) Keep(keep func(field string) bool) Schema {
	var out []string
	for _, f := range s.Fields {
		if keep(f) {
			out = append(out, f)
		}
	}
	s.Fields = out
	return s
}

// Arrange is a batch of such rows with its columns in their order (rule 2.12):
// that of Fields where a command fixed it; else byte order of their names, those
// without a value left out. Who joins batches arranges what he gets.
func (s Schema) Arrange(b *batch.Batch) *batch.Batch {
	if s.Ordered {
		return s.inOrder(b)
	}
	out := batch.New(b.Len)
	for i, c := range b.Columns {
		if !empty(c) {
			out.Set(b.Names[i], c)
		}
	}
	return out.Sorted()
}

// inOrder leaves columns as they are where not all fields are known: then the
// command that fixed their order gave all rows in one batch. Fields that are not
// known otherwise are internal ones, which come first.
func (s Schema) inOrder(b *batch.Batch) *batch.Batch {
	if s.Open {
		return b
	}
	out := b.Keep(func(n string) bool { return !slices.Contains(s.Fields, n) }).Sorted()
	for _, f := range s.Fields {
		if c := b.Column(f); c != nil {
			out.Set(f, c)
		}
	}
	return out
}

// empty tells whether a column has no value.
func empty(c *batch.Column) bool {
	for r := range c.Len() {
		if !c.IsNull(r) {
			return false
		}
	}
	return true
}

// Missing warns of the names, wildcards not counted, that rows cannot have. What
// the stage does without the field is said by effect: "no row passes".
func (s Schema) Missing(st *spl.Stage, effect string, names ...spl.Name) diag.List {
	if s.Open {
		return nil
	}
	var out diag.List
	for _, n := range names {
		if Wild(n.Text) || s.Has(n.Text) {
			continue
		}
		text := `field "` + n.Text + `" does not exist here`
		if s.From != "" {
			text = `field "` + n.Text + `" is not among those that ` + s.From + ` leaves`
		}
		if effect != "" {
			text += ": " + effect
		}
		m := st.Problem(n.Span, text, s.hint(n.Text))
		m.Severity = diag.Warning
		out = append(out, m)
	}
	return out
}

// hint names the field that was meant, or all there are when they are few.
func (s Schema) hint(name string) string {
	if near := diag.DidYouMean(name, s.Fields); near != "" {
		return near
	}
	for _, f := range s.Fields {
		if strings.HasSuffix(f, "."+name) || strings.HasSuffix(name, "."+f) {
			return `did you mean "` + f + `"?`
		}
	}
	if n := len(s.Fields); n > 0 && n <= 12 {
		return "the fields are " + strings.Join(s.Fields, ", ")
	}
	return ""
}

// Wants is the fields wanted for an output of which want is used, where the
// fields made are made anew from the fields read: want without those made, and,
// when one of them is wanted, with those read.
func Wants(want, made, read []string) []string {
	out := make([]string, 0, len(want)+len(read))
	used := false
	for _, w := range want {
		switch {
		case slices.Contains(made, w):
			used = true
			continue
		case Wild(w) && slices.ContainsFunc(made, func(m string) bool { return Match(w, m) }):
			used = true
		}
		out = append(out, w)
	}
	if used {
		out = append(out, read...)
	}
	return Distinct(out)
}

// Distinct is the names once each, in order of first appearance; "*" stands for
// all of them.
func Distinct(names []string) []string {
	if slices.Contains(names, "*") {
		return []string{"*"}
	}
	out := make([]string, 0, len(names))
	for _, n := range names {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
