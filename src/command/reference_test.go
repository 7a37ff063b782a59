package command

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/eval"
	"riskreplay/src/event"
	"riskreplay/src/spl"
	splscripts "riskreplay/testdata/spl"
)

// reference is the row-at-a-time interpreter: rows are maps, and every command is
// written as its description reads. It is the oracle of the commands that work
// on columns. Expressions are evaluated row by row.
type reference struct {
	world *world
	rows  []splscripts.Row
	// columns is their order, nil where no command fixed it.
	columns []string
}

// refer runs a parsed search.
func refer(w *world, tree *spl.Search) *reference {
	r := &reference{world: w}
	for i, st := range tree.Stages {
		switch {
		case i == 0 && st.Name == "search":
			r.scan(st)
		default:
			steps[st.Name](r, st)
		}
	}
	return r
}

var steps = map[string]func(*reference, *spl.Stage){
	"search": (*reference).search, "where": (*reference).where, "eval": (*reference).eval, "stats": (*reference).stats,
	"tstats": (*reference).tstats, "sort": (*reference).sort, "dedup": (*reference).dedup, "bin": (*reference).bin,
	"rename": (*reference).rename, "fillnull": (*reference).fillnull, "head": (*reference).head,
	"table": (*reference).table, "fields": (*reference).fields,
}

func (r *reference) scan(st *spl.Stage) {
	evs := slices.Clone(r.world.events)
	slices.Reverse(evs)
	sort.SliceStable(evs, func(i, j int) bool { return evs[i].Time > evs[j].Time })
	for _, e := range evs {
		r.rows = append(r.rows, rowOf(e))
	}
	r.search(st)
}

func rowOf(e event.Event) splscripts.Row {
	row := splscripts.Row{
		"_time": {e.Time.String()}, "_raw": {string(e.Raw)}, "host": {e.Host},
		"source": {e.Source}, "sourcetype": {e.Sourcetype}, "index": {e.Index},
	}
	for _, f := range e.Fields {
		row[f.Name] = append(row[f.Name], f.Value)
	}
	return row
}

// keep keeps the rows for which f is true.
func (r *reference) keep(f func(row splscripts.Row) bool) {
	var out []splscripts.Row
	for _, row := range r.rows {
		if f(row) {
			out = append(out, row)
		}
	}
	r.rows = out
}

// added notes a field that a command made.
func (r *reference) added(name string) {
	if r.columns != nil && !slices.Contains(r.columns, name) {
		r.columns = append(r.columns, name)
	}
}

func (r *reference) search(st *spl.Stage) {
	r.keep(func(row splscripts.Row) bool { return st.Predicate == nil || holds(st.Predicate, row) })
}

func holds(p spl.Predicate, row splscripts.Row) bool {
	switch p := p.(type) {
	case *spl.Compare:
		return slices.ContainsFunc(row[p.Field.Text], func(v string) bool { return compares(v, p.Op, p.Value.Text) })
	case *spl.In:
		return slices.ContainsFunc(p.Values, func(v spl.Value) bool {
			return holds(&spl.Compare{Field: p.Field, Op: "=", Value: v}, row)
		})
	case *spl.Not:
		return !holds(p.X, row)
	case *spl.And:
		return !slices.ContainsFunc(p.List, func(x spl.Predicate) bool { return !holds(x, row) })
	case *spl.Or:
		return slices.ContainsFunc(p.List, func(x spl.Predicate) bool { return holds(x, row) })
	case *spl.Word:
		return p.Value.Text == "*"
	}
	panic(fmt.Sprintf("the reference does not know %T", p))
}

func compares(v, op, literal string) bool {
	x, xok := batch.Number(v)
	y, yok := batch.Number(literal)
	less, more := strings.ToLower(v) < strings.ToLower(literal), strings.ToLower(v) > strings.ToLower(literal)
	if xok && yok {
		less, more = x < y, x > y
	}
	same := regexp.MustCompile("(?is)^" + strings.ReplaceAll(regexp.QuoteMeta(literal), `\*`, ".*") + "$").MatchString(v)
	switch op {
	case "=":
		return same
	case "!=":
		return !same
	case "<":
		return less
	case ">":
		return more
	case "<=":
		return !more
	}
	return !less
}

// value is an expression's value in a row.
func (r *reference) value(e spl.Expr, st *spl.Stage, row splscripts.Row) eval.Value {
	x, problems := eval.Compile(e, st, r.world.Env())
	if x == nil {
		panic(problems.Error())
	}
	return x.Eval(func(i int) eval.Value { return eval.FieldValues(row[x.Fields()[i]]) })
}

func (r *reference) where(st *spl.Stage) {
	r.keep(func(row splscripts.Row) bool { return r.value(st.Expr, st, row).IsTrue() })
}

