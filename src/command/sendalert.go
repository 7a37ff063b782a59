package command

import (
	"context"
	"errors"
	"strings"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var sendalertSpec = search.Spec{
	Name: "sendalert", Kind: search.Dataset,
	Syntax:  "sendalert <action> [param.<name>=<text>]...",
	Help:    "does an alert action with the rows, and passes them on: risk, notable, webhook, or a program that an app declares",
	Example: `| sendalert risk param._risk_score=40 param._risk_object=user param._risk_object_type=user`,
	Bind:    bindSendalert,
}

// sendalert does an action once, with all rows.
type sendalert struct {
	shown
	action string
	params map[string]string
}

func bindSendalert(st *spl.Stage, c search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	s := &sendalert{shown: shown{st}, action: st.Words[0].Text, params: map[string]string{}}
	if lower := strings.ToLower(s.action); c.Action(lower) == nil {
		s.action = lower
	}
	if err := c.Action(s.action); err != nil {
		var m diag.Message
		if !errors.As(err, &m) {
			m.Text = err.Error()
		}
		a.unsupportedHere(st.Words[0].Span, m.Text, m.Hint)
	}
	for _, o := range st.Options {
		name, isParam := strings.CutPrefix(written(st, o.NameSpan), "param.")
		switch {
		case isParam:
			s.params[name] = o.Value.Text
		case o.Name == "results_link" || o.Name == "results_path":
		default:
			a.problem(o.NameSpan, `sendalert has no option "`+o.Name+`" here`, "what an action takes is written param."+o.Name+"=")
		}
	}
	return s, a.problems
}

func (s *sendalert) Shape(in search.Schema) (search.Schema, diag.List) { return in, nil }

// Needs: an action reads any field.
func (s *sendalert) Needs([]string) []string { return []string{"*"} }

func (s *sendalert) Open(w search.World) (search.Operator, error) {
	return search.Whole(func(ctx context.Context, all *batch.Batch) (*batch.Batch, error) {
		if all.Len == 0 {
			return all, nil
		}
		if err := w.Alert(ctx, s.action, s.params, all); err != nil {
			m := s.st.Problem(s.st.NameSpan, "cannot do the alert action "+s.action, "")
			m.Cause = err
			return nil, m
		}
		return all, nil
	}), nil
}
