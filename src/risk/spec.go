package risk

// Spec is what the arguments of the search command riskscore say, with what
// they leave to a saved search filled in.
type Spec struct {
	// Score is the score itself; else it is Impact * Confidence / 100. All are
	// nil where the objects have scores of their own.
	Score, Impact, Confidence *Operand
	Message                   Template
	Objects                   []ObjectSpec
	Threats                   []Threat
	Factors                   []Factor

	// Missing is what a token of the message without a value becomes.
	Missing Absence
	// MissingText is that of AbsenceText.
	MissingText string
	// Empty is what happens to a risk object without a value: AbsenceSkip,
	// AbsenceText (it is called unknown) or AbsenceError.
	Empty Absence
	// Join makes one risk object of several values.
	Join bool
	// Ignore are values that are never scored; * stands for any text, and case
	// does not matter.
	Ignore []string

	// Dedup are the fields whose values score once; empty is off.
	Dedup []string
	// Cap is how many times the highest score of an object its total may be; nil
	// is off.
	Cap *Number

	Output  Output
	Explain bool
	// Rule is the saved search that was asked for, "" for none.
	Rule string
	// SearchName is the search that the results are said to come from.
	SearchName string
	// Description and Annotations are the saved search's.
	Description string
	Annotations Annotations
}

// ObjectSpec is a risk object: the field that holds it, its type, and its own
// score where it has one.
type ObjectSpec struct {
	Field, Type string
	// Score is what SCORE= says.
	Score *Operand
	// Saved is the saved search's score for the object, used when nothing else
	// gives one.
	Saved *Number
}

// Absence is what is done about a value that is not there.
type Absence uint8

// What can be done about an absent value.
const (
	// AbsenceText puts a text in its place.
	AbsenceText Absence = iota
	// AbsenceKeep leaves the token as it is.
	AbsenceKeep
	// AbsenceSkip leaves the risk object out.
	AbsenceSkip
	// AbsenceError stops the search.
	AbsenceError
)

// Output is the form of what the command returns.
type Output uint8

// The outputs.
const (
	// OutputRows is a result for each risk object.
	OutputRows Output = iota
	// OutputAnnotate is the result as it came, with the risk of all its objects
	// as parallel multivalues.
	OutputAnnotate
	// OutputRisk is OutputRows with _raw as Enterprise Security's risk action
	// writes it.
	OutputRisk
)

// Stateful tells whether results depend on earlier ones, or on what only a
// search head can read: then one process must see them all.
func (s *Spec) Stateful() bool { return len(s.Dedup) > 0 || s.Cap != nil || s.Rule != "" }

// TypeOf is the type of a risk object whose clause names none: by its field.
func TypeOf(field string) string {
	switch field {
	case "user", "src_user":
		return "user"
	case "dest", "src", "dvc", "host", "orig_host":
		return "system"
	}
	return "other"
}
