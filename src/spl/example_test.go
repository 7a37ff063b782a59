package spl_test

import (
	"fmt"

	"riskreplay/src/diag"
	"riskreplay/src/spl"
)

func Example() {
	find := func(name string, nargs int) (spl.Macro, bool) {
		return spl.Macro{Name: name, Args: []string{"field"}, Definition: "convert ctime($field$)"}, name == "ctime" && nargs == 1
	}
	text := &diag.Text{Name: "example.spl", Body: "index=main a=1 OR a=2 b=3 | `ctime(firstTime)` | stat count"}
	src, problems := spl.Expand(text, find)
	tree, more := spl.Parse(src)
	fmt.Println(spl.Format(tree))
	fmt.Println(append(problems, more...).Error())
	// Output:
	// index=main (a=1 OR a=2) b=3
	// | convert ctime(firstTime)
	// example.spl:1:50: unknown command "stat"
	//     index=main a=1 OR a=2 b=3 | `ctime(firstTime)` | stat count
	//                                                      ~~~~
	//     hint: did you mean "stats"?
}
