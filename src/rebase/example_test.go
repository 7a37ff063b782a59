package rebase_test

import (
	"fmt"

	"riskreplay/src/event"
	"riskreplay/src/rebase"
)

func Example() {
	options := rebase.Options{
		Shift: rebase.Shift{Delta: 25 * 3600e9},
		Rekey: &rebase.Rekey{Suffix: "-r2"},
	}
	there, _ := rebase.New(options)
	back, _ := rebase.New(options.Inverse())
	e := event.Event{Raw: []byte(`Jan 31 23:41:39 ws-1 {"time":1769902899123,"ComputerName":"ws-1.corp.example","built":"2026-01-15"}`), Time: 1769902899e9}
	fmt.Println(there.Event(&e), "left in", string(e.Raw))
	fmt.Println(back.Event(&e), "left in", string(e.Raw))
	// Output:
	// 1 left in Feb  2 00:41:39 ws-1-r2 {"time":1769992899123,"ComputerName":"ws-1-r2.corp.example","built":"2026-01-15"}
	// 1 left in Jan 31 23:41:39 ws-1 {"time":1769902899123,"ComputerName":"ws-1.corp.example","built":"2026-01-15"}
}
