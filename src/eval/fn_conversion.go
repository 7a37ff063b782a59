package eval

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
)

var conversionFunctions = []Function{
	{
		Name: "tonumber", Kind: conversion, Syntax: "tonumber(text[, base])", params: "v?n", gives: numeric,
		Help:     "The number that a text is, in base 2 to 36; null when it is none.",
		Examples: []Example{{`tonumber("0A4", 16)`, "164"}, {`tonumber("0101", 2)`, "5"}, {`tonumber("007")`, "7"}},
		bind:     bindToNumber,
	},
	{
		Name: "tostring", Kind: conversion, Syntax: `tostring(value[, "hex"|"commas"|"duration"|"binary"])`, params: "v?s", gives: mayString | mayMulti | mayNull,
		Help: "The value as text: a boolean is True or False, a number may be written in the format named.",
		Examples: []Example{
			{`tostring(1=1)`, "True"},
			{`tostring(15, "hex")`, "0xF"},
			{`tostring(12345.6789, "commas")`, "12,345.68"},
			{`tostring(615, "duration")`, "00:10:15"},
			{`tostring(9, "binary")`, "1001"},
		},
		bind: bindToString,
	},
	{
		Name: "printf", Kind: conversion, Syntax: "printf(format, value, ...)", params: "s?v+", gives: mayString | mayNull,
		Help:     "A text by a format as in C: conversions a A c d i e E f F g G o s u x X p, flags ' - 0 + # and blank, width and precision.",
		Examples: []Example{{`printf("%04d", 1)`, "0001"}, {`printf("%.2e", 5139)`, "5.14e+03"}, {`printf("%'d", 12345)`, "12,345"}},
		bind:     bindPrintf,
	},
	{
		Name: "toint", Kind: conversion, Syntax: "toint(value[, base])", params: "v?n", gives: numeric,
		Help:     "The integer below a number or the number that a text is.",
		Examples: []Example{{`toint(3.9)`, "3"}, {`toint("ff", 16)`, "255"}, {`toint("x")`, "null"}},
		bind: strict(func(args []Value) Value {
			v, ok := toNumber(args)
			if !ok {
				return Value{}
			}
			return Num(math.Floor(v.num))
		}),
	},
	{
		Name: "todouble", Kind: conversion, Syntax: "todouble(value)", params: "v", gives: numeric,
		Help:     "The number that a value is.",
		Examples: []Example{{`todouble("3.50")`, "3.50"}, {`todouble("x")`, "null"}},
		bind: strict(func(args []Value) Value {
			v, _ := numberOf(args[0])
			return v
		}),
	},
	{
		Name: "tobool", Kind: conversion, Syntax: "tobool(value)", params: "v", gives: boolean,
		Help:     "False for 0, true for another number, true for the texts true and True; else null.",
		Examples: []Example{{`if(tobool("True"), 1, 2)`, "1"}, {`if(tobool(0), 1, 2)`, "2"}},
		bind:     of1(toBool),
	},
	{
		Name: "ipmask", Kind: conversion, Syntax: "ipmask(mask, ip)", params: "ss", gives: mayString | mayNull,
		Help:     "The IPv4 address with the mask applied.",
		Examples: []Example{{`ipmask("255.255.255.0", "10.20.30.120")`, "10.20.30.0"}},
		bind:     of2(ipMask),
	},
	{
		Name: "tomv", Kind: conversion, Syntax: "tomv(array)", params: "v", gives: mayField,
		Help:     "The elements of a JSON array as a multivalue; texts keep their quotes.",
		Examples: []Example{{`mvjoin(tomv("[1, \"a\"]"), " ")`, `1 "a"`}},
		bind:     of1(func(v Value) Value { return arrayToMulti(v, true) }),
	},
	{
		Name: "toarray", Kind: conversion, Syntax: "toarray(value)", params: "v", gives: mayString | mayNull,
		Help:     "The value when it is a JSON array, a multivalue as an array; else null.",
		Examples: []Example{{`toarray("[1, 2]")`, "[1,2]"}, {`toarray("x")`, "null"}},
		bind: of1(func(v Value) Value {
			if v.kind == Multi {
				return jsonText(jsonOf(v))
			}
			return jsonIf(v, '[')
		}),
	},
	{
		Name: "toobject", Kind: conversion, Syntax: "toobject(value)", params: "v", gives: mayString | mayNull,
		Help:     "The value when it is a JSON object, else null.",
		Examples: []Example{{`toobject("{\"a\": 1}")`, `{"a":1}`}, {`toobject("[]")`, "null"}},
		bind:     of1(func(v Value) Value { return jsonIf(v, '{') }),
	},
}

