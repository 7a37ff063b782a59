package splunkd

import (
	"errors"
	"strings"

	"riskreplay/src/diag"
	"riskreplay/src/job"
)

// cause is what Splunk said, nil when the error is another.
func cause(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// hinted is the error with another hint.
func hinted(err error, hint string) error {
	var m diag.Message
	if !errors.As(err, &m) {
		return err
	}
	m.Hint = hint
	return m
}

// gone says more of a job that is not there.
func gone(err error) error {
	if !absent(err) {
		return err
	}
	return hinted(err, "somebody ended the job, or a load balancer asks another search head: give the address of one search head")
}

// marked puts the place of what Splunk complains of into an error: the word that
// it quotes ("Unknown search command 'foo'."), where it stands in the search once.
// A missing app gets a hint.
func marked(err error, r job.Request) error {
	var m diag.Message
	if !errors.As(err, &m) {
		return err
	}
	switch e := cause(err); {
	case e == nil:
	case e.Kind == Missing && r.App != "":
		m.Hint = "is the app \"" + r.App + "\" installed there, and may the user see it?"
	case e.Kind == Rejected && len(e.Messages) > 0:
		m.Place = place(e.Messages[0].Text, r)
	}
	return m
}

func place(message string, r job.Request) diag.Place {
	_, rest, _ := strings.Cut(message, "'")
	word, _, closed := strings.Cut(rest, "'")
	if !closed || word == "" || strings.Count(r.Search, word) != 1 {
		return diag.Place{}
	}
	at := strings.Index(r.Search, word)
	text := &diag.Text{Name: orElse(r.Name, "<search>"), Body: r.Search}
	return text.At(at, at+len(word))
}
