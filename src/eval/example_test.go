package eval_test

import (
	"fmt"

	"riskreplay/src/batch"
	"riskreplay/src/diag"
	"riskreplay/src/eval"
	"riskreplay/src/spl"
)

func ExamplePredicate() {
	source := spl.Plain(&diag.Text{Name: "<search>", Body: `process_name="regsvcs*" NOT user=system`})
	condition, _ := spl.ParsePredicate(source)
	p, _ := eval.CompilePredicate(condition, &spl.Stage{Source: source}, eval.Env{})

	rows := batch.New(3)
	rows.Set("process_name", batch.Texts("RegSvcs.exe", "cmd.exe", "regsvcs.exe"))
	rows.Set("user", batch.Texts("bob", "bob", "SYSTEM"))
	fmt.Println(p.Fields(), p.Select(eval.Of(rows), batch.AllRows(3)))
	// Output: [process_name user] [0]
}

func ExampleExpr() {
	source := spl.Plain(&diag.Text{Name: "<search>", Body: `round(bytes/1024, 1)." KiB"`})
	tree, _ := spl.ParseExpr(source)
	x, _ := eval.Compile(tree, &spl.Stage{Source: source}, eval.Env{})

	rows := batch.New(2)
	rows.Set("bytes", batch.Texts("1536", "many"))
	column := x.Column(eval.Of(rows), batch.AllRows(2), 2)
	fmt.Println(column.Text(0), column.IsNull(1))
	// Output: 1.5 KiB true
}
