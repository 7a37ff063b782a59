package spl

import "strings"

// expr writes an expression; one that binds looser than low gets parentheses.
func (w *printer) expr(e Expr, low level) {
	if l := levelOfExpr(e); l < low {
		w.text("(")
		w.expr(e, levelNone)
		w.text(")")
		return
	}
	switch e := e.(type) {
	case *Literal:
		if e.Number {
			w.text(e.Text)
		} else {
			w.text(quote(e.Text, true))
		}
	case *Field:
		if e.Quoted {
			w.text(quoteSingle(e.Name))
		} else {
			w.text(e.Name)
		}
	case *Call:
		w.text(e.Name)
		w.exprs(e.Args)
	case *Unary:
		if e.Op == "not" {
			w.text("NOT ")
			w.expr(e.X, levelNot)
		} else {
			w.text(e.Op)
			w.expr(e.X, levelUnary)
		}
	case *Binary:
		l := levelOf(e.Op)
		w.expr(e.X, l)
		w.text(spaced(e.Op))
		w.expr(e.Y, l+1)
	case *SubExpr:
		w.sub(e.Search)
	case *InList:
		w.expr(e.X, levelCompare)
		w.text(" IN ")
		w.exprs(e.List)
	}
}

func (w *printer) exprs(list []Expr) {
	w.text("(")
	for i, x := range list {
		if i > 0 {
			w.text(", ")
		}
		w.expr(x, levelNone)
	}
	w.text(")")
}

// spaced is an operator with the blanks that people put round it.
func spaced(op string) string {
	if op == "=" || op == "!=" {
		return op
	}
	return " " + strings.ToUpper(op) + " "
}

func levelOfExpr(e Expr) level {
	switch e := e.(type) {
	case *Binary:
		return levelOf(e.Op)
	case *InList:
		return levelCompare
	case *Unary:
		if e.Op == "not" {
			return levelNot
		}
	}
	return levelUnary
}

func (w *printer) assigns(list []Assign) {
	for i, a := range list {
		if i > 0 {
			w.text(",")
		}
		w.word(quoteIf(Value(a.Name), targetMode) + "=")
		if a.Expr != nil {
			w.expr(a.Expr, levelNone)
		}
	}
}

// The levels of conditions, for parentheses: and, or, not.
const (
	predicateAny = iota
	predicateOr
	predicateNot
)

// predicate writes a condition; one that binds looser than low gets parentheses.
func (w *printer) predicate(x Predicate, low int) {
	switch x := x.(type) {
	case *And:
		w.joinPredicates(x.List, " ", predicateOr+1, low > predicateAny)
	case *Or:
		w.joinPredicates(x.List, " OR ", predicateNot, low > predicateOr)
	case *Not:
		w.text("NOT ")
		w.predicate(x.X, predicateNot)
	case *Compare:
		w.text(quoteIf(Value(x.Field), termMode) + x.Op)
		w.compared(x)
	case *In:
		w.text(quoteIf(Value(x.Field), termMode) + " IN (")
		for i, v := range x.Values {
			if i > 0 {
				w.text(", ")
			}
			w.text(quoteIf(v, itemMode))
		}
		w.text(")")
	case *Word:
		w.directive(x.Kind, x.Value, termMode)
	case *Subsearch:
		w.joined = true
		w.sub(x.Search)
	}
}

// joinPredicates writes conditions, each at least as tight as low.
func (w *printer) joinPredicates(list []Predicate, join string, low int, parens bool) {
	if parens {
		w.text("(")
	}
	for i, x := range list {
		if i > 0 {
			w.text(join)
		}
		w.predicate(x, low)
	}
	if parens {
		w.text(")")
	}
}

func (w *printer) compared(x *Compare) {
	if x.Sub != nil {
		w.joined = true
		w.sub(x.Sub)
		return
	}
	w.directive(x.Kind, x.Value, valueMode)
}

// directive writes a word, or TERM(word), CASE(word).
func (w *printer) directive(kind string, v Value, m *mode) {
	switch kind {
	case "term", "case":
		s := escapeBare(v.Text)
		if v.Quoted {
			s = quote(v.Text, false)
		}
		w.text(strings.ToUpper(kind) + "(" + s + ")")
	case "macro":
		w.text(v.Text)
	default:
		w.text(quoteIf(v, m))
	}
}
