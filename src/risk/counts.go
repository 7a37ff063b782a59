package risk

import "fmt"

// Counts are what rows had wrong: how many of how many.
type Counts struct {
	scorer       *Scorer
	rows, scored int
	empty        []int // rows by object
	tokens       []int // rows by piece of the message
	numbers      []int // rows by operand
}

func newCounts(s *Scorer) Counts {
	return Counts{scorer: s, empty: make([]int, len(s.objects)), tokens: make([]int, len(s.message)), numbers: make([]int, len(s.numbers))}
}

// Counts are those of the rows so far, or since Take.
func (g *Scoring) Counts() *Counts { return &g.counts }

// Move adds counts of other rows to c, and sets those to nothing.
func (c *Counts) Move(from *Counts) {
	if c.scorer == nil {
		*c = newCounts(from.scorer)
	}
	c.rows, c.scored = c.rows+from.rows, c.scored+from.scored
	from.rows, from.scored = 0, 0
	for _, pair := range [][2][]int{{c.empty, from.empty}, {c.tokens, from.tokens}, {c.numbers, from.numbers}} {
		for i, n := range pair[1] {
			pair[0][i] += n
			pair[1][i] = 0
		}
	}
}

// Warnings say what was passed over, each once with its numbers.
func (c *Counts) Warnings() []string {
	if c.scorer == nil {
		return nil
	}
	var out []string
	add := func(n int, format string, args ...any) {
		if n > 0 {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	what := "they were skipped"
	if c.scorer.spec.Empty == AbsenceText {
		what = "'" + Unknown + "' stands in their place"
	}
	for i, n := range c.empty {
		add(n, "Risk object field '%s' is missing or empty in %d of %d results; %s.", c.scorer.objects[i].Field, n, c.rows, what)
	}
	for field, n := range c.tokensByField() {
		if n == c.scored {
			add(n, "Field '%s' used in message is not in the results.", field)
		} else {
			add(n, "Field '%s' used in message has no value in %d of %d results.", field, n, c.scored)
		}
	}
	for i, n := range c.numbers {
		o := c.scorer.numbers[i]
		scale := "a number of 0 or more"
		if o.most > 0 {
			scale = fmt.Sprintf("a number from 0 to %d", o.most)
		}
		add(n, "Field '%s' used for %s is not %s in %d of %d results; they score 0.", c.scorer.fields[o.slot], o.option, scale, n, c.scored)
	}
	return out
}

// tokensByField are the fields of the message in order with the rows that have
// no value for them; a field that stands in it twice counts once.
func (c *Counts) tokensByField() func(yield func(string, int) bool) {
	return func(yield func(string, int) bool) {
		seen := map[string]bool{}
		for i, n := range c.tokens {
			field := c.scorer.message[i].field
			if field == "" || seen[field] {
				continue
			}
			seen[field] = true
			if !yield(field, n) {
				return
			}
		}
	}
}
