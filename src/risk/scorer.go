package risk

// Cells is one row as a Scorer reads it: fields are known by their numbers in
// Scorer.Fields, so that nothing is looked up by name for each row.
type Cells interface {
	// Values are the values of a field, none when it is null. They hold until
	// the next row.
	Values(field int) [][]byte
}

// Scorer is a Spec made ready for rows. It is read only, and safe for concurrent
// use; what rows leave behind is in a Scoring.
type Scorer struct {
	spec *Spec
	// fields are the names of the slots.
	fields []string
	slots  map[string]int

	message []piece
	objects []object
	threats []int // slots, parallel to spec.Threats
	types   [][]byte
	own     int // slot of the row's own risk_score
	// byScore or both of byImpact and byConfidence give the score of a row.
	byScore, byImpact, byConfidence *operand
	numbers                         []*operand // all that come from fields
	missing                         []byte
	factors                         []factor
	dedup                           []int
	// perObject tells that dedup looks at what is written for each object.
	perObject bool
	ignore    []wildcard
}

// piece is literal text of the message, then a token unless slot is negative.
type piece struct {
	part
	slot int
}

type object struct {
	*ObjectSpec
	slot  int
	score *operand // nil without SCORE=
}

type factor struct {
	*Factor
	slot int
}

// Fields that are written, as factors and dedup see them: a negative slot means
// the object that is being scored.
const (
	slotObject = -1 - iota
	slotType
	slotField
)

var written = map[string]int{"risk_object": slotObject, "risk_object_type": slotType, "risk_object_field": slotField}

// NewScorer makes a Spec ready.
func NewScorer(spec *Spec) *Scorer {
	s := &Scorer{spec: spec, slots: map[string]int{}, missing: []byte(spec.MissingText)}
	for i := range spec.Objects {
		o := object{ObjectSpec: &spec.Objects[i], slot: s.slot(spec.Objects[i].Field)}
		o.score = s.operand("SCORE", o.Score, 0)
		s.objects = append(s.objects, o)
	}
	for _, t := range spec.Threats {
		s.threats, s.types = append(s.threats, s.slot(t.Field)), append(s.types, []byte(t.Type))
	}
	for _, p := range spec.Message.parts {
		piece := piece{part: p, slot: -1}
		if p.field != "" {
			piece.slot = s.slot(p.field)
		}
		s.message = append(s.message, piece)
	}
	s.byScore = s.operand("score", spec.Score, 0)
	s.byImpact, s.byConfidence = s.operand("impact", spec.Impact, 100), s.operand("confidence", spec.Confidence, 100)
	s.own = s.slot("risk_score")
	for i := range spec.Factors {
		s.factors = append(s.factors, factor{&spec.Factors[i], s.slotOrWritten(spec.Factors[i].Field)})
	}
	for _, field := range spec.Dedup {
		slot := s.slotOrWritten(field)
		s.dedup = append(s.dedup, slot)
		s.perObject = s.perObject || slot < 0
	}
	for _, text := range spec.Ignore {
		s.ignore = append(s.ignore, newWildcard(text))
	}
	return s
}

func (s *Scorer) slot(field string) int {
	slot, ok := s.slots[field]
	if !ok {
		slot = len(s.fields)
		s.slots[field] = slot
		s.fields = append(s.fields, field)
	}
	return slot
}

func (s *Scorer) slotOrWritten(field string) int {
	if slot, ok := written[field]; ok {
		return slot
	}
	return s.slot(field)
}

func (s *Scorer) operand(option string, o *Operand, most int) *operand {
	if o == nil {
		return nil
	}
	if o.Field == "" {
		return &operand{slot: -1, number: o.Number}
	}
	out := &operand{option: option, slot: s.slot(o.Field), most: most, at: len(s.numbers)}
	s.numbers = append(s.numbers, out)
	return out
}

// Fields are the fields that rows are asked for, each once. The caller must not
// change them.
func (s *Scorer) Fields() []string { return s.fields }
