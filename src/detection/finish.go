package detection

import (
	"strings"
	"time"
)

// finish fills what follows from the whole file and checks what needs it.
func (d *draft) finish(r *reader) {
	d.tidy()
	d.checkDate(r)
	d.checkNames(r)
	d.Deployment, _ = Defaults(d.Type)
	if d.deployment != nil {
		d.Deployment = *d.deployment
	}
	switch {
	case d.rba && (d.Graded || len(d.observables) > 0):
		r.error(d.Place("rba"), "keep tags.impact, confidence and observable (v4) or rba (v5)",
			"the detection says its risk twice, in rba and in tags")
	case d.rba:
		for _, o := range d.RiskObjects {
			d.RiskScore = max(d.RiskScore, o.Score)
		}
	default:
		d.grade(r)
	}
	d.checkRisk(r)
}

// tidy takes blanks off the ends of texts, where block scalars leave newlines.
func (d *draft) tidy() {
	for _, s := range []*string{&d.Description, &d.ELI5, &d.HowToImplement, &d.KnownFalsePositives, &d.Message} {
		*s = trim(*s)
	}
}

func trim(s string) string { return strings.Trim(s, " \t\r\n") }

// checkNames wants a name that can be a stanza's, and something to run.
func (d *draft) checkNames(r *reader) {
	at, given := d.places["name"]
	switch {
	case given && trim(d.Name) == "":
		r.error(at, "", "the name is empty")
	case d.Name != trim(d.Name) || strings.ContainsAny(d.Name, "\r\n[]"):
		r.error(at, "take out brackets, line breaks and blanks at the ends", "the name %q cannot be that of a saved search", d.Name)
	}
	if at, given := d.places["search"]; given && d.Search == "" {
		r.error(at, "", "the search is empty")
	}
}

func (d *draft) checkDate(r *reader) {
	if _, err := time.Parse(time.DateOnly, d.Date); d.Date != "" && err != nil {
		r.error(d.Place("date"), "write YYYY-MM-DD", "cannot read the date %q", d.Date)
	}
}

// grade computes the score of a v4 detection and turns its observables into
// objects. The file's own risk_score wins over the formula, and is reported when
// it differs.
func (d *draft) grade(r *reader) {
	d.RiskScore = score(d.Impact, d.Confidence)
	if d.score != nil {
		if d.Graded && *d.score != d.RiskScore {
			r.warn(d.Place("tags.risk_score"), "", "risk_score %s is not impact * confidence / 100 = %s; %s is used",
				decimal(*d.score), decimal(d.RiskScore), decimal(*d.score))
		}
		d.RiskScore = *d.score
	}
	for _, o := range d.observables {
		if risk, threat := o.object(); threat != "" {
			d.ThreatObjects = append(d.ThreatObjects, ThreatObject{Field: o.name, Type: threat})
		} else {
			d.RiskObjects = append(d.RiskObjects, RiskObject{Field: o.name, Type: risk, Score: d.RiskScore})
		}
	}
}

// checkRisk wants a message and somebody to put the risk on where the type
// raises risk.
func (d *draft) checkRisk(r *reader) {
	if !d.Deployment.Risk {
		return
	}
	at := d.Place("tags")
	if d.rba {
		at = d.Place("rba")
	}
	switch {
	case !d.rba && !d.Graded && d.score == nil:
		r.error(at, "give tags.impact and tags.confidence (v4) or rba (v5)", "a detection of type %s needs a risk score", d.Type)
	case len(d.RiskObjects) == 0:
		r.error(at, "add an observable with the role Victim (v4) or a risk object (v5)",
			"a detection of type %s needs a risk object", d.Type)
	}
	if d.Message == "" {
		r.error(at, "give tags.message (v4) or rba.message (v5)", "a detection of type %s needs a risk message", d.Type)
	}
}
