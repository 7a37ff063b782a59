package risk

import (
	"errors"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/scp"
)

// reading turns arguments into a Spec and collects what is wrong with them, in
// the wording that users of Splunk know.
type reading struct {
	args     *scp.Args
	spec     *Spec
	problems diag.List
}

// ReadSpec reads the arguments of riskscore. find gives the risk action of the
// saved search that rule= names, with warnings about it. A list with errors has
// all of them, and no Spec that can be used.
func ReadSpec(args *scp.Args, find func(name string) (SavedRule, []string, error)) (*Spec, diag.List) {
	r := &reading{args: args, spec: &Spec{MissingText: Unknown, Empty: AbsenceSkip}}
	var saved *SavedRule
	if name, ok := args.Get("rule"); ok {
		r.spec.Rule = name
		if found, warnings, err := find(name); err != nil {
			r.fail(err.Error())
		} else {
			saved = &found
			for _, w := range warnings {
				r.problems = append(r.problems, diag.Message{Severity: diag.Warning, Text: w})
			}
			r.inherit(saved)
		}
	}
	r.message()
	r.clauses()
	r.scores()
	r.factors()
	r.choices()
	r.limits()
	return r.spec, r.problems
}

func (r *reading) fail(text string) { r.problems = append(r.problems, diag.Message{Text: text}) }

// inherit takes what the saved search says.
func (r *reading) inherit(s *SavedRule) {
	r.spec.SearchName, r.spec.Description, r.spec.Annotations, r.spec.Threats = s.Name, s.Description, s.Annotations, s.Threats
	for _, o := range s.Objects {
		r.spec.Objects = append(r.spec.Objects, ObjectSpec{Field: o.Field, Type: o.Type, Saved: &o.Score})
	}
	if _, own := r.args.Get("message"); !own {
		r.template(s.Message, " (saved search '"+s.Name+"')")
	}
}

func (r *reading) message() {
	if text, ok := r.args.Get("message"); ok {
		r.template(text, "")
	}
	switch text, ok := r.args.Get("missing"); {
	case !ok:
	case strings.EqualFold(text, "error"):
		r.spec.Missing = AbsenceError
	case strings.EqualFold(text, "keep"):
		r.spec.Missing = AbsenceKeep
	default:
		r.spec.MissingText = text
	}
}

func (r *reading) template(text, of string) {
	t, err := ParseTemplate(text)
	var bad *TemplateError
	if errors.As(err, &bad) {
		r.fail("Unbalanced '$' in message at position " + Whole(bad.Position()).String() + of + ".")
	}
	r.spec.Message = t
}

// clauses reads FOR and THREAT, each of which replaces the saved search's.
func (r *reading) clauses() {
	if uses := r.args.Clause("FOR"); len(uses) > 0 {
		saved := r.spec.Objects
		r.spec.Objects = nil
		for _, part := range r.parts(uses) {
			o := ObjectSpec{Field: part.field, Type: part.kind, Score: part.score, Saved: savedScore(saved, part.field)}
			if o.Type == "" {
				o.Type = TypeOf(o.Field)
			}
			r.spec.Objects = append(r.spec.Objects, o)
		}
	}
	if uses := r.args.Clause("THREAT"); len(uses) > 0 {
		r.spec.Threats = nil
		for _, part := range r.parts(uses) {
			if part.kind == "" {
				part.kind = part.field
			}
			r.spec.Threats = append(r.spec.Threats, Threat{part.field, part.kind})
		}
	}
	switch {
	case len(r.spec.Objects) > 0 || r.problems.HasErrors() && r.spec.Rule != "":
	case r.spec.Rule != "":
		r.fail("Saved search '" + r.spec.Rule + "' has no risk object. Use FOR <field>.")
	default:
		r.fail("Missing risk object. Use FOR <field> or rule=<saved search>.")
	}
}

// savedScore is the saved search's score of a field; of one that it does not
// name, its highest.
func savedScore(saved []ObjectSpec, field string) *Number {
	var highest *Number
	for _, o := range saved {
		if o.Field == field {
			return o.Saved
		}
		if highest == nil || o.Saved.Cmp(*highest) > 0 {
			highest = o.Saved
		}
	}
	return highest
}

// clausePart is `<field> [AS <type>] [SCORE=<num|field>]`.
type clausePart struct {
	field, kind string
	score       *Operand
}

