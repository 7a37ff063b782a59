package eval

import "slices"

var jsonFunctions = []Function{
	{
		Name: "json_object", Kind: jsonFunction, Syntax: "json_object(key, value, ...)", params: "?sv&sv+", gives: mayString | mayNull,
		Help:     "A JSON object; numbers and booleans are typed, a multivalue is an array.",
		Examples: []Example{{`json_object("a", 1, "b", "x", "c", json_array(1=1, null()))`, `{"a":1,"b":"x","c":[true,null]}`}},
		bind:     ofAll(jsonObject),
	},
	{
		Name: "json_array", Kind: jsonFunction, Syntax: "json_array(value, ...)", params: "?v+", gives: mayString,
		Help:     "A JSON array.",
		Examples: []Example{{`json_array("a", 1.50, split("b c", " "))`, `["a",1.50,["b","c"]]`}},
		bind: ofAll(func(args []Value) Value {
			n := &jsonNode{kind: '['}
			for _, v := range args {
				n.items = append(n.items, jsonOf(v))
			}
			return jsonText(n)
		}),
	},
	{
		Name: "json", Kind: jsonFunction, Syntax: "json(value)", params: "v", gives: mayString | mayNull,
		Help:     "The value when it is valid JSON, else null.",
		Examples: []Example{{`json("{\"a\": 1}")`, `{"a": 1}`}, {`json("{")`, "null"}},
		bind: of1(func(v Value) Value {
			if _, ok := parseJSON(v.String()); !ok {
				return Value{}
			}
			return Text(v.String())
		}),
	},
	{
		Name: "json_valid", Kind: jsonFunction, Syntax: "json_valid(value)", params: "v", gives: boolean,
		Help:     "True when the value is valid JSON.",
		Examples: []Example{{`if(json_valid("[1]"), 1, 2)`, "1"}, {`if(json_valid("[1"), 1, 2)`, "2"}},
		bind: of1(func(v Value) Value {
			_, ok := parseJSON(v.String())
			return Truth(ok)
		}),
	},
	{
		Name: "json_extract", Kind: jsonFunction, Syntax: "json_extract(json[, path, ...])", params: "s?s+", gives: mayField,
		Help:     "The value at a path, as an array for {} and for several paths; JSON's null is null.",
		Examples: []Example{{`json_extract("{\"a\": [{\"b\": 1}, {\"b\": \"x\"}]}", "a{1}.b")`, "x"}, {`json_extract("{\"a\": [1, 2], \"b\": null}", "a{}", "b")`, "[[1,2],null]"}},
		bind:     strict(func(args []Value) Value { return extract(args, at) }),
	},
	{
		Name: "json_extract_exact", Kind: jsonFunction, Syntax: "json_extract_exact(json[, key, ...])", params: "s?s+", gives: mayField,
		Help:     "The value of a key, which may hold dots, as an array for several keys.",
		Examples: []Example{{`json_extract_exact("{\"a.b\": 1}", "a.b")`, "1"}},
		bind:     strict(func(args []Value) Value { return extract(args, atKey) }),
	},
	{
		Name: "json_keys", Kind: jsonFunction, Syntax: "json_keys(json)", params: "s", gives: mayString | mayNull,
		Help:     "The keys of an object as a JSON array.",
		Examples: []Example{{`json_keys("{\"a\": 1, \"b\": 2}")`, `["a","b"]`}},
		bind: ofObject(func(n *jsonNode) *jsonNode {
			out := &jsonNode{kind: '['}
			for _, key := range n.keys {
				out.items = append(out.items, jsonString(key))
			}
			return out
		}),
	},
	{
		Name: "json_entries", Kind: jsonFunction, Syntax: "json_entries(json)", params: "s", gives: mayString | mayNull,
		Help:     "The keys and values of an object as a JSON array of objects.",
		Examples: []Example{{`json_entries("{\"a\": 1, \"b\": 2}")`, `[{"key":"a","value":1},{"key":"b","value":2}]`}},
		bind: ofObject(func(n *jsonNode) *jsonNode {
			out := &jsonNode{kind: '['}
			for i, key := range n.keys {
				out.items = append(out.items, &jsonNode{kind: '{', keys: []string{"key", "value"}, items: []*jsonNode{jsonString(key), n.items[i]}})
			}
			return out
		}),
	},
	{
		Name: "json_set", Kind: jsonFunction, Syntax: "json_set(json, path, value, ...)", params: "ssv&sv+", gives: mayString | mayNull,
		Help:     "The JSON with a value set at each path; missing keys are made, a path that does not fit is skipped.",
		Examples: []Example{{`json_set("{\"a\": {}}", "a.b", 1, "c", "x")`, `{"a":{"b":1},"c":"x"}`}},
		bind:     edit(true, at, func(_, v *jsonNode) *jsonNode { return v }),
	},
	{
		Name: "json_set_exact", Kind: jsonFunction, Syntax: "json_set_exact(json, key, value, ...)", params: "ssv&sv+", gives: mayString | mayNull,
		Help:     "The JSON with a value set under each key, which may hold dots.",
		Examples: []Example{{`json_set_exact("{}", "a.b", 1)`, `{"a.b":1}`}},
		bind:     edit(true, atKey, func(_, v *jsonNode) *jsonNode { return v }),
	},
	{
		Name: "json_append", Kind: jsonFunction, Syntax: "json_append(json, path, value, ...)", params: "ssv&sv+", gives: mayString | mayNull,
		Help:     "The JSON with a value added to the array at each path; what is no array becomes one first.",
		Examples: []Example{{`json_append("{\"a\": [1]}", "a", json_array(2, 3))`, `{"a":[1,[2,3]]}`}, {`json_append("{\"a\": 1}", "a", 2)`, `{"a":[1,2]}`}},
		bind: edit(false, at, func(old, v *jsonNode) *jsonNode {
			return &jsonNode{kind: '[', items: append(elements(old), v)}
		}),
	},
	{
		Name: "json_extend", Kind: jsonFunction, Syntax: "json_extend(json, path, value, ...)", params: "ssv&sv+", gives: mayString | mayNull,
		Help:     "As json_append, but an array is added element by element.",
		Examples: []Example{{`json_extend("{\"a\": [1]}", "a", json_array(2, 3))`, `{"a":[1,2,3]}`}},
		bind: edit(false, at, func(old, v *jsonNode) *jsonNode {
			return &jsonNode{kind: '[', items: append(elements(old), elements(v)...)}
		}),
	},
	{
		Name: "json_delete", Kind: jsonFunction, Syntax: "json_delete(json, key, ...)", params: "ss+", gives: mayString | mayNull,
		Help:     "The JSON without the keys, nested by dots.",
		Examples: []Example{{`json_delete("{\"a\": {\"b\": 1, \"c\": 2}}", "a.b")`, `{"a":{"c":2}}`}},
		bind:     strict(jsonDelete),
	},
	{
		Name: "json_array_to_mv", Kind: jsonFunction, Syntax: "json_array_to_mv(array[, keepquotes])", params: "s?b", gives: mayField,
		Help:     "The elements of a JSON array as a multivalue, texts without their quotes unless told otherwise.",
		Examples: []Example{{`mvjoin(json_array_to_mv("[\"a\", 1]"), " ")`, "a 1"}, {`json_array_to_mv("x")`, "null"}},
		bind:     strict(func(args []Value) Value { return arrayToMulti(args[0], len(args) > 1 && args[1].IsTrue()) }),
	},
	{
		Name: "json_has_key_exact", Aliases: []string{"json_has_key"}, Kind: jsonFunction, Syntax: "json_has_key_exact(json, key)", params: "ss", gives: boolean,
		Help:     "True when the object has the key.",
		Examples: []Example{{`if(json_has_key_exact("{\"a.b\": 1}", "a.b"), 1, 2)`, "1"}},
		bind: of2(func(v, key Value) Value {
			n, ok := container(v.String())
			return Truth(ok && n.key(key.String()) >= 0)
		}),
	},
}

