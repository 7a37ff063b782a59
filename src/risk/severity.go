package risk

// severities are the names of score ranges up to a bound.
var severities = [...]struct {
	most Number
	name string
}{
	{Number{units: 20}, "informational"},
	{Number{units: 40}, "low"},
	{Number{units: 60}, "medium"},
	{Number{units: 80}, "high"},
}

// Severity names a risk score: up to 20 informational, 40 low, 60 medium, 80
// high, above that critical.
func Severity(score Number) string {
	for _, s := range severities {
		if score.Cmp(s.most) <= 0 {
			return s.name
		}
	}
	return "critical"
}
