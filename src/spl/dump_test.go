package spl

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// dump shows a tree for tests, one stage a line, without places:
//
//	(search pred=(and (= index main) error))
//	(stats aggs=[(count as=n)] by=[host])
func dump(s *Search) string {
	lines := make([]string, len(s.Stages))
	for i, st := range s.Stages {
		lines[i] = dumpStage(st)
	}
	return strings.Join(lines, "\n")
}

func dumpStage(st *Stage) string {
	name := st.Name
	if st.Implicit {
		name += "*"
	}
	return "(" + strings.Join(append([]string{name}, dumpFields(reflect.ValueOf(*st), "Name", "Implicit")...), " ") + ")"
}

// dumpFields is name=value for every field that is set.
func dumpFields(v reflect.Value, skip ...string) []string {
	var out []string
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if asideFields[name] && name != "Comments" || v.Field(i).IsZero() || strings.Contains(strings.Join(skip, " ")+" ", name+" ") {
			continue
		}
		out = append(out, strings.ToLower(name)+"="+dumpValue(v.Field(i)))
	}
	return out
}

func dumpValue(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case Name:
		return dumpText(x.Text, x.Quoted)
	case Value:
		return dumpText(x.Text, x.Quoted)
	case Option:
		return x.Name + "=" + dumpText(x.Value.Text, x.Value.Quoted)
	case Rename:
		if x.To == (Name{}) {
			return dumpText(x.From.Text, x.From.Quoted)
		}
		return dumpText(x.From.Text, x.From.Quoted) + "->" + dumpText(x.To.Text, x.To.Quoted)
	case Expr:
		return dumpExpr(x)
	case Predicate:
		return dumpPredicate(x)
	case *Search:
		return "[" + strings.ReplaceAll(dump(x), "\n", " ") + "]"
	case Agg:
		if x.As != nil {
			x.Written = ""
		}
		return "(" + strings.Join(dumpFields(reflect.ValueOf(x)), " ") + ")"
	case byte:
		return string(x)
	case string:
		return dumpText(x, false)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return dumpValue(v.Elem())
	case reflect.Struct:
		return "(" + strings.Join(dumpFields(v), " ") + ")"
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = dumpValue(v.Index(i))
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return fmt.Sprint(v.Interface())
}

func dumpText(s string, quoted bool) string {
	if quoted || s == "" || strings.ContainsAny(s, " \n\t\"[]=") {
		return strconv.Quote(s)
	}
	return s
}

func dumpExpr(e Expr) string {
	list := func(op string, args []Expr) string {
		parts := []string{op}
		for _, a := range args {
			parts = append(parts, dumpExpr(a))
		}
		return "(" + strings.Join(parts, " ") + ")"
	}
	switch e := e.(type) {
	case *Literal:
		return dumpText(e.Text, !e.Number)
	case *Field:
		if e.Quoted {
			return "'" + e.Name + "'"
		}
		return e.Name
	case *Call:
		return list(e.Name+"()", e.Args)
	case *Unary:
		return list(e.Op, []Expr{e.X})
	case *Binary:
		return list(e.Op, []Expr{e.X, e.Y})
	case *SubExpr:
		return "[" + dump(e.Search) + "]"
	case *InList:
		return list("in", append([]Expr{e.X}, e.List...))
	}
	return "?"
}

func dumpPredicate(x Predicate) string {
	list := func(op string, args []Predicate) string {
		parts := []string{op}
		for _, a := range args {
			parts = append(parts, dumpPredicate(a))
		}
		return "(" + strings.Join(parts, " ") + ")"
	}
	switch x := x.(type) {
	case *And:
		return list("and", x.List)
	case *Or:
		return list("or", x.List)
	case *Not:
		return list("not", []Predicate{x.X})
	case *Compare:
		value := dumpText(x.Value.Text, x.Value.Quoted)
		if x.Sub != nil {
			value = dumpValue(reflect.ValueOf(x.Sub))
		}
		if x.Kind != "" {
			value = "(" + x.Kind + " " + value + ")"
		}
		return "(" + x.Op + " " + dumpText(x.Field.Text, x.Field.Quoted) + " " + value + ")"
	case *In:
		parts := []string{"in", dumpText(x.Field.Text, x.Field.Quoted)}
		for _, v := range x.Values {
			parts = append(parts, dumpText(v.Text, v.Quoted))
		}
		return "(" + strings.Join(parts, " ") + ")"
	case *Word:
		if x.Kind != "" {
			return "(" + x.Kind + " " + dumpText(x.Value.Text, x.Value.Quoted) + ")"
		}
		return dumpText(x.Value.Text, x.Value.Quoted)
	case *Subsearch:
		return dumpValue(reflect.ValueOf(x.Search))
	}
	return "?"
}
