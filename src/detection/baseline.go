package detection

import (
	"github.com/goccy/go-yaml/ast"

	"riskreplay/src/diag"
)

// ReadBaseline reads one baseline file of contentctl's form: a search that makes
// what detections compare with, most often a lookup table. It is a Detection of
// the type Baseline, whose For names the detections that need it; nil when it is
// no YAML mapping at all.
func ReadBaseline(name string, data []byte) (*Detection, diag.List) {
	r, root := open(name, data)
	if root == nil {
		return nil, r.msgs
	}
	d := draft{Detection: &Detection{File: name, Type: Baseline, places: map[string]diag.Place{}}}
	if !readMap(r, root, "a baseline", baselineKeys, &d, d.saw("")) {
		return nil, r.msgs
	}
	d.tidy()
	d.checkDate(r)
	d.checkNames(r)
	d.Deployment, _ = Defaults(Baseline)
	if d.deployment != nil {
		d.Deployment = *d.deployment
	}
	return d.Detection, r.msgs
}

var baselineKeys = []key[draft]{
	{name: "name", must: true, read: text(func(d *draft) *string { return &d.Name })},
	{name: "id", must: true, read: text(func(d *draft) *string { return &d.ID })},
	{name: "version", must: true, read: integer(func(d *draft) *int { return &d.Version })},
	{name: "date", must: true, read: text(func(d *draft) *string { return &d.Date })},
	{name: "author", must: true, read: text(func(d *draft) *string { return &d.Author })},
	{name: "status", read: oneOf(func(d *draft) *string { return &d.Status }, statuses...)},
	{name: "type", must: true, read: oneOf(func(d *draft) *string { return &d.Type }, Baseline)},
	{name: "description", must: true, read: text(func(d *draft) *string { return &d.Description })},
	{name: "search", must: true, read: readSearch},
	{name: "how_to_implement", read: text(func(d *draft) *string { return &d.HowToImplement })},
	{name: "known_false_positives", read: text(func(d *draft) *string { return &d.KnownFalsePositives })},
	{name: "references", read: texts(func(d *draft) *[]string { return &d.References })},
	{name: "tags", must: true, read: func(r *reader, n ast.Node, d *draft) {
		readMap(r, n, "tags", baselineTagKeys, d, d.saw("tags."))
	}},
	{name: "deployment", read: readDeployment},
	{name: "datamodel", read: skipped[draft]},
}

// Impact, observables and the like of a baseline's tags mean nothing: it raises no
// risk.
var baselineTagKeys = append(optional(tagKeys, "asset_type", "analytic_story", "product", "security_domain"),
	key[draft]{name: "detections", must: true, read: texts(func(d *draft) *[]string { return &d.For })})
