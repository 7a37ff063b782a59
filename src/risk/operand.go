package risk

// Operand is a number, or the field of each result that holds it.
type Operand struct {
	// Field is "" for a number.
	Field  string
	Number Number
}

// readOperand reads what an argument gives as <num|field>. A number is at least
// 0 and, unless most is 0, at most that; what begins like a number but is none
// is no field either.
func readOperand(text string, most int) (*Operand, bool) {
	if n, ok := ParseNumber([]byte(text)); ok {
		return &Operand{Number: n}, inRange(n, most)
	}
	return &Operand{Field: text}, isField(text)
}

func inRange(n Number, most int) bool {
	return !n.Negative() && (most == 0 || n.Cmp(Whole(most)) <= 0)
}

// isField tells whether a text can be meant as a field's name. Splunk's fields
// may be called anything; one that looks like a number gone wrong is refused.
func isField(text string) bool {
	if text == "" {
		return false
	}
	switch c := text[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == '=', c == ',':
		return false
	}
	return true
}

// operand is an Operand made ready: the slot of its field, -1 for a number.
type operand struct {
	option string
	slot   int
	most   int
	at     int // among Scorer.numbers
	number Number
}

// of is the operand's number in a row; false when its field has none in range.
func (o *operand) of(cells [][][]byte) (Number, bool) {
	if o.slot < 0 {
		return o.number, true
	}
	if v := cells[o.slot]; len(v) == 1 {
		if n, ok := ParseNumber(v[0]); ok && inRange(n, o.most) {
			return n, true
		}
	}
	return Number{}, false
}
