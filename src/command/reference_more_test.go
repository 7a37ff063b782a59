package command

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/spl"
	splscripts "riskreplay/testdata/spl"
)

// More of the reference: commands that add to rows what they find in other rows.
func init() {
	steps["eventstats"] = (*reference).eventstats
	steps["streamstats"] = (*reference).streamstats
	steps["reverse"] = func(r *reference, _ *spl.Stage) { slices.Reverse(r.rows) }
	steps["tail"] = (*reference).tail
	steps["mvexpand"] = (*reference).mvexpand
	steps["filldown"] = (*reference).filldown
	steps["trendline"] = (*reference).trendline
	steps["top"] = (*reference).top
	steps["rare"] = (*reference).top
	drawers = append(
		drawers, drawEventstats, drawStreamstats,
		func(t *rapid.T) string {
			return rapid.SampledFrom([]string{"reverse", "tail 3", "tail", "mvexpand a", "mvexpand b limit=1", "filldown", "filldown a c", "top a", "top 2 a b", "rare b by a", "top limit=1 c by b a", "trendline sma2(a) wma3(b) as x", "trendline ema2(c) as c sma4(a) as n"}).Draw(t, "small command")
		},
	)
}

// trendline averages the last numbers of each field anew for every row.
func (r *reference) trendline(st *spl.Stage) {
	for _, call := range st.Calls {
		kind, to := call.Func[:3], call.Func+"("+call.Arg.Text+")"
		if call.As != nil {
			to = call.As.Text
		}
		n, _ := strconv.Atoi(call.Func[3:])
		var seen []float64
		made := make([]splscripts.Row, len(r.rows))
		for i, row := range r.rows {
			made[i] = maps.Clone(row)
			delete(made[i], to)
			if len(row[call.Arg.Text]) != 1 {
				continue
			}
			x, ok := batch.Number(row[call.Arg.Text][0])
			if !ok {
				continue
			}
			if seen = append(seen, x); len(seen) >= n {
				made[i][to] = []string{string(aggregate.AppendNumber(nil, trendOf(kind, n, seen)))}
			}
		}
		r.rows = made
		r.added(to)
	}
}

func trendOf(kind string, n int, seen []float64) float64 {
	sum, weights := 0.0, 0.0
	switch kind {
	case "ema":
		alpha := 2 / (float64(n) + 1)
		sum = seen[0]
		for _, x := range seen[1:] {
			sum = alpha*sum + (1-alpha)*x
		}
		return sum
	case "sma":
		for _, x := range seen[len(seen)-n:] {
			sum, weights = sum+x, weights+1
		}
	default:
		for i, x := range seen[len(seen)-n:] {
			sum, weights = sum+float64(i+1)*x, weights+float64(i+1)
		}
	}
	return sum / weights
}

func (r *reference) tail(st *spl.Stage) {
	n := 10
	if len(st.Words) > 0 {
		n, _ = strconv.Atoi(st.Words[0].Text)
	}
	slices.Reverse(r.rows)
	r.rows = r.rows[:min(n, len(r.rows))]
}

func (r *reference) mvexpand(st *spl.Stage) {
	name := st.Fields[0].Text
	limit := 1 << 20
	if v, ok := st.Option("limit"); ok {
		limit, _ = strconv.Atoi(v.Text)
	}
	var out []splscripts.Row
	for _, row := range r.rows {
		values := row[name]
		if len(values) < 2 {
			out = append(out, row)
			continue
		}
		for _, v := range values[:min(limit, len(values))] {
			next := maps.Clone(row)
			next[name] = []string{v}
			out = append(out, next)
		}
	}
	r.rows = out
}

func (r *reference) filldown(st *spl.Stage) {
	last := splscripts.Row{}
	list := slices.DeleteFunc(r.names(), internal)
	if len(st.Fields) > 0 {
		list = names(st.Fields)
	}
	for _, row := range r.rows {
		for _, n := range list {
			if row[n] == nil && last[n] != nil {
				row[n] = last[n]
			}
			last[n] = row[n]
		}
	}
}

