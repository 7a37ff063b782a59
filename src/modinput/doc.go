// Package modinput is Splunk's modular inputs, both sides: the programs that
// splunkd starts to get events from, and the host that starts them as splunkd
// does.
//
// # An input
//
// An input is declared once: its scheme, a check of one configuration, and what
// gives the events.
//
//	var Tick = modinput.Input{
//		Scheme: modinput.Scheme{
//			Name:  "tick",
//			Title: "Tick",
//			Args:  []modinput.Arg{{Name: "count", Type: modinput.Number, RequiredOnCreate: true}},
//		},
//		Validate: func(ctx context.Context, c *modinput.Config) error {
//			_, err := strconv.Atoi(c.Stanzas[0].Get("count"))
//			return err
//		},
//		Run: func(ctx context.Context, s *modinput.Session) error {
//			n, _ := strconv.Atoi(s.Config.Stanzas[0].Get("count"))
//			for i := range n {
//				e := modinput.Event{Event: event.Event{Raw: []byte("tick " + strconv.Itoa(i))}}
//				if err := s.Events.Write(&e); err != nil {
//					return err
//				}
//			}
//			return nil
//		},
//	}
//
// and its program is
//
//	func main() { os.Exit(modinput.Main(Tick, clock.Real{})) }
//
// It answers `--scheme` without touching anything, `--validate-arguments` with
// an exit code and `<error><message>`, and runs when it is given the XML of a
// run. SIGTERM, SIGINT, a closed standard output and a parent that is gone end
// the context of Run; the stream is closed properly and the program left within
// two seconds, whatever Run does.
//
// # What was indexed
//
// Nobody acknowledges what is written to a pipe. Writer.Mark names what was
// written so far, and WriterOptions.Settled is told of a mark when the reader
// has taken it, and half a pipe's worth after it, or five seconds ago. What has
// not settled is a pipe's worth at most: Write waits for a reader that is so far
// behind, where the system (Linux) tells what it has taken. A checkpoint
// that follows it loses nothing, and repeats at most one pipe's worth.
//
// # A host
//
//	r, err := modinput.Start(ctx, modinput.Executable{Path: path}, "tick", config, modinput.HostOptions{
//		Clock: clock.Real{},
//		Event: func(e modinput.Event) error { return sink(e.Event) },
//	})
//	if err != nil {
//		return err          // the scheme, a parameter, or the input's own refusal
//	}
//	return r.Wait()
//
// It works for anybody's input: shell and Python scripts, single and several
// instances, streams of XML and of plain text.
package modinput
