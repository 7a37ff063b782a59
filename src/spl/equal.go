package spl

import (
	"reflect"
)

// Equal tells whether two searches are the same tree, places and comments aside.
func Equal(a, b *Search) bool { return same(reflect.ValueOf(a), reflect.ValueOf(b)) }

// asideFields are the fields of nodes that say where or how they were written.
var asideFields = map[string]bool{
	"Span": true, "NameSpan": true, "OpSpan": true, "ArgSpan": true, "Source": true, "Comments": true,
}

var aggType = reflect.TypeFor[Agg]()

func same(a, b reflect.Value) bool {
	if a.IsValid() != b.IsValid() {
		return false
	}
	switch a.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return a.Elem().Type() == b.Elem().Type() && same(a.Elem(), b.Elem())
	case reflect.Slice:
		return sameList(a, b)
	case reflect.Struct:
		return sameStruct(a, b)
	default:
		return a.Equal(b)
	}
}

func sameList(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !same(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

func sameStruct(a, b reflect.Value) bool {
	t := a.Type()
	for i := range t.NumField() {
		name := t.Field(i).Name
		switch {
		case asideFields[name]:
		case t == aggType && name == "Written":
			// How a named aggregate was written does not matter.
			if x, y := a.Interface().(Agg), b.Interface().(Agg); x.Column() != y.Column() {
				return false
			}
		case name == "Raw":
			if oneLine(a.Field(i).String()) != oneLine(b.Field(i).String()) {
				return false
			}
		case !same(a.Field(i), b.Field(i)):
			return false
		}
	}
	return true
}
