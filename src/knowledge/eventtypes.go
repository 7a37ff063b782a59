package knowledge

import (
	"slices"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/spl"
)

// eventType is a named search over events.
type eventType struct {
	name string
	text *diag.Text
	// condition is what was written; where is the same, compiled, with what it
	// says of other event types and tags put in.
	condition spl.Predicate
	stage     *spl.Stage
	where     *eval.Predicate
}

// readEventTypes reads eventtypes.conf. An event type is a search without pipes;
// it may name others, but not itself.
func (l *loader) readEventTypes(c *conf.Conf) []*eventType {
	var list []*eventType
	for _, s := range c.Stanzas() {
		if isTrue(s.Get("disabled")) {
			continue
		}
		if t := l.eventType(s); t != nil {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *eventType) int { return strings.Compare(a.name, b.name) })
	l.base.eventTypes = list
	return slices.DeleteFunc(list, func(t *eventType) bool { return !l.compileEventType(t) })
}

func (l *loader) eventType(s *conf.Stanza) *eventType {
	setting, ok := s.Lookup("search")
	if !ok {
		l.report(diag.Message{Severity: diag.Warning, Text: `event type "` + s.Name + `" has no search`, Place: s.Place})
		return nil
	}
	t := &eventType{name: s.Name, text: setting.Text}
	t.condition, t.stage, ok = l.base.condition(setting.Text, &l.messages)
	if !ok {
		return nil
	}
	return t
}

// condition reads a search that is a condition alone.
func (b *Base) condition(text *diag.Text, problems *diag.List) (spl.Predicate, *spl.Stage, bool) {
	src, more := spl.Macros{Find: b.Macro, Names: b.Macros}.Expand(text)
	*problems = append(*problems, more...)
	if more.HasErrors() {
		return nil, nil, false
	}
	p, more := spl.ParsePredicate(src)
	*problems = append(*problems, more...)
	st := &spl.Stage{Source: src, Name: "search", Implicit: true, Span: spl.Span{End: len(src.Text)}}
	return p, st, !more.HasErrors()
}

func (l *loader) compileEventType(t *eventType) bool {
	x := expansion{base: l.base, within: []string{t.name}}
	p := x.predicate(t.condition)
	if x.problem != "" {
		l.report(diag.Message{Text: `cannot use event type "` + t.name + `": ` + x.problem, Place: t.text.At(0, len(t.text.Body))})
		return false
	}
	where, problems := eval.CompilePredicate(p, t.stage, l.base.env)
	l.messages = append(l.messages, problems...)
	t.where = where
	return where != nil
}

// expansion puts the conditions of event types and tags in the place of
// eventtype=x and tag=x, so that a search for a tag looks at little more than
// what decides it.
type expansion struct {
	base    *Base
	within  []string // the event types being put in
	problem string
}

// predicate is p with event types and tags put in.
func (x *expansion) predicate(p spl.Predicate) spl.Predicate {
	switch p := p.(type) {
	case *spl.And:
		return &spl.And{List: x.list(p.List), Span: p.Span}
	case *spl.Or:
		return &spl.Or{List: x.list(p.List), Span: p.Span}
	case *spl.Not:
		return &spl.Not{X: x.predicate(p.X), Span: p.Span}
	case *spl.In:
		if isClass(p.Field.Text) {
			or := &spl.Or{Span: p.Span}
			for _, v := range p.Values {
				or.List = append(or.List, x.compare(&spl.Compare{Field: p.Field, Op: "=", Value: v, Span: p.Span}))
			}
			return one(or)
		}
	case *spl.Compare:
		return x.compare(p)
	}
	return p
}

func (x *expansion) list(in []spl.Predicate) []spl.Predicate {
	out := make([]spl.Predicate, len(in))
	for i, p := range in {
		out[i] = x.predicate(p)
	}
	return out
}

func (x *expansion) compare(p *spl.Compare) spl.Predicate {
	if !isClass(p.Field.Text) {
		return p
	}
	var found spl.Predicate
	switch p.Op {
	case "=", "!=":
	default:
		x.problem = `"` + p.Op + `" cannot compare ` + p.Field.Text
		return p
	}
	pattern := eval.CompilePattern(p.Value.Text)
	if p.Field.Text == "eventtype" {
		found = x.eventTypes(pattern, p.Span)
	} else {
		found = x.tagged(strings.TrimPrefix(p.Field.Text, "tag::"), p.Field.Text == "tag", pattern, p.Span)
	}
	if p.Op == "!=" {
		return &spl.Not{X: found, Span: p.Span}
	}
	return found
}

