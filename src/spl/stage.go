package spl

import "riskreplay/src/diag"

// Option is the value of the option name (in lower case), and whether it was
// written. The parser refuses an option written twice, so the first is the one.
func (st *Stage) Option(name string) (Value, bool) {
	for _, o := range st.Options {
		if o.Name == name {
			return o.Value, true
		}
	}
	return Value{}, false
}

// ByOption is the value of an option written within BY: span=1h.
func (st *Stage) ByOption(name string) (Value, bool) {
	for _, o := range st.ByOptions {
		if o.Name == name {
			return o.Value, true
		}
	}
	return Value{}, false
}

// Clause is the clause with that keyword (in lower case), or nil.
func (st *Stage) Clause(keyword string) *Clause {
	for i := range st.Clauses {
		if st.Clauses[i].Keyword == keyword {
			return &st.Clauses[i]
		}
	}
	return nil
}

// Problem is an error about a part of the stage, placed where that part was
// written.
func (st *Stage) Problem(sp Span, text, hint string) diag.Message {
	return st.Source.Problem(sp, text, hint)
}