// parts reads the list of a clause.
func (r *reading) parts(uses []scp.Use) []clausePart {
	var out []clausePart
	for _, use := range uses {
		first := len(out)
		for i := 0; i < len(use.Items); i++ {
			it := use.Items[i]
			switch {
			case it.Name != "":
				if len(out) > first {
					r.own(&out[len(out)-1], it.Value)
				}
			case it.Is("AS"):
				if len(out) == first || i+1 == len(use.Items) || use.Items[i+1].Name != "" {
					r.fail("Invalid " + use.Keyword + " clause. Expected <field> AS <type>.")
					return out
				}
				i++
				out[len(out)-1].kind = use.Items[i].Value
			default:
				out = append(out, clausePart{field: it.Value})
			}
		}
		if len(out) == first && use.Keyword != "FOR" {
			r.fail("Missing field after " + use.Keyword + ".")
		}
	}
	return out
}

func (r *reading) own(p *clausePart, value string) {
	o, ok := readOperand(value, 0)
	if !ok {
		r.fail("Invalid value '" + value + "' for option 'SCORE'. Expected a number of 0 or more or a field name.")
	}
	p.score = o
}

// scores reads what gives the score.
func (r *reading) scores() {
	get := func(option string, most int) *Operand {
		text, ok := r.args.Get(option)
		if !ok {
			return nil
		}
		o, _ := readOperand(text, most) // what cannot be read is refused by its declaration
		return o
	}
	s := r.spec
	s.Score, s.Impact, s.Confidence = get("score", 0), get("impact", 100), get("confidence", 100)
	score, impact, confidence := r.given("score"), r.given("impact"), r.given("confidence")
	switch {
	case score && (impact || confidence):
		r.fail("Options 'score' and 'impact'/'confidence' are mutually exclusive.")
	case impact != confidence:
		r.fail(missingScore)
	case !score && !impact && !r.given("rule") && !r.ownScores():
		r.fail(missingScore)
	}
}

// given tells whether an option was written at all, be it with a value that was
// refused: one mistake is one error.
func (r *reading) given(option string) bool {
	if _, ok := r.args.Get(option); ok {
		return true
	}
	for _, it := range r.args.Items {
		if strings.EqualFold(it.Name, option) && !r.ofClause(it) {
			return true
		}
	}
	return false
}

// ofClause tells whether an item was taken as a clause's own.
func (r *reading) ofClause(it scp.Item) bool {
	for _, use := range r.args.Uses {
		for _, own := range use.Items {
			if own.Place == it.Place {
				return true
			}
		}
	}
	return false
}

const missingScore = "Missing score. Use impact= and confidence=, score= or rule=."

// ownScores tells whether all objects have a score. A single SCORE= behind the
// last of several objects, with no other score about, is that of all: options
// may stand behind the clauses.
func (r *reading) ownScores() bool {
	objects := r.spec.Objects
	n := 0
	for _, o := range objects {
		if o.Score != nil {
			n++
		}
	}
	if n == 1 && objects[len(objects)-1].Score != nil {
		r.spec.Score, objects[len(objects)-1].Score = objects[len(objects)-1].Score, nil
		return true
	}
	return n > 0 && n == len(objects)
}

func (r *reading) factors() {
	for _, it := range r.args.Each("factor.") {
		f, ok := ParseFactor(it.Name, it.Value)
		if !ok {
			r.fail("Invalid factor '" + it.Name + `': expected "<field> <op> <value> (add|mult) <number>".`)
			continue
		}
		r.spec.Factors = append(r.spec.Factors, f)
	}
}

func (r *reading) choices() {
	is := func(option, value string) bool {
		text, _ := r.args.Get(option)
		return text == value
	}
	s := r.spec
	switch {
	case is("empty", "keep"):
		s.Empty = AbsenceText
	case is("empty", "error"):
		s.Empty = AbsenceError
	}
	switch {
	case is("output", "annotate"):
		s.Output = OutputAnnotate
	case is("output", "risk"):
		s.Output = OutputRisk
	}
	s.Join = is("mv", "join")
	s.Explain = r.args.Bool("explain", false)
	if name, ok := r.args.Get("search_name"); ok {
		s.SearchName = name
	}
}

func (r *reading) limits() {
	r.spec.Ignore, r.spec.Dedup = r.args.List("ignore"), r.args.List("dedup")
	if text, ok := r.args.Get("cap"); ok {
		n, ok := readCap(text)
		if !ok {
			r.fail("cap must be a positive number followed by 'x'.")
		}
		r.spec.Cap = &n
	}
}

func readCap(text string) (Number, bool) {
	digits, ok := strings.CutSuffix(strings.ToLower(text), "x")
	n, number := ParseNumber([]byte(digits))
	return n, ok && number && n.Cmp(Number{}) > 0
}