// bindToNumber refuses a literal that is no number: Splunk's reference has that
// fail, and null for a field.
func bindToNumber(c *site) node {
	if literal, ok := c.literal(0); ok && len(c.args) == 1 {
		if _, ok := literalNumber(strings.TrimSpace(literal)); !ok {
			c.problem(c.call.Args[0].At(), `cannot read number "`+literal+`"`, "")
		}
	}
	c.checkBase()
	return strict(func(args []Value) Value {
		v, _ := toNumber(args)
		return v
	})(c)
}

// checkBase refuses a base that there is not.
func (c *site) checkBase() {
	if base, ok := c.number(1); ok && (base != math.Trunc(base) || base < 2 || base > 36) {
		c.problem(c.call.Args[1].At(), "there is no such base of numbers", "it is 2 to 36; without one numbers are decimal")
	}
}

// toNumber reads a value in a base, 10 when there is no second argument.
func toNumber(args []Value) (Value, bool) {
	if len(args) == 1 || args[1].num == 10 {
		v, ok := numberOf(args[0])
		if !ok || v.text == "" {
			return v, ok
		}
		return limited(v.num, textPlaces(v.text)), true
	}
	base := args[1].num
	if args[1].kind != Number || base != math.Trunc(base) || base < 2 || base > 36 || args[0].kind == Multi {
		return Value{}, false
	}
	s := args[0].String()
	if base == 16 && len(s) > 2 && (s[:2] == "0x" || s[:2] == "0X") {
		s = s[2:]
	}
	n, err := strconv.ParseInt(s, int(base), 64)
	return Num(float64(n)), err == nil
}

func toBool(v Value) Value {
	switch {
	case v.kind == Bool:
		return v
	case v.kind == Number:
		return Truth(v.num != 0)
	case v.text == "true" || v.text == "True":
		return Truth(true)
	}
	return Value{}
}

func ipMask(mask, ip Value) Value {
	m, err := netip.ParseAddr(mask.String())
	a, err2 := netip.ParseAddr(ip.String())
	if err != nil || err2 != nil || !m.Is4() || !a.Is4() {
		return Value{}
	}
	x, y := m.As4(), a.As4()
	for i := range x {
		x[i] &= y[i]
	}
	return Text(netip.AddrFrom4(x).String())
}

var tostringFormats = map[string]func(float64) string{
	"hex": func(f float64) string {
		return signed(f, func(n uint64) string { return "0x" + strings.ToUpper(strconv.FormatUint(n, 16)) })
	},
	"binary":   func(f float64) string { return signed(f, func(n uint64) string { return strconv.FormatUint(n, 2) }) },
	"commas":   commas,
	"duration": duration,
}

func bindToString(c *site) node {
	if format, ok := c.text(1); ok && tostringFormats[format] == nil {
		c.problem(c.call.Args[1].At(), `unknown format "`+format+`"`, "the formats are binary, commas, duration and hex")
	}
	return &nodeOfAll{func(args []Value) Value {
		v := args[0]
		switch {
		case v.kind == Null || v.kind == Multi:
			return v
		case len(args) > 1:
			format := tostringFormats[args[1].String()]
			if n, ok := numberOf(v); ok && format != nil && !math.IsNaN(n.num) && !math.IsInf(n.num, 0) {
				return Text(format(n.num))
			}
		}
		return Text(v.String())
	}, c.args}
}

// signed prints the integer part of f, with a sign before it.
func signed(f float64, print func(uint64) string) string {
	f = math.Trunc(math.Max(math.Min(f, 1<<62), -(1 << 62)))
	if f < 0 {
		return "-" + print(uint64(-f))
	}
	return print(uint64(f))
}

// commas groups thousands; a number with decimals gets two (rule F5).
func commas(f float64) string {
	places := 0
	if f != math.Trunc(f) {
		places = 2
	}
	return group(roundDecimal(f, places))
}

// group puts commas between the thousands of a decimal number.
func group(s string) string {
	start := len(s) - len(strings.TrimLeft(s, "+- "))
	end := start
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	var b strings.Builder
	b.WriteString(s[:start])
	for i := start; i < end; i++ {
		if i > start && (end-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(s[i])
	}
	return b.String() + s[end:]
}

// duration prints seconds as HH:MM:SS, D+HH:MM:SS from a day on, with six
// decimals when there is a fraction (rule F5).
func duration(f float64) string {
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	f = math.Min(f, 1<<53)
	whole := math.Floor(f)
	micros := math.Round((f - whole) * 1e6)
	if micros == 1e6 {
		whole, micros = whole+1, 0
	}
	n := int64(whole)
	out := pad2(n/3600%24) + ":" + pad2(n/60%60) + ":" + pad2(n%60)
	if days := n / 86400; days > 0 {
		out = strconv.FormatInt(days, 10) + "+" + out
	}
	if micros > 0 {
		out += "." + strconv.FormatInt(int64(micros)+1e6, 10)[1:]
	}
	return sign + out
}

func pad2(n int64) string { return strconv.FormatInt(n+100, 10)[1:] }
