package knowledge

import (
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// Transform is a stanza of transforms.conf that takes fields out of a text (REGEX
// with FORMAT, or DELIMS), for who applies one by its name.
type Transform struct{ step extraction }

// Transform finds a stanza. It is nil when there is none of that name, or the
// list has errors.
//
//	t, problems := base.Transform("my_pairs")
//	names, columns := t.Fields(texts)
func (b *Base) Transform(name string) (*Transform, diag.List) {
	l := &loader{base: b, transforms: b.lookups.Transforms}
	s, ok := l.transforms.Stanza(name)
	if !ok {
		return nil, diag.List{{Text: `unknown transform "` + name + `"`, Hint: diag.DidYouMean(name, l.transformNames())}}
	}
	_, delims := s.Lookup("DELIMS")
	if _, regex := s.Lookup("REGEX"); !regex && !delims {
		return nil, diag.List{{Text: `transform "` + name + `" has neither REGEX nor DELIMS`, Place: s.Place}}
	}
	step := l.newTransform(conf.Setting{}, s)
	if step == nil {
		return nil, l.messages
	}
	return &Transform{step}, l.messages
}

// Source is the field whose text the transform reads.
func (t *Transform) Source() string { return t.step.reads() }

// Fields gives the fields found in texts, of which nil is none: a column of a cell
// a text, nil for a field that was found in none.
func (t *Transform) Fields(texts [][]byte) (names []string, columns []*batch.Column) {
	p := newPass(len(texts), nil, true)
	for i, text := range texts {
		if text != nil {
			p.row = int32(i)
			t.step.run(text, p)
			p.end()
		}
	}
	return p.names, p.columns()
}

// Tags is the tags that tags.conf gives a field's value, compared without regard
// to case; in byte order.
func (b *Base) Tags(field, value string) []string {
	var out []string
	for _, t := range b.tags.list {
		if t.field == field && strings.EqualFold(t.value, value) {
			out = append(out, t.tags...)
		}
	}
	return out
}

// CleanKey makes a field's name of a key (CLEAN_KEYS): what is no letter or digit
// becomes an underscore, and neither those nor digits stand first.
func CleanKey(key string) string { return string(cleanKey([]byte(key), nil)) }
