package eval

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxWidth is the width and the precision that printf pads to at most.
const maxWidth = 1000

// conversionSpec is one %... of a printf format.
type conversionSpec struct {
	flags            string // of - + # 0 and blank, for fmt
	group            bool   // '
	width, precision int    // -1 where none was written
	verb             byte
}

// bindPrintf refuses a format that can print nothing.
func bindPrintf(c *site) node {
	if format, ok := c.literal(0); ok {
		if bad, hint := c.badFormat(format); bad != "" {
			c.problem(c.call.Args[0].At(), bad, hint)
		}
	}
	return ofAll(printf)(c)
}

// badFormat is what is wrong with a format: a conversion that there is not, or more
// of them than values.
func (c *site) badFormat(format string) (text, hint string) {
	values := make([]Value, len(c.args)-1)
	for i := range values {
		values[i] = Num(1) // stands for whatever a row has, also for a width of *
	}
	for {
		_, after, more := strings.Cut(format, "%")
		if !more {
			return "", ""
		}
		if strings.HasPrefix(after, "%") {
			format = after[1:]
			continue
		}
		stars := strings.Count(after[:verbAt(after)], "*")
		if stars >= len(values) && verbAt(after) < len(after) && strings.IndexByte(verbs, after[verbAt(after)]) >= 0 {
			return "printf has more conversions than values", "each conversion prints one value, and each * takes one as the width; %% is a percent sign"
		}
		spec, tail, left, ok := parseSpec(after, values)
		if !ok && verbAt(after) < len(after) && strings.IndexByte(verbs, after[verbAt(after)]) >= 0 {
			return "printf pads to " + strconv.Itoa(maxWidth) + " characters at most", ""
		}
		if !ok || strings.IndexByte(verbs, spec.verb) < 0 {
			return `printf has no conversion "%` + after[:min(verbAt(after)+1, len(after))] + `"`, "the conversions are " + strings.Join(strings.Split(verbs, ""), " ") + "; %% is a percent sign"
		}
		format, values = tail, left[1:]
	}
}

// verbs are the conversions.
const verbs = "aAcdieEfFgGosuxXp"

// verbAt is where the letter of a conversion stands, or would.
func verbAt(spec string) int {
	n := 0
	for n < len(spec) && strings.IndexByte("-+#0 '.*123456789hlLqjzt", spec[n]) >= 0 {
		n++
	}
	return n
}

// printf prints values by a format. A format that is wrong, and a value that is
// missing or of the wrong kind, give null.
func printf(args []Value) Value {
	if args[0].kind == Null {
		return Value{}
	}
	format, rest := args[0].String(), args[1:]
	var b strings.Builder
	for {
		literal, after, more := strings.Cut(format, "%")
		b.WriteString(literal)
		if !more {
			return Text(b.String())
		}
		if strings.HasPrefix(after, "%") {
			b.WriteByte('%')
			format = after[1:]
			continue
		}
		spec, tail, left, ok := parseSpec(after, rest)
		if !ok || len(left) == 0 {
			return Value{}
		}
		s, ok := spec.print(left[0])
		if !ok {
			return Value{}
		}
		b.WriteString(s)
		format, rest = tail, left[1:]
	}
}

// parseSpec reads a conversion after its %. A width of * takes an argument.
func parseSpec(s string, args []Value) (spec conversionSpec, tail string, left []Value, ok bool) {
	spec = conversionSpec{width: -1, precision: -1}
	for s != "" && strings.IndexByte("-+#0 '", s[0]) >= 0 {
		if s[0] == '\'' {
			spec.group = true
		} else {
			spec.flags += s[:1]
		}
		s = s[1:]
	}
	if spec.width, s, args, ok = parseWidth(s, args); !ok {
		return
	}
	if spec.width < -1 {
		spec.flags, spec.width = spec.flags+"-", -spec.width
	}
	if strings.HasPrefix(s, ".") {
		if spec.precision, s, args, ok = parseWidth(s[1:], args); !ok {
			return
		}
		spec.precision = max(spec.precision, 0)
	}
	s = strings.TrimLeft(s, "hlLqjzt")
	if s == "" || spec.width > maxWidth || spec.precision > maxWidth {
		return spec, s, args, false
	}
	spec.verb = s[0]
	return spec, s[1:], args, true
}

