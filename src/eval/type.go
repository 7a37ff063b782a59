package eval

// kindSet is what an expression may give, as far as that is known before any row
// is seen: a literal and most functions are of one kind, a field of any.
type kindSet uint8

const (
	mayNull kindSet = 1 << iota
	mayString
	mayNumber
	mayBool
	mayMulti
	mayField = mayNull | mayString | mayNumber | mayMulti
	anything = mayField | mayBool
	boolean  = mayBool | mayNull
	numeric  = mayNumber | mayNull
)

// never tells whether a value that is not null is surely of none of the kinds.
func (k kindSet) never(kinds kindSet) bool { return k&^mayNull != 0 && k&kinds == 0 }

// surely tells whether a value that is not null is of one of the kinds.
func (k kindSet) surely(kinds kindSet) bool { return k&^mayNull != 0 && k&^mayNull&^kinds == 0 }