func jsonObject(args []Value) Value {
	n := &jsonNode{kind: '{'}
	for i := 0; i < len(args); i += 2 {
		if args[i].kind == Null {
			return Value{}
		}
		n.set(args[i].String(), jsonOf(args[i+1]))
	}
	return jsonText(n)
}

// A place reads what says where in a JSON value: a path, or a key.
type place func(string) ([]PathStep, bool)

func at(path string) ([]PathStep, bool)   { return jsonPath(path) }
func atKey(key string) ([]PathStep, bool) { return []PathStep{{Key: key}}, true }

func extract(args []Value, where place) Value {
	n, ok := parseJSON(args[0].String())
	if !ok {
		return Value{}
	}
	if len(args) == 1 {
		return n.native()
	}
	var out []*jsonNode
	for _, path := range args[1:] {
		x := jsonNull
		if steps, ok := where(path.String()); ok {
			x = found(n, steps)
		}
		out = append(out, x)
	}
	if len(out) == 1 {
		return out[0].native()
	}
	return jsonText(&jsonNode{kind: '[', items: out})
}

// found is what stands at a path: an array when it may be several values.
func found(n *jsonNode, path []PathStep) *jsonNode {
	list, one := n.find(path)
	switch {
	case len(list) == 0:
		return jsonNull
	case one:
		return list[0]
	}
	return &jsonNode{kind: '[', items: list}
}

