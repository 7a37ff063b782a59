package knowledge

import (
	"net/url"
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// tags is tags.conf: the tags of values of fields, event types above all.
type tags struct{ list []tagged }

// tagged is a field's value and its tags, in byte order.
type tagged struct {
	field, value string
	tags         []string
}

// readTags reads tags.conf: [field=value] with tag = enabled or disabled. The
// value is URL encoded.
func (l *loader) readTags(c *conf.Conf) *tags {
	out := &tags{}
	for _, s := range c.Stanzas() {
		field, value, ok := strings.Cut(s.Name, "=")
		if !ok {
			l.report(diag.Message{
				Severity: diag.Warning, Text: `cannot read the tags of "` + s.Name + `"`, Place: s.Place,
				Hint: "a stanza is named field=value",
			})
			continue
		}
		if plain, err := url.PathUnescape(value); err == nil {
			value = plain
		}
		t := tagged{field: strings.TrimSpace(field), value: strings.TrimSpace(value)}
		for _, setting := range s.Settings {
			if strings.EqualFold(setting.Value, "enabled") {
				t.tags = append(t.tags, setting.Key)
			}
		}
		slices.Sort(t.tags)
		if len(t.tags) > 0 {
			out.list = append(out.list, t)
		}
	}
	return out
}

// column is the tags of each row: of the values of one field, or of any.
func (t *tags) column(r *run, field string, any bool) *batch.Column {
	byField := map[string]map[string][]string{}
	var fields []string
	for _, x := range t.list {
		if !any && x.field != field {
			continue
		}
		if byField[x.field] == nil {
			byField[x.field] = map[string][]string{}
			fields = append(fields, x.field)
		}
		low := strings.ToLower(x.value)
		byField[x.field][low] = append(byField[x.field][low], x.tags...)
	}
	out := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, len(r.view.rows))}
	found := false
	for _, name := range fields {
		if c := r.field(name, r.view.rows); c != nil {
			found = addTags(out, c, byField[name]) || found
		}
	}
	if !found {
		return nil
	}
	return out
}

// addTags adds to the tags in out those of c's values, compared without regard
// to case, and tells whether there were any.
func addTags(out, c *batch.Column, byValue map[string][]string) bool {
	c = c.Coded()
	of := make([][]string, c.Dict.Len())
	any := false
	for code := 1; code < len(of); code++ {
		for _, v := range c.Dict.Values(batch.Code(code)) {
			of[code] = append(of[code], byValue[strings.ToLower(v)]...)
		}
		any = any || of[code] != nil
	}
	if !any {
		return false
	}
	type pair struct{ had, value batch.Code }
	known := map[pair]batch.Code{}
	found := false
	for r, code := range c.Codes {
		if of[code] == nil {
			continue
		}
		found = true
		p := pair{out.Codes[r], code}
		sum, ok := known[p]
		if !ok {
			all := append(out.Dict.Values(p.had), of[code]...)
			slices.Sort(all)
			sum = out.Dict.AddValues(slices.Compact(all))
			known[p] = sum
		}
		out.Codes[r] = sum
	}
	return found
}
