package eval

// Rules are the decisions where Splunk's behaviour is not documented: each has
// the value that the evidence favours as its zero value, and one alternative.
// They stand in one place so that who knows better can switch them. The names
// are those of docs/compatibility.md.
type Rules struct {
	// MVCompare: a comparison with a multivalue is true if any value makes it
	// true; with MVFirst the first value decides, with MVAll all must.
	MVCompare MVRule
	// MVNotEqualNone: f!=v is true only if no value equals v; else if some value
	// differs.
	MVNotEqualNone bool
	// MVScalarNull: len, replace, trim, substr and urldecode of a multivalue give
	// null; else they work on each value.
	MVScalarNull bool
	// StatsNullGroup: a row without one of the BY fields counts in a group of its
	// own; else it is left out (rule N3).
	StatsNullGroup bool
	// StatsOrderBytes: rows of stats are in byte order of the BY values; else
	// numbers in numeric order, other values in byte order (rule 2.12).
	StatsOrderBytes bool
	// PercNearestRank: percentiles take the nearest rank; else they interpolate.
	PercNearestRank bool
	// QuotedNumberIsNumber: f="404" compares numbers when both look like numbers;
	// else strings.
	QuotedNumberIsNumber bool
	// PlainPrecision: arithmetic keeps all digits; else a result follows the least
	// precise operand (rule F2).
	PlainPrecision bool
	// EmptyMatchesAbsent: f="" in search also matches rows without f.
	EmptyMatchesAbsent bool
	// SortBytes: sort's automatic comparison is by bytes; else numbers and
	// addresses in their order.
	SortBytes bool
	// LookupClears: OUTPUT of lookup clears its fields where nothing is found; else
	// they stay.
	LookupClears bool
	// JoinNullOverwrites: a field that the right row of a join lacks is cleared;
	// else the left row's stays.
	JoinNullOverwrites bool
	// WeekStart is the day that spans of weeks begin with: 0 keeps the epoch's
	// Thursday, 1..7 are Monday..Sunday.
	WeekStart int
}

// MVRule says which values of a multivalue decide a comparison.
type MVRule uint8

// The rules for comparisons of multivalues.
const (
	MVAny MVRule = iota
	MVFirst
	MVAll
)
