package command

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"riskreplay/src/aggregate"
	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/search"
	"riskreplay/src/spl"
)

var fieldsummarySpec = search.Spec{
	Name: "fieldsummary", Kind: search.Transforming,
	Syntax:  "fieldsummary [maxvals=N] [<field>...]",
	Help:    "makes a row of each field: how many values it has, how many different ones, the numbers' mean, spread and range, and the most frequent values",
	Example: `| fieldsummary maxvals=3 process_*`,
	Bind:    bindFieldsummary,
}

type fieldsummary struct {
	shown
	fields []string
	most   int
}

func bindFieldsummary(st *spl.Stage, _ search.Context) (search.Stage, diag.List) {
	a := argumentsOf(st)
	return &fieldsummary{shown{st}, names(st.Fields), a.number("maxvals", 0, 100)}, a.problems
}

var summaryColumns = []string{"field", "count", "distinct_count", "is_exact", "max", "mean", "min", "numeric_count", "stdev", "values"}

func (s *fieldsummary) Shape(in search.Schema) (search.Schema, diag.List) {
	return search.Schema{Fields: summaryColumns, Ordered: true, From: "fieldsummary"}, in.Missing(s.st, "it has no row", s.st.Fields...)
}

func (s *fieldsummary) Needs([]string) []string {
	if len(s.fields) == 0 {
		return []string{"*"}
	}
	return s.fields
}

func (s *fieldsummary) Order() search.Order { return search.OrderIgnored }

func (s *fieldsummary) Open(search.World) (search.Operator, error) {
	return &summing{fieldsummary: s, fields: map[string]*fieldFacts{}}, nil
}

type summing struct {
	*fieldsummary
	fields map[string]*fieldFacts
}

// fieldFacts is how often each value of a field was seen.
type fieldFacts struct {
	dict   *batch.Dict
	tr     *batch.Translator
	counts []int64
}

func (o *summing) Push(_ context.Context, in *batch.Batch, _ func(*batch.Batch) error) error {
	for i, n := range in.Names {
		if internal(n) && !slices.Contains(o.fieldsummary.fields, n) || len(o.fieldsummary.fields) > 0 && !matchesAny(o.fieldsummary.fields, n) {
			continue
		}
		f := o.fields[n]
		if f == nil {
			d := batch.NewDict()
			f = &fieldFacts{dict: d, tr: batch.NewTranslator(d)}
			o.fields[n] = f
		}
		f.add(in.Columns[i])
	}
	return nil
}

func (f *fieldFacts) add(c *batch.Column) {
	if c.Len() == 0 {
		return
	}
	c = c.Coded()
	tr := f.tr.From(c.Dict)
	one := func(code batch.Code) {
		k := int(tr.Code(code))
		if k >= len(f.counts) {
			f.counts = append(f.counts, make([]int64, f.dict.Len()-len(f.counts))...)
		}
		f.counts[k]++
	}
	for _, code := range c.Codes {
		if code == 0 {
			continue
		}
		if list := c.Dict.Multi(code); list != nil {
			for _, v := range list {
				one(v)
			}
			continue
		}
		one(code)
	}
}

func (o *summing) Finish(_ context.Context, emit func(*batch.Batch) error) error {
	var names []string
	for n, f := range o.fields {
		if len(f.counts) > 0 {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	out := batch.New(len(names))
	columns := make([]*batch.Column, len(summaryColumns))
	for i := range columns {
		columns[i] = batch.Nulls(len(names))
		out.Set(summaryColumns[i], columns[i])
	}
	for r, n := range names {
		for i, v := range o.fields[n].row(n, o.most) {
			if v != "" {
				columns[i].Codes[r] = columns[i].Dict.Add(v)
			}
		}
	}
	return emit(out)
}

// row is the field's cells, in the order of summaryColumns.
func (f *fieldFacts) row(name string, most int) []string {
	var codes []batch.Code
	var total, numbers int64
	low, high, sum := math.Inf(1), math.Inf(-1), 0.0
	for k, n := range f.counts {
		if n == 0 {
			continue
		}
		codes = append(codes, batch.Code(k))
		total += n
		if x, ok := f.dict.Num(batch.Code(k)); ok && !math.IsNaN(x) {
			numbers += n
			sum += x * float64(n)
			low, high = math.Min(low, x), math.Max(high, x)
		}
	}
	slices.SortFunc(codes, func(a, b batch.Code) int {
		return cmp.Or(cmp.Compare(f.counts[b], f.counts[a]), strings.Compare(f.dict.Text(a), f.dict.Text(b)))
	})
	number := func(x float64) string { return string(aggregate.AppendNumber(nil, x)) }
	out := []string{name, strconv.FormatInt(total, 10), strconv.Itoa(len(codes)), "1", "", "", "", strconv.FormatInt(numbers, 10), "", f.list(codes, most)}
	if numbers > 0 {
		mean := sum / float64(numbers)
		out[4], out[5], out[6], out[8] = number(high), number(mean), number(low), number(f.spread(codes, mean, numbers))
	}
	return out
}

// spread is the standard deviation of the sample.
func (f *fieldFacts) spread(codes []batch.Code, mean float64, numbers int64) float64 {
	squares := 0.0
	for _, c := range codes {
		if x, ok := f.dict.Num(c); ok && !math.IsNaN(x) {
			squares += (x - mean) * (x - mean) * float64(f.counts[c])
		}
	}
	return math.Sqrt(squares / math.Max(float64(numbers-1), 1))
}

// list is the most frequent values as JSON.
func (f *fieldFacts) list(codes []batch.Code, most int) string {
	text := []byte{'['}
	for i, c := range codes[:min(most, len(codes))] {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, `{"value":`...)
		text, _ = jsontext.AppendQuote(text, f.dict.Text(c))
		text = append(text, `,"count":`...)
		text = append(strconv.AppendInt(text, f.counts[c], 10), '}')
	}
	return string(append(text, ']'))
}
