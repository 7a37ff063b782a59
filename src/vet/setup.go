package vet

import (
	"context"
	"errors"

	"riskreplay/src/diag"
	"riskreplay/src/hec"
	"riskreplay/src/splunkd"
)

// State is what a finding about a Splunk comes to.
type State string

// The states. What the user's rights do not let one see is a warning.
const (
	Good    State = "ok"
	Doubted State = "warning"
	Wrong   State = "error"
)

// Finding is one thing found on a Splunk.
type Finding struct {
	// Check is which row of the table found it.
	Check string
	State State
	// Text is what was found, Advice what to do about it, "" when nothing is.
	Text, Advice string
}

// Site is the Splunk that is looked at.
type Site struct {
	Client *splunkd.Client
	// Collector is how its HTTP Event Collector is reached, nil when it is not to
	// be asked. Whether it is asked for acknowledgements depends on the token.
	Collector *hec.Options
}

// setupCheck is one check of a Splunk.
type setupCheck struct {
	name string
	// within tells that the check is of no use where the app is not installed.
	within bool
	run    func(context.Context, *visit) error
}

// setupChecks are all checks, in the order of what depends on what.
var setupChecks = []setupCheck{
	{"splunk", false, checkSplunk},
	{"app", false, checkApp},
	{"cim", false, checkCIM},
	{"add-ons", false, checkAddOns},
	{"data model", false, checkDataModel},
	{"acceleration", false, checkAcceleration},
	{"indexes", false, checkIndexes},
	{"enterprise security", false, checkEnterpriseSecurity},
	{"macros", true, checkMacros},
	{"detections", true, checkDetections},
	{"escu", true, checkESCU},
	{"riskscore", true, checkRiskscore},
	{"modular input", true, checkModularInput},
	{"rights", false, checkRights},
	{"hec", false, checkHEC},
	{"hec health", false, checkHealth},
}

// Setup looks whether a Splunk has what the app needs. A part that cannot be seen
// is a finding; the error is that of a Splunk that does not answer, or not to these
// credentials, and the findings are those until then. Nothing there is changed: all
// that runs is two searches that read no events.
func Setup(ctx context.Context, n Needs, s Site) ([]Finding, error) {
	v := &visit{client: s.Client, collector: s.Collector, needs: n}
	for _, c := range setupChecks {
		if c.within && v.missing {
			continue
		}
		v.check = c.name
		if err := c.run(ctx, v); err != nil {
			return v.findings, err
		}
	}
	return v.findings, nil
}

// visit is one look at a Splunk.
type visit struct {
	client    *splunkd.Client
	collector *hec.Options
	needs     Needs

	check    string
	findings []Finding
	// missing: the app is not installed, or switched off.
	missing bool

	apps     asked[map[string]splunkd.App]
	searches asked[map[string]savedState]
	macros   asked[map[string]splunkd.Entry]
	tokens   asked[[]splunkd.Collector]
	model    asked[splunkd.Entry]
}

func (v *visit) ok(text string) {
	v.findings = append(v.findings, Finding{v.check, Good, text, ""})
}

func (v *visit) doubt(text, advice string) {
	v.findings = append(v.findings, Finding{v.check, Doubted, text, advice})
}

func (v *visit) wrong(text, advice string) {
	v.findings = append(v.findings, Finding{v.check, Wrong, text, advice})
}

// unknown is a finding about what could not be seen, or the error when there is no
// Splunk to go on with.
func (v *visit) unknown(what string, err error) error {
	var e *splunkd.Error
	if !errors.As(err, &e) {
		return err // the context has ended
	}
	switch e.Kind {
	case splunkd.Unreachable, splunkd.Distrusted, splunkd.Broken, splunkd.Busy, splunkd.Refused:
		return err
	case splunkd.Forbidden:
		v.doubt("cannot tell "+what+": "+e.Error(), "the user's roles may not read it: ask with an administrator's token")
		return nil
	}
	v.doubt("cannot tell "+what+": "+e.Error(), hint(err, byHand))
	return nil
}

// byHand is the advice where an answer cannot be understood.
const byHand = "look at it in Splunk Web"

// hint is what an error says to do, else what is given.
func hint(err error, orElse string) string {
	var m diag.Message
	if errors.As(err, &m) && m.Hint != "" {
		return m.Hint
	}
	return orElse
}

// asked is an answer that several checks need; it is asked for once.
type asked[T any] struct {
	done  bool
	value T
	err   error
}

func (a *asked[T]) get(ask func() (T, error)) (T, error) {
	if !a.done {
		a.value, a.err = ask()
		a.done = true
	}
	return a.value, a.err
}

// none tells that Splunk has no such thing.
func none(err error) bool { return splunkd.KindOf(err) == splunkd.Missing }