func (r *reference) eval(st *spl.Stage) {
	for _, row := range r.rows {
		for _, a := range st.Assigns {
			set(row, a.Name.Text, r.value(a.Expr, st, row).Values())
		}
	}
	for _, a := range st.Assigns {
		r.added(a.Name.Text)
	}
}

func set(row splscripts.Row, name string, values []string) {
	if len(values) == 0 {
		delete(row, name)
		return
	}
	row[name] = values
}

func (r *reference) names() []string {
	all := map[string]bool{}
	for _, row := range r.rows {
		for n := range row {
			all[n] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// wild tells whether a pattern matches; `*` at the front leaves internal fields
// out.
func wild(pattern, name string) bool {
	if strings.HasPrefix(name, "_") && strings.HasPrefix(pattern, "*") {
		return false
	}
	return regexp.MustCompile("(?s)^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$").MatchString(name)
}

func (r *reference) fields(st *spl.Stage) {
	named := func(name string) bool {
		return slices.ContainsFunc(st.Fields, func(f spl.Name) bool { return wild(f.Text, name) })
	}
	all := r.names()
	for _, row := range r.rows {
		for name := range row {
			if st.Sign == '-' && named(name) || st.Sign != '-' && !named(name) && !strings.HasPrefix(name, "_") {
				delete(row, name)
			}
		}
	}
	if st.Sign == '-' {
		r.columns = slices.DeleteFunc(r.columns, named)
		return
	}
	if r.columns == nil && slices.ContainsFunc(st.Fields, func(f spl.Name) bool { return strings.Contains(f.Text, "*") }) {
		return
	}
	have := r.columns
	if have == nil {
		have = all
	}
	out := []string{}
	for _, n := range slices.Sorted(slices.Values(have)) {
		if strings.HasPrefix(n, "_") && !slices.ContainsFunc(st.Fields, func(f spl.Name) bool { return f.Text == n }) {
			out = append(out, n)
		}
	}
	for _, n := range listed(st.Fields, have) {
		if (r.columns == nil || slices.Contains(have, n)) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	r.columns = out
}

// listed is names, and for patterns what they match, in byte order.
func listed(list []spl.Name, have []string) []string {
	var out []string
	have = slices.Sorted(slices.Values(have))
	for _, f := range list {
		matched := []string{f.Text}
		if strings.Contains(f.Text, "*") {
			matched = slices.DeleteFunc(slices.Clone(have), func(n string) bool { return !wild(f.Text, n) })
		}
		for _, n := range matched {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

func (r *reference) table(st *spl.Stage) {
	r.columns = append([]string{}, listed(st.Fields, r.names())...)
	for i, row := range r.rows {
		out := splscripts.Row{}
		for _, n := range r.columns {
			set(out, n, row[n])
		}
		r.rows[i] = out
	}
}

func (r *reference) head(st *spl.Stage) {
	n := 10
	if len(st.Words) > 0 {
		n, _ = strconv.Atoi(st.Words[0].Text)
	}
	r.rows = r.rows[:min(n, len(r.rows))]
}

func (r *reference) fillnull(st *spl.Stage) {
	value := "0"
	if v, ok := st.Option("value"); ok {
		value = v.Text
	}
	var list []string
	for _, f := range st.Fields {
		list = append(list, f.Text)
		r.added(f.Text)
	}
	if len(list) == 0 {
		list = slices.DeleteFunc(r.names(), internal)
	}
	for _, row := range r.rows {
		for _, n := range list {
			if row[n] == nil {
				row[n] = []string{value}
			}
		}
	}
}

func (r *reference) rename(st *spl.Stage) {
	for _, p := range st.Renames {
		prefix, isWild := strings.CutSuffix(p.From.Text, "*")
		toPrefix := strings.TrimSuffix(p.To.Text, "*")
		targets := map[string]string{}
		have := append(r.names(), r.columns...)
		for _, n := range have {
			if !isWild && n == p.From.Text {
				targets[n] = p.To.Text
			}
			if isWild && wild(p.From.Text, n) {
				targets[n] = toPrefix + strings.TrimPrefix(n, prefix)
			}
		}
		if !isWild && len(targets) == 0 {
			targets[p.From.Text] = p.To.Text
		}
		r.move(targets, isWild)
	}
}

// move gives fields their new names, all at once.
func (r *reference) move(targets map[string]string, isWild bool) {
	taken := map[string]bool{}
	for from, to := range targets {
		taken[to] = from != to
	}
	for i, row := range r.rows {
		out := splscripts.Row{}
		for n, v := range row {
			// A literal new name is taken also from rows that lack the old one.
			if _, moved := targets[n]; !moved && (!taken[n] || isWild) {
				out[n] = v
			}
		}
		for from, to := range targets {
			if row[from] != nil {
				out[to] = row[from]
			}
		}
		r.rows[i] = out
	}
	var columns []string
	for _, n := range r.columns {
		to, moved := targets[n]
		switch {
		case moved:
			columns = append(columns, to)
		case !taken[n]:
			columns = append(columns, n)
		}
	}
	if r.columns != nil {
		r.columns = append([]string{}, columns...)
	}
}

func (r *reference) bin(st *spl.Stage) {
	from := st.Fields[0].Text
	to := from
	if len(st.Renames) > 0 {
		to = st.Renames[0].To.Text
	}
	v, _ := st.Option("span")
	span, _ := strconv.ParseFloat(v.Text, 64)
	for _, row := range r.rows {
		values := slices.Clone(row[from])
		if len(values) == 1 {
			if x, ok := batch.Number(values[0]); ok && !math.IsNaN(x) {
				low := math.Floor(x/span) * span
				values[0] = fmt.Sprintf("%v-%v", low, low+span)
				if from == "_time" {
					values[0] = fmt.Sprintf("%.0f", low)
				}
			}
		}
		if values != nil {
			row[to] = values
		}
	}
	r.added(to)
}

func (r *reference) sort(st *spl.Stage) {
	limit := 10_000
	if len(st.Words) > 0 {
		limit, _ = strconv.Atoi(st.Words[0].Text)
	}
	r.order(st.Keys)
	if limit > 0 {
		r.rows = r.rows[:min(limit, len(r.rows))]
	}
}

func (r *reference) order(keys []spl.SortKey) {
	slices.SortStableFunc(r.rows, func(a, b splscripts.Row) int {
		for _, k := range keys {
			x, y := a[k.Name.Text], b[k.Name.Text]
			switch {
			case x == nil && y == nil:
				continue
			case x == nil:
				return 1
			case y == nil:
				return -1
			}
			d := automatic(x[0], y[0])
			if k.Desc {
				d = -d
			}
			if d != 0 {
				return d
			}
		}
		return 0
	})
}

// automatic compares numbers by size if both are numbers, else bytes.
func automatic(a, b string) int {
	x, xok := batch.Number(a)
	y, yok := batch.Number(b)
	switch {
	case xok && yok && x < y:
		return -1
	case xok && yok && x > y:
		return 1
	case xok && yok:
		return 0
	}
	return strings.Compare(a, b)
}

func (r *reference) dedup(st *spl.Stage) {
	most := 1
	if len(st.Words) > 0 {
		most, _ = strconv.Atoi(st.Words[0].Text)
	}
	flag := func(name string) bool {
		v, _ := st.Option(name)
		on, _ := spl.Bool(v.Text)
		return on
	}
	r.order(st.Keys)
	seen, before := map[string]int{}, ""
	var out []splscripts.Row
	for _, row := range r.rows {
		key, null := "", false
		for _, f := range st.Fields {
			null = null || row[f.Text] == nil
			key += fmt.Sprintf("%q;", row[f.Text])
		}
		if null {
			before = ""
			if flag("keepempty") {
				out = append(out, row)
			}
			continue
		}
		if flag("consecutive") && key != before {
			seen[key] = 0
		}
		before = key
		seen[key]++
		if seen[key] > most && !flag("keepevents") {
			continue
		}
		if seen[key] > most {
			for _, f := range st.Fields {
				delete(row, f.Text)
			}
		}
		out = append(out, row)
	}
	r.rows = out
}

func (r *reference) stats(st *spl.Stage) { r.group(st, false, "") }

func (r *reference) tstats(st *spl.Stage) {
	for _, e := range r.world.events {
		r.rows = append(r.rows, rowOf(e))
	}
	r.search(st)
	if v, ok := st.ByOption("span"); ok {
		seconds, _ := strconv.ParseInt(strings.TrimSuffix(v.Text, "s"), 10, 64)
		for _, row := range r.rows {
			t, _ := event.ParseTime(row["_time"][0])
			row["bucket"] = []string{(t - t%event.Time(seconds*1e9)).String()}
		}
	}
	fill, has := st.Option("fillnull_value")
	r.group(st, has, fill.Text)
}

// group makes one row of each combination of the BY fields' values.
func (r *reference) group(st *spl.Stage, hasFill bool, fill string) {
	members, keys := map[string][]splscripts.Row{}, map[string][]string{}
	if len(st.By) == 0 {
		keys[""] = nil
	}
	for _, row := range r.rows {
		for _, key := range combinations(st, row, hasFill, fill) {
			id := fmt.Sprintf("%q", key)
			if len(st.By) == 0 {
				id = ""
			}
			keys[id] = key
			members[id] = append(members[id], row)
		}
	}
	order := slices.Collect(maps.Keys(keys))
	slices.SortFunc(order, func(a, b string) int { return slices.CompareFunc(keys[a], keys[b], aggregate.Natural) })
	r.rows, r.columns = nil, []string{}
	for _, id := range order {
		row := splscripts.Row{}
		for i, f := range st.By {
			row[f.Text] = keys[id][i : i+1]
		}
		for _, a := range st.Aggs {
			set(row, a.Column(), r.aggregate(st, a, members[id]))
		}
		r.rows = append(r.rows, row)
	}
	for _, f := range st.By {
		r.columns = append(r.columns, f.Text)
	}
	for _, a := range st.Aggs {
		r.columns = append(r.columns, a.Column())
	}
}

func combinations(st *spl.Stage, row splscripts.Row, hasFill bool, fill string) [][]string {
	out := [][]string{nil}
	for _, f := range st.By {
		values := row[f.Text]
		if f.Text == "_time" && row["bucket"] != nil {
			values = row["bucket"]
		}
		if values == nil && hasFill {
			values = []string{fill}
		}
		var next [][]string
		for _, key := range out {
			for _, v := range values {
				next = append(next, append(slices.Clone(key), v))
			}
		}
		out = next
	}
	return out
}

// aggregate is one function over a group's rows.
func (r *reference) aggregate(st *spl.Stage, a spl.Agg, rows []splscripts.Row) []string {
	var values, times []string
	n := 0
	for _, row := range rows {
		var list []string
		switch {
		case a.Arg != nil:
			list = row[a.Arg.Text]
		case a.Eval != nil:
			v := r.value(a.Eval, st, row)
			if v.IsTrue() {
				n++
			}
			list = v.Values()
		default:
			n++
		}
		values = append(values, list...)
		for range list {
			times = append(times, strings.Join(row["_time"], ""))
		}
	}
	if a.Func == "count" {
		return []string{strconv.Itoa(n + len(values))}
	}
	return summary(a, values, times)
}

func isTime(s string) bool {
	_, ok := (&batch.Column{Dict: batch.NewDict(), Bytes: [][]byte{[]byte(s)}}).Time(0)
	return ok
}

func summary(a spl.Agg, values, times []string) []string {
	distinct := slices.Compact(slices.Sorted(slices.Values(values)))
	var nums []float64
	total := 0.0
	for _, v := range values {
		if x, ok := batch.Number(v); ok {
			nums, total = append(nums, x), total+x
		}
	}
	sort.Float64s(nums)
	print := func(x float64) []string { return []string{string(aggregate.AppendNumber(nil, x))} }
	switch {
	case a.Func == "dc":
		return print(float64(len(distinct)))
	case len(values) == 0:
		return nil
	}
	switch a.Func {
	case "values":
		return distinct
	case "list":
		return values[:min(100, len(values))]
	case "first":
		return values[:1]
	case "last":
		return values[len(values)-1:]
	case "latest", "earliest":
		// Rows without a time count when no row has one.
		if slices.ContainsFunc(times, isTime) {
			var kept, at []string
			for i := range times {
				if isTime(times[i]) {
					kept, at = append(kept, values[i]), append(at, times[i])
				}
			}
			values, times = kept, at
		}
		best := 0
		for i := range times {
			d := automatic(times[i], times[best])
			if !isTime(times[i]) {
				d = 0
			}
			if a.Func == "latest" && d > 0 || a.Func == "earliest" && d <= 0 {
				best = i
			}
		}
		return values[best : best+1]
	case "min", "max":
		slices.SortStableFunc(values, aggregate.Natural)
		v := values[0]
		if a.Func == "max" {
			v = values[len(values)-1]
		}
		if x, ok := batch.Number(v); ok && !math.IsNaN(x) && a.Arg.Text != "_time" {
			return print(x)
		}
		return []string{v}
	case "mode":
		best, most := "", 0
		for _, d := range distinct {
			n := 0
			for _, v := range values {
				if v == d {
					n++
				}
			}
			if n > most {
				best, most = d, n
			}
		}
		return []string{best}
	}
	if len(nums) == 0 {
		return nil
	}
	switch a.Func {
	case "sum":
		return print(total)
	case "avg":
		return print(total / float64(len(nums)))
	case "range":
		return print(nums[len(nums)-1] - nums[0])
	case "perc":
		at := a.Percent * float64(len(nums)-1)
		i := int(at / 100)
		if i+1 >= len(nums) {
			return print(nums[len(nums)-1])
		}
		return print(nums[i] + (nums[i+1]-nums[i])*(at-float64(100*i))/100)
	}
	panic("the reference does not know " + a.Func)
}