// eventTypes is the condition that an event has an event type of that name.
func (x *expansion) eventTypes(pattern *eval.Pattern, at spl.Span) spl.Predicate {
	or := &spl.Or{Span: at}
	for _, t := range x.base.eventTypes {
		if pattern.Match(t.name) {
			or.List = append(or.List, x.eventType(t))
		}
	}
	return one(or)
}

func (x *expansion) eventType(t *eventType) spl.Predicate {
	if slices.Contains(x.within, t.name) {
		x.problem = "it refers to itself: " + strings.Join(append(x.within, t.name), " -> ")
		return t.condition
	}
	x.within = append(x.within, t.name)
	defer func() { x.within = x.within[:len(x.within)-1] }()
	return x.predicate(t.condition)
}

// tagged is the condition that an event has a tag: through an event type or a
// field's value; of one field, or of any.
func (x *expansion) tagged(field string, any bool, pattern *eval.Pattern, at spl.Span) spl.Predicate {
	or := &spl.Or{Span: at}
	for _, t := range x.base.tags.list {
		if !any && t.field != field || !slices.ContainsFunc(t.tags, pattern.Match) {
			continue
		}
		if t.field == "eventtype" {
			or.List = append(or.List, x.eventTypes(eval.CompilePattern(t.value), at))
			continue
		}
		or.List = append(or.List, &spl.Compare{
			Field: spl.Name{Text: t.field, Span: at}, Op: "=", Value: spl.Value{Text: t.value, Quoted: true, Span: at}, Span: at,
		})
	}
	return one(or)
}

// one is an OR of no, one or more parts; of none, it is true of no row.
func one(or *spl.Or) spl.Predicate {
	switch len(or.List) {
	case 0:
		return &spl.Not{X: &spl.Word{Value: spl.Value{Text: "*"}, Span: or.Span}, Span: or.Span}
	case 1:
		return or.List[0]
	}
	return or
}

// isClass tells whether a field says what kind of event it is: it is made of
// event types and tags.
func isClass(name string) bool {
	return name == "eventtype" || name == "tag" || strings.HasPrefix(name, "tag::")
}

// classInputs is the fields that event types and tags depend on.
func (b *Base) classInputs() []string {
	var out []string
	for _, t := range b.eventTypes {
		out = append(out, t.where.Fields()...)
	}
	for _, t := range b.tags.list {
		if t.field != "eventtype" {
			out = append(out, t.field)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// class is the column of eventtype, tag or tag::field, for all rows.
func (b *Base) class(r *run, name string) *batch.Column {
	if name == "eventtype" {
		return b.eventTypeColumn(r)
	}
	return b.tags.column(r, strings.TrimPrefix(name, "tag::"), name == "tag")
}

// eventTypeColumn tells of each row which event types it has, in byte order.
func (b *Base) eventTypeColumn(r *run) *batch.Column {
	n := len(r.view.rows)
	out := &batch.Column{Dict: batch.NewDict(), Codes: make([]batch.Code, n)}
	found := false
	var more map[int32][]batch.Code
	for _, t := range b.eventTypes {
		rows := t.where.Select(events{r}, r.view.rows)
		if len(rows) == 0 {
			continue
		}
		found = true
		code := out.Dict.Add(t.name)
		for _, row := range rows {
			if out.Codes[row] == 0 {
				out.Codes[row] = code
				continue
			}
			if more == nil {
				more = map[int32][]batch.Code{}
			}
			if more[row] == nil {
				more[row] = []batch.Code{out.Codes[row]}
			}
			more[row] = append(more[row], code)
		}
	}
	for row, codes := range more {
		out.Codes[row] = out.Dict.AddCodes(codes)
	}
	if !found {
		return nil
	}
	return out
}

// events is the events of a run as columns, for event types and constraints.
type events struct{ *run }

func (e events) Column(name string, rows []int32) *batch.Column {
	if e.view.fields.dataset == nil && !isClass(name) {
		return e.view.Column(name, rows)
	}
	return e.field(name, rows)
}

func (e events) Cost(name string) int {
	if e.view.fields.dataset == nil {
		return e.view.Cost(name)
	}
	if isMeta(name) {
		return 0
	}
	return 1
}
