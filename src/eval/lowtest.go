package eval

// lowTest is a condition as a function of a single value's folded text, nil when
// that does not decide it. It spares the cell, which costs more than most
// matches do.
func lowTest(c condition) func(string) bool {
	switch c := c.(type) {
	case exists:
		return func(string) bool { return true }
	case *is:
		return lowCheck(c.check)
	case *isNot:
		return lowNot(lowCheck(c.check))
	case not:
		return lowNot(lowTest(c.condition))
	case all:
		return lowJoin(c, true)
	case some:
		return lowJoin(c, false)
	}
	return nil
}

func lowCheck(c check) func(string) bool {
	switch c := c.(type) {
	case matches:
		return c.MatchFolded
	case oneOf:
		return func(s string) bool { return c[s] }
	case anyOf:
		list := make([]func(string) bool, len(c))
		for i, x := range c {
			if list[i] = lowCheck(x); list[i] == nil {
				return nil
			}
		}
		return lowList(list, false)
	}
	return nil
}

func lowNot(f func(string) bool) func(string) bool {
	if f == nil {
		return nil
	}
	return func(s string) bool { return !f(s) }
}

func lowJoin(conditions []condition, and bool) func(string) bool {
	list := make([]func(string) bool, len(conditions))
	for i, c := range conditions {
		if list[i] = lowTest(c); list[i] == nil {
			return nil
		}
	}
	return lowList(list, and)
}

// lowList is all of the list for and, one of it else.
func lowList(list []func(string) bool, and bool) func(string) bool {
	return func(s string) bool {
		for _, f := range list {
			if f(s) != and {
				return !and
			}
		}
		return and
	}
}
