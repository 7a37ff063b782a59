package eval

// Predicate is a compiled condition of search or of WHERE in tstats.
type Predicate struct{}
