package spl

import (
	"fmt"

	"riskreplay/src/diag"
)

// value is the text that an eval-based definition gives.
func (e *expander) value(body *Source, m Macro, u *use) (string, *diag.Message) {
	refuse := func(text, hint string) (string, *diag.Message) {
		msg := diag.Message{Text: text, Hint: hint, Place: u.place, Notes: u.outer.notes()}
		msg.Notes = append(msg.Notes, diag.Message{Severity: diag.Info, Text: "the definition", Place: body.At(Span{0, len(body.Text)})})
		return "", &msg
	}
	if e.macros.Eval == nil {
		return refuse("macro `"+m.Name+"` is an eval expression, which cannot be worked out here", "")
	}
	expr, problems := ParseExpr(body)
	if problems.HasErrors() {
		first := problems.Errors()[0]
		return "", &first
	}
	v, err := e.macros.Eval(body, expr)
	if err != nil {
		return refuse(fmt.Sprintf("cannot work out macro `%s`: %v", m.Name, err), "")
	}
	s, ok := v.(string)
	if !ok {
		return refuse("macro `"+m.Name+"` gives no string", "an eval-based definition must give a string: the text to put in")
	}
	return s, nil
}

// validate asks the macro's own validation whether it takes the arguments.
func (e *expander) validate(m Macro, args map[string]*Source, u *use, def *diag.Text) *diag.Message {
	if m.Validation == "" || e.macros.Eval == nil {
		return nil
	}
	text := &diag.Text{Name: def.Name, Line: def.Line, Body: m.Validation}
	body := substitute(definitionSource(Macro{Definition: m.Validation}, text, u), args)
	expr, problems := ParseExpr(body)
	if problems.HasErrors() {
		first := problems.Errors()[0]
		return &first
	}
	refused := func(why string) *diag.Message {
		return &diag.Message{Text: "macro `" + m.Name + "` refuses its arguments: " + why, Place: u.place, Notes: u.outer.notes()}
	}
	switch v, err := e.macros.Eval(body, expr); {
	case err != nil:
		return refused(err.Error())
	case v == false && m.ErrorMsg != "":
		return refused(m.ErrorMsg)
	case v == false:
		return refused("its validation gives false")
	default:
		if s, ok := v.(string); ok {
			return refused(s)
		}
		return nil
	}
}
