package modinput_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"riskreplay/src/clock"
	"riskreplay/src/event"
	"riskreplay/src/modinput"
)

// tickInput is the example of the package's documentation.
var tickInput = modinput.Input{
	Scheme: modinput.Scheme{
		Name:  "tick",
		Title: "Tick",
		Args:  []modinput.Arg{{Name: "count", Type: modinput.Number, RequiredOnCreate: true}},
	},
	Validate: func(_ context.Context, c *modinput.Config) error {
		_, err := strconv.Atoi(c.Stanzas[0].Get("count"))
		return err
	},
	Run: func(_ context.Context, s *modinput.Session) error {
		n, _ := strconv.Atoi(s.Config.Stanzas[0].Get("count"))
		for i := range n {
			e := modinput.Event{Event: event.Event{Raw: []byte("tick " + strconv.Itoa(i))}}
			if err := s.Events.Write(&e); err != nil {
				return err
			}
		}
		return nil
	},
}

func Example() {
	p := modinput.Program{
		Input: tickInput,
		In: strings.NewReader(`<input><server_host>tiny</server_host><configuration>
			<stanza name="tick://a"><param name="count">2</param></stanza></configuration></input>`),
		Out: os.Stdout, Stderr: os.Stderr, Clock: clock.Real{},
	}
	fmt.Println("exit", p.Main())
	// Output:
	// <stream>
	// <event><data>tick 0</data></event>
	// <event><data>tick 1</data></event>
	// </stream>
	// exit 0
}

func ExampleReader() {
	var out bytes.Buffer
	w := modinput.NewWriter(&out, clock.Fixed(time.Unix(0, 0)), modinput.WriterOptions{})
	_ = w.Write(&modinput.Event{Event: event.Event{Raw: []byte("a < b"), Time: 1768478400_500_000_000}})
	_ = w.Close(context.Background())
	r := modinput.NewReader(&out)
	for e, err := r.Next(); err == nil; e, err = r.Next() {
		fmt.Println(e.Time, string(e.Raw))
	}
	// Output:
	// 1768478400.5 a < b
}