// ofObject is a function of a JSON object; null for anything else.
func ofObject(f func(*jsonNode) *jsonNode) func(*site) node {
	return of1(func(v Value) Value {
		n, ok := container(v.String())
		if !ok || n.kind != '{' {
			return Value{}
		}
		return jsonText(f(n))
	})
}

// edit is a function that changes values in a JSON value, place after place.
func edit(create bool, where place, change func(old, v *jsonNode) *jsonNode) func(*site) node {
	return ofAll(func(args []Value) Value {
		if args[0].kind == Null {
			return Value{}
		}
		n, ok := container(args[0].String())
		if !ok {
			return Value{}
		}
		for i := 1; i < len(args); i += 2 {
			steps, ok := where(args[i].String())
			if !ok {
				continue
			}
			v := jsonOf(args[i+1])
			n.update(steps, create, func(old *jsonNode) *jsonNode { return change(old, v.clone()) })
		}
		return jsonText(n)
	})
}

// elements is those of an array; another value is one.
func elements(n *jsonNode) []*jsonNode {
	if n.kind == '[' {
		return slices.Clone(n.items)
	}
	return []*jsonNode{n}
}

func jsonDelete(args []Value) Value {
	n, ok := container(args[0].String())
	if !ok {
		return Value{}
	}
	for _, key := range args[1:] {
		steps, ok := jsonPath(key.String())
		if !ok || slices.ContainsFunc(steps, func(s PathStep) bool { return s.Array }) {
			continue
		}
		last := steps[len(steps)-1].Key
		parents, _ := n.find(steps[:len(steps)-1])
		for _, parent := range parents {
			if i := parent.key(last); i >= 0 {
				parent.remove(i)
			}
		}
	}
	return jsonText(n)
}

// jsonIf is the text of a value that is JSON of the kind, else null.
func jsonIf(v Value, kind byte) Value {
	if v.kind != String {
		return Value{}
	}
	n, ok := container(v.text)
	if !ok || byte(n.kind) != kind {
		return Value{}
	}
	return jsonText(n)
}

// arrayToMulti is the elements of a JSON array; null for anything else.
func arrayToMulti(v Value, quotes bool) Value {
	n, ok := container(v.String())
	if !ok || n.kind != '[' {
		return Value{}
	}
	var out []string
	for _, x := range n.items {
		if quotes {
			out = append(out, string(x.append(nil)))
			continue
		}
		out = append(out, x.spathText())
	}
	return FieldValues(out)
}

// mvToJSON is mv_to_json_array.
func mvToJSON(args []Value) Value {
	n := &jsonNode{kind: '['}
	infer := len(args) > 1 && args[1].IsTrue()
	for _, s := range args[0].Values() {
		x := jsonString(s)
		if infer {
			var ok bool
			if x, ok = parseJSON(s); !ok {
				x = jsonNull
			}
		}
		n.items = append(n.items, x)
	}
	return jsonText(n)
}
