package eval

import "math"

var trigFunctions = []Function{
	trig("sin", "The sine of an angle in radians.", "0", "0", math.Sin),
	trig("cos", "The cosine of an angle in radians.", "0", "1", math.Cos),
	trig("tan", "The tangent of an angle in radians.", "0", "0", math.Tan),
	trig("asin", "The angle whose sine is the number.", "0", "0", math.Asin),
	trig("acos", "The angle whose cosine is the number.", "1", "0", math.Acos),
	trig("atan", "The angle whose tangent is the number.", "0", "0", math.Atan),
	trig("sinh", "The hyperbolic sine.", "0", "0", math.Sinh),
	trig("cosh", "The hyperbolic cosine.", "0", "1", math.Cosh),
	trig("tanh", "The hyperbolic tangent.", "0", "0", math.Tanh),
	trig("asinh", "The inverse hyperbolic sine.", "0", "0", math.Asinh),
	trig("acosh", "The inverse hyperbolic cosine.", "1", "0", math.Acosh),
	trig("atanh", "The inverse hyperbolic tangent.", "0", "0", math.Atanh),
	{
		Name: "atan2", Kind: trigonometric, Syntax: "atan2(y, x)", params: "nn", gives: numeric,
		Help:     "The angle of the point x, y.",
		Examples: []Example{{"atan2(0, 1)", "0"}},
		bind:     ofNumbers(func(n []float64) Value { return Num(math.Atan2(n[0], n[1])) }),
	},
	{
		Name: "hypot", Kind: trigonometric, Syntax: "hypot(x, y)", params: "nn", gives: numeric,
		Help:     "The length of the hypotenuse of a triangle with the sides x and y.",
		Examples: []Example{{"hypot(3, 4)", "5"}},
		bind:     ofNumbers(func(n []float64) Value { return Num(math.Hypot(n[0], n[1])) }),
	},
}

// trig is a function of one number; outside of its domain it is nan.
func trig(name, help, arg, result string, f func(float64) float64) Function {
	return Function{
		Name: name, Kind: trigonometric, Syntax: name + "(number)", params: "n", gives: numeric, Help: help,
		Examples: []Example{{name + "(" + arg + ")", result}},
		bind:     numberOf1(func(x float64) Value { return Num(f(x)) }),
	}
}
