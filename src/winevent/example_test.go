package winevent_test

import (
	"fmt"

	"riskreplay/src/winevent"
)

const raw = `<Event><System><Provider Name='Sysmon'/><EventID Qualifiers='0'>1</EventID><Computer>pc1</Computer></System>` +
	`<EventData><Data Name='Image'>C:\a&amp;b.exe</Data><Data>unnamed</Data></EventData></Event>`

func ExampleEach() {
	winevent.Each([]byte(raw), func(name, value []byte) {
		if len(value) < 30 { // not the blocks
			fmt.Printf("%s = %s\n", name, value)
		}
	})
	// Output:
	// EventCode = 1
	// Computer = pc1
	// Name = 'Sysmon'
	// Qualifiers = '0'
	// Image = C:\a&amp;b.exe
}

func ExampleFields_Extract() {
	wanted := winevent.NewFields("Image", "EventCode")
	wanted.Extract([]byte(raw), func(field int, value []byte) {
		fmt.Println(field, string(value))
	})
	// Output:
	// 1 1
	// 0 C:\a&amp;b.exe
}