// parseWidth reads digits or a *; -1 when there is neither.
func parseWidth(s string, args []Value) (n int, tail string, left []Value, ok bool) {
	if strings.HasPrefix(s, "*") {
		if len(args) == 0 {
			return 0, s, args, false
		}
		v, ok := numberOf(args[0])
		if !ok || math.Abs(v.num) > maxWidth {
			return 0, s, args, false
		}
		return int(v.num), s[1:], args[1:], true
	}
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end == 0 {
		return -1, s, args, true
	}
	n, err := strconv.Atoi(s[:end])
	return n, s[end:], args, err == nil
}

func (c conversionSpec) print(v Value) (string, bool) {
	switch c.verb {
	case 's':
		return c.pad(c.cut(v.String())), v.kind != Null
	case 'c':
		return c.pad(character(v)), v.kind != Null
	}
	n, ok := numberOf(v)
	if !ok {
		return "", false
	}
	if math.IsNaN(n.num) || math.IsInf(n.num, 0) {
		return c.pad(formatNumber(n.num, unlimited)), true
	}
	switch c.verb {
	case 'd', 'i':
		return c.integer('d', n.num), true
	case 'u':
		return c.integer('d', math.Abs(n.num)), true
	case 'o', 'x', 'X':
		return c.integer(c.verb, n.num), true
	case 'p':
		c.flags += "#"
		return c.integer('x', n.num), true
	case 'a', 'A':
		return c.hexadecimal(n.num), true
	case 'e', 'E', 'f', 'F', 'g', 'G':
		if c.precision < 0 {
			c.precision = sixDecimals
		}
		if c.verb == 'f' || c.verb == 'F' {
			return c.decimal(n.num), true
		}
		return c.format(c.verb, n.num), true
	}
	return "", false
}

// character is %c: the character of a number, or the first of a text.
func character(v Value) string {
	if v.kind == Number {
		return string(rune(math.Max(math.Min(v.num, utf8.MaxRune), 0)))
	}
	s := v.String()
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

// cut is a text within the precision.
func (c conversionSpec) cut(s string) string {
	if c.precision >= 0 && utf8.RuneCountInString(s) > c.precision {
		return string([]rune(s)[:c.precision])
	}
	return s
}

func (c conversionSpec) integer(verb byte, f float64) string {
	f = math.Trunc(f)
	if !(math.Abs(f) < 1<<63) {
		return c.pad(formatNumber(f, unlimited))
	}
	if c.group {
		return c.pad(group(c.signOf(f) + strconv.FormatInt(int64(f), 10)))
	}
	return fmt.Sprintf(c.verbText(verb), int64(f))
}

func (c conversionSpec) decimal(f float64) string {
	if !c.group {
		return fmt.Sprintf(c.verbText('f'), f)
	}
	return c.pad(group(c.signOf(f) + strconv.FormatFloat(f, 'f', c.precision, 64)))
}

func (c conversionSpec) format(verb byte, f float64) string {
	return fmt.Sprintf(c.verbText(verb), f)
}

// hexadecimal is %a: fmt's %x, but for the exponent, which C writes with as few
// digits as it has.
func (c conversionSpec) hexadecimal(f float64) string {
	width := c.width
	c.width = -1
	s := c.format(c.verb-'a'+'x', f)
	if at := strings.IndexAny(s, "pP"); at >= 0 && len(s) == at+4 && s[at+2] == '0' {
		s = s[:at+2] + s[at+3:]
	}
	c.width = width
	return c.pad(s)
}

// signOf is the sign that a number that is not negative gets.
func (c conversionSpec) signOf(f float64) string {
	switch {
	case f < 0:
		return ""
	case strings.Contains(c.flags, "+"):
		return "+"
	case strings.Contains(c.flags, " "):
		return " "
	}
	return ""
}

// verbText is the conversion as package fmt reads it.
func (c conversionSpec) verbText(verb byte) string {
	s := "%" + c.flags
	if c.width >= 0 {
		s += strconv.Itoa(c.width)
	}
	if c.precision >= 0 {
		s += "." + strconv.Itoa(c.precision)
	}
	return s + string(rune(verb))
}

func (c conversionSpec) pad(s string) string {
	missing := c.width - utf8.RuneCountInString(s)
	switch {
	case missing <= 0:
		return s
	case strings.Contains(c.flags, "-"):
		return s + strings.Repeat(" ", missing)
	}
	return strings.Repeat(" ", missing) + s
}
