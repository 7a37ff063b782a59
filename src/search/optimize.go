package search

// absorb lets stages take over those behind them, and leaves out those that do
// nothing.
func absorb(stages []Stage) []Stage {
	var out []Stage
	for _, st := range stages {
		if id, ok := st.(Identity); ok && id.Identity() && len(out) > 0 {
			continue
		}
		if n := len(out); n > 0 {
			if a, ok := out[n-1].(Absorber); ok {
				if one, ok := a.Absorb(st); ok {
					out[n-1] = one
					continue
				}
			}
		}
		out = append(out, st)
	}
	return out
}

// order tells the scan that nobody cares for the order of its rows, when the
// first stage that looks at more than one row does not.
func order(stages []Stage) []Stage {
	scan, ok := stages[0].(Scanner)
	if !ok {
		return stages
	}
	for _, st := range stages[1:] {
		o, ok := st.(Orderer)
		if !ok || o.Order() == OrderNeeded {
			return stages
		}
		if o.Order() == OrderIgnored {
			stages[0] = scan.AnyOrder()
			return stages
		}
	}
	return stages
}

// prune tells each stage which fields of its output are used, from the end on,
// where want is used.
func prune(stages []Stage, want []string) []Stage {
	for i := len(stages) - 1; i >= 0; i-- {
		if p, ok := stages[i].(Pruner); ok {
			stages[i] = p.Prune(want)
		}
		want = Distinct(stages[i].Needs(want))
	}
	return stages
}