// top counts combinations, and orders them by their count within each BY group.
func (r *reference) top(st *spl.Stage) {
	limit := 10
	if len(st.Words) > 0 {
		limit, _ = strconv.Atoi(st.Words[0].Text)
	}
	if v, ok := st.Option("limit"); ok {
		limit, _ = strconv.Atoi(v.Text)
	}
	all := append(slices.Clone(st.By), st.Fields...)
	keyed := &spl.Stage{By: all}
	counts, totals, keys := map[string]int{}, map[string]int{}, map[string][]string{}
	for _, row := range r.rows {
		for _, key := range combinations(keyed, row, false, "") {
			id := fmt.Sprintf("%q", key)
			keys[id] = key
			counts[id]++
			totals[fmt.Sprintf("%q", key[:len(st.By)])]++
		}
	}
	order := slices.Collect(maps.Keys(keys))
	n := len(st.By)
	slices.SortFunc(order, func(a, b string) int {
		d := counts[b] - counts[a]
		if st.Name == "rare" {
			d = -d
		}
		return cmp.Or(slices.CompareFunc(keys[a][:n], keys[b][:n], aggregate.Natural), d, slices.CompareFunc(keys[b][n:], keys[a][n:], strings.Compare))
	})
	r.rows, r.columns = nil, append(names(all), "count", "percent")
	given := map[string]int{}
	for _, id := range order {
		group := fmt.Sprintf("%q", keys[id][:n])
		if given[group]++; given[group] > limit {
			continue
		}
		row := splscripts.Row{"count": {strconv.Itoa(counts[id])}, "percent": {fmt.Sprintf("%.6f", 100*float64(counts[id])/float64(totals[group]))}}
		for i, f := range all {
			row[f.Text] = keys[id][i : i+1]
		}
		r.rows = append(r.rows, row)
	}
}

func (r *reference) eventstats(st *spl.Stage) {
	members := map[string][]splscripts.Row{}
	of := make([]string, len(r.rows))
	for i, row := range r.rows {
		for k, key := range combinations(st, row, false, "") {
			id := fmt.Sprintf("%q", key)
			members[id] = append(members[id], row)
			if k == 0 {
				of[i] = id
			}
		}
	}
	results := map[string][][]string{}
	for id, rows := range members {
		for _, a := range st.Aggs {
			results[id] = append(results[id], r.aggregate(st, a, rows))
		}
	}
	for i, row := range r.rows {
		for n, a := range st.Aggs {
			if of[i] != "" {
				set(row, a.Column(), results[of[i]][n])
			}
		}
	}
	for _, a := range st.Aggs {
		r.added(a.Column())
	}
}

// streamstats goes back from each row to the last reset, or as far as the window
// reaches.
func (r *reference) streamstats(st *spl.Stage) {
	flag := func(name string, otherwise bool) bool {
		if v, ok := st.Option(name); ok {
			otherwise, _ = spl.Bool(v.Text)
		}
		return otherwise
	}
	size := 0
	if v, ok := st.Option("window"); ok {
		size, _ = strconv.Atoi(v.Text)
	}
	type entry struct {
		row  splscripts.Row
		keys []string
	}
	var seen []entry
	out := make([]splscripts.Row, len(r.rows))
	last := ""
	for i, row := range r.rows {
		out[i] = splscripts.Row{}
		for n, v := range row {
			out[i][n] = v
		}
		e := entry{row: row}
		for _, key := range combinations(st, row, false, "") {
			e.keys = append(e.keys, fmt.Sprintf("%q", key))
		}
		if len(e.keys) == 0 {
			continue
		}
		reset := st.Clause("reset_before") != nil && r.value(st.Clause("reset_before").Expr, st, row).IsTrue()
		if all := strings.Join(e.keys, ";"); reset || flag("reset_on_change", false) && last != "" && last != all {
			seen = nil
		}
		last = strings.Join(e.keys, ";")
		if flag("current", true) {
			seen = append(seen, e)
		}
		var rows []splscripts.Row
		left := size
		for _, s := range slices.Backward(seen) {
			in := slices.Contains(s.keys, e.keys[0])
			if size > 0 && left == 0 {
				break
			}
			if in || flag("global", true) {
				left--
			}
			for _, k := range s.keys {
				if k == e.keys[0] {
					rows = append(rows, s.row)
				}
			}
		}
		slices.Reverse(rows)
		for _, a := range st.Aggs {
			set(out[i], a.Column(), r.aggregate(st, a, rows))
		}
		if !flag("current", true) {
			seen = append(seen, e)
		}
		if c := st.Clause("reset_after"); c != nil && r.value(c.Expr, st, out[i]).IsTrue() {
			seen = nil
		}
	}
	r.rows = out
	for _, a := range st.Aggs {
		r.added(a.Column())
	}
}

var addedFunctions = []string{"count", "count", "eval", "c", "dc", "sum", "avg", "min", "max", "range", "values", "list", "first", "last", "earliest", "latest", "mode", "p50", "perc95"}

func drawEventstats(t *rapid.T) string {
	return "eventstats " + drawAggs(t, drawName, addedFunctions) + drawBy(t)
}

func drawStreamstats(t *rapid.T) string {
	out := "streamstats "
	for _, o := range []string{"current=f ", "window=1 ", "global=f ", "reset_on_change=t ", "reset_before=(b=1) ", "reset_after=(a>1 OR r0=2) "} {
		if rapid.IntRange(0, 3).Draw(t, o) == 0 {
			out += o
		}
	}
	if !strings.Contains(out, "window") && rapid.Bool().Draw(t, "window") {
		out += "window=3 "
	}
	return out + drawAggs(t, drawName, addedFunctions) + drawBy(t)
}
