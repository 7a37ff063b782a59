package eval

import (
	"errors"
	"strings"
	"unicode/utf8"

	"riskreplay/src/pcre"
)

var textFunctions = []Function{
	{
		Name: "len", Aliases: []string{"length"}, Kind: textFunction, Syntax: "len(text)", params: "s", gives: numeric,
		Help:     "The number of characters.",
		Examples: []Example{{`len("häh")`, "3"}, {`len("")`, "0"}},
		bind:     textOf1(func(s string) Value { return Num(float64(utf8.RuneCountInString(s))) }),
	},
	{
		Name: "lower", Kind: textFunction, Syntax: "lower(text)", params: "s", gives: mayField,
		Help:     "The text in lower case.",
		Examples: []Example{{`lower("RegSvcs")`, "regsvcs"}},
		bind:     of1(func(v Value) Value { return eachText(v, func(s string) Value { return Text(strings.ToLower(s)) }) }),
	},
	{
		Name: "upper", Kind: textFunction, Syntax: "upper(text)", params: "s", gives: mayField,
		Help:     "The text in upper case.",
		Examples: []Example{{`upper("RegSvcs")`, "REGSVCS"}},
		bind:     of1(func(v Value) Value { return eachText(v, func(s string) Value { return Text(strings.ToUpper(s)) }) }),
	},
	{
		Name: "trim", Kind: textFunction, Syntax: "trim(text[, characters])", params: "s?s", gives: mayField,
		Help:     "The text without the characters, blanks and tabs by default, at both ends.",
		Examples: []Example{{`trim("   ZZZZabcZZ ", " Z")`, "abc"}},
		bind:     bindTrim(strings.Trim),
	},
	{
		Name: "ltrim", Kind: textFunction, Syntax: "ltrim(text[, characters])", params: "s?s", gives: mayField,
		Help:     "The text without the characters at its start.",
		Examples: []Example{{`ltrim("   ZZZZabcZZ ", " Z")."|"`, "abcZZ |"}},
		bind:     bindTrim(strings.TrimLeft),
	},
	{
		Name: "rtrim", Kind: textFunction, Syntax: "rtrim(text[, characters])", params: "s?s", gives: mayField,
		Help:     "The text without the characters at its end.",
		Examples: []Example{{`rtrim("abcZZ ", " Z")`, "abc"}},
		bind:     bindTrim(strings.TrimRight),
	},
	{
		Name: "replace", Kind: textFunction, Syntax: "replace(text, regex, replacement)", params: "sss", gives: mayField,
		Help:     `The text with every match of the regular expression replaced; \1 is what its first group matched.`,
		Examples: []Example{{`replace("1/14/2023", "^(\d{1,2})/(\d{1,2})/", "\2/\1/")`, "14/1/2023"}},
		bind:     bindReplace,
	},
	{
		Name: "substr", Kind: textFunction, Syntax: "substr(text, start[, length])", params: "sn?n", gives: mayField,
		Help:     "The characters from start on, counted from 1, or from the end when it is negative.",
		Examples: []Example{{`substr("string", 1, 3).substr("string", -3)`, "string"}, {`substr("string", 4)`, "ing"}},
		bind:     bindSubstr,
	},
	{
		Name: "urldecode", Kind: textFunction, Syntax: "urldecode(text)", params: "s", gives: mayField,
		Help:     "The text with %xx replaced by the byte it stands for.",
		Examples: []Example{{`urldecode("a%20b%2Fc+d%zz")`, "a b/c+d%zz"}},
		bind:     textOf1(func(s string) Value { return Text(urlDecode(s)) }),
	},
	{
		Name: "split", Kind: textFunction, Syntax: "split(text, delimiter)", params: "ss", gives: mayField,
		Help:     "The parts of a text as a multivalue; an empty delimiter divides it into characters.",
		Examples: []Example{{`mvjoin(split("abcd", ""), " ")`, "a b c d"}, {`mvindex(split("name::value", "::"), 1)`, "value"}},
		bind: of2(func(v, delimiter Value) Value {
			var out []string
			for _, s := range v.Values() {
				parts := strings.SplitN(s, delimiter.String(), maxValues+2)
				if out = append(out, parts...); len(out) > maxValues {
					return Value{kind: excess}
				}
			}
			return FieldValues(out)
		}),
	},
	{
		Name: "spath", Kind: textFunction, Syntax: "spath(text, path)", params: "ss", gives: mayField,
		Help:     "The values at a path of a JSON or XML text: keys divided by dots, {} for every element of an array, {0} for the first.",
		Examples: []Example{{`spath("{\"a\": {\"b\": [1, 2]}}", "a.b{1}")`, "2"}},
		bind: func(c *site) node {
			return &nodeOf2{func(v, path Value) Value {
				return c.oneText(v, func(s string) Value { return spath(s, path.String()) })
			}, c.args[0], c.args[1]}
		},
	},
}

func bindTrim(trim func(s, set string) string) func(*site) node {
	return func(c *site) node {
		return strict(func(args []Value) Value {
			set := " \t"
			if len(args) > 1 {
				set = args[1].String()
			}
			return c.oneText(args[0], func(s string) Value { return Text(trim(s, set)) })
		})(c)
	}
}

func bindReplace(c *site) node {
	patterns := c.regex(1)
	return strict(func(args []Value) Value {
		re := patterns.of(args[1])
		if re == nil {
			return Value{}
		}
		with := args[2].String()
		return c.oneText(args[0], func(s string) Value {
			out, err := re.Replace(s, with, -1)
			if errors.Is(err, pcre.ErrTooLong) {
				return Value{kind: excess}
			}
			if err != nil {
				patterns.gaveUp(err)
				return Value{}
			}
			return Text(out)
		})
	})(c)
}

func bindSubstr(c *site) node {
	return strict(func(args []Value) Value {
		start, ok := numberOf(args[1])
		length := Num(1 << 30)
		if len(args) > 2 && ok {
			length, ok = numberOf(args[2])
		}
		if !ok || !(length.num >= 0) {
			return Value{}
		}
		return c.oneText(args[0], func(s string) Value { return Text(substr(s, start.num, length.num)) })
	})(c)
}

// substr is length characters from start, which counts from 1, or from the end
// when it is negative; 0 is taken as 1.
func substr(s string, start, length float64) string {
	n := utf8.RuneCountInString(s)
	from := 0
	switch {
	case start < 0:
		from = max(n+int(max(start, -1<<30)), 0)
	case start > 1:
		from = min(int(min(start, 1<<30))-1, n)
	}
	to := min(from+int(min(length, 1<<30)), n)
	if n == len(s) {
		return s[from:to]
	}
	return runeSlice(s, from, to)
}

// runeSlice is characters from:to; invalid bytes count as one each.
func runeSlice(s string, from, to int) string {
	start, end, i := len(s), len(s), 0
	for at := range s {
		if i == from {
			start = at
		}
		if i == to {
			end = at
			break
		}
		i++
	}
	return s[start:max(end, start)]
}

// urlDecode leaves a + and a % that no two hex digits follow.
func urlDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexValue(s[i+1]) >= 0 && hexValue(s[i+2]) >= 0 {
			b.WriteByte(byte(hexValue(s[i+1])<<4 | hexValue(s[i+2])))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func hexValue(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return int(b|0x20-'a') + 10
	}
	return -1
}
