package risk

// event writes _raw, _time and source as Enterprise Security's risk action
// writes its event about one risk object of the current result.
func (e *emitter) event(f *Found) {
	g := e.scoring
	s := Scored{Object: Object{Field: f.Field, Type: f.Type}, Value: string(f.Value), Score: f.Score.Float64(), Message: string(g.Message)}
	for i := range g.Threats {
		s.ThreatValues = append(s.ThreatValues, string(g.Threats[i]))
		s.ThreatTypes = append(s.ThreatTypes, string(g.ThreatTypes[i]))
	}
	rec := e.events.Risk(result{e}, s)
	e.out.SetBytes(e.to.raw, rec.Raw())
	e.text = rec.Time.Append(e.text[:0])
	e.out.SetBytes(e.to.time, e.text)
	if e.to.source != none {
		e.out.Set(e.to.source, g.spec.SearchName)
	}
}

// result is the current row as a whole.
type result struct{ *emitter }

// Number counts the results of the search; below 0 it is not known.
func (r result) Number() int { return r.number }

// Values are the values of a field.
func (r result) Values(field string) []string { return texts(r.in.Values(r.header.Column(field))) }

// Each calls f for every field of the input.
func (r result) Each(f func(name string, values []string)) {
	for i, name := range r.fields {
		f(name, texts(r.in.Values(r.whole[i])))
	}
}

func texts(values [][]byte) []string {
	if len(values) == 0 {
		return nil
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
