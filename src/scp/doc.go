// Package scp is Splunk's search command protocol, version 2, both sides: the
// commands that splunkd starts, as small interfaces, and the host that starts
// them as splunkd does. It is the home of the CSV dialect with __mv_ columns.
//
// # A command
//
// A command is declared once: its options, and a Setup that checks one use of it
// and says how it will run. A streaming command that adds a field:
//
//	var Shout = scp.Command{
//		Name:    "shout",
//		Short:   "Writes a field in capitals.",
//		Options: []scp.Option{{Name: "field", Value: "<field>", Help: "The field to read."}},
//		Setup: func(info *scp.Info, args *scp.Args) (scp.Plan, diag.List) {
//			field, ok := args.Get("field")
//			if !ok {
//				return scp.Plan{}, diag.List{{Text: "Missing field. Use field=<field>."}}
//			}
//			return scp.Plan{Streaming: shout{field}, Fields: []string{field}}, nil
//		},
//	}
//
//	type shout struct{ field string }
//
//	func (s shout) Process(in *scp.Rows, out *scp.Writer) error {
//		field, loud := in.Column(s.field), out.Field("loud")
//		for in.Next() {
//			out.Copy(in)
//			if v := in.Value(field); v != nil {
//				out.SetBytes(loud, bytes.ToUpper(v))
//			}
//		}
//		return nil
//	}
//
// and its program is
//
//	func main() { os.Exit(scp.Main(Shout, time.Now)) }
//
// # Rows
//
// A row is a view into what was received: Rows.Value is the bytes between two
// commas, Writer.Copy the bytes between two line ends. Nothing is copied that a
// command does not ask for, and nothing is changed on the way: CR, CRLF, NUL and
// invalid UTF-8 come out as they went in.
//
//	out.Copy(in)                     // the row, unchanged
//	out.Copy(in); out.Set(f, "x")    // and a field appended, or one of its own replaced
//	out.Copy(in); ...; out.Copy(in)  // two rows for one
//	                                 // no Copy: the row is dropped
//	out.New(); out.Set(f, "x")       // a row of the command's own
//	out.SetValues(f, "a", "b")       // a field with several values
//	out.SetColumn(f, in, column)     // the value, or values, of another field
//
// Fields may be declared late: rows written before have null there. A chunk is
// handed over in parts of some hundred rows while it arrives, and the parts of a
// Streaming command's chunk are treated on several processors; what they write
// is put together in order, and its size is known before its first byte is
// written, as the protocol wants it.
//
// # Fields
//
// A Streaming or Stateful command that names the fields it reads (Plan.Fields)
// gets only those and _chunked_idx, and splunkd merges what it returns into its
// own rows: the less crosses the pipe, the faster. Copy carries the number along.
// Such a command may change and drop rows, but return none twice and make none;
// one that must do so asks for "*".
//
// # Null, empty, list
//
// In the CSV, and so in Rows and Writer:
//
//	,,            null: no value         Value is nil, Values has none
//	,"",          an empty text          Value is empty, Values has one
//	,a,           a text                 Values has one
//	,"a\nb", and "$a$;$b$" in __mv_      Values has two; Value joins them by LF
//
// splunkd itself writes an empty text as null. Two limits of CSV: a row of one
// column that is null is written as an empty text, since an empty line is no row;
// and a field cannot be told from the __mv_ column of another by its name.
//
// # What goes wrong
//
// A command's error, a row that cannot be read, a chunk that is none: each is one
// text for the user of the search ("Error in 'shout' command: ..."), without any
// row of the chunk, and exit code 0, since splunkd would add a second message for
// another. Only a stream that ends inside a chunk gives 1. A stream that ends
// between chunks, or a reply that nobody reads, is a search that was ended early:
// the program leaves quietly. A panic is an error with an id, under which
// $SPLUNK_HOME/var/log/splunk/NAME.log has the stack.
//
// # The host
//
// Start runs any command that an app declares with chunked = true, as splunkd
// does: getinfo, then one reply for each chunk of rows.
//
//	c, err := scp.Start(ctx, path, nil, info, scp.HostOptions{})
//	defer c.Close()
//	reply, err := c.Execute(ctx, rows, true)
//
// Mock plays the same part for a command in the same process, for tests.
package scp
