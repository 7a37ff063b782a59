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
// # Null, empty, list
//
// In the CSV, and so in Rows and Writer:
//
//	,,            null: no value         Value is nil, Values has none
//	,"",          an empty text          Value is empty, Values has one
//	,a,           a text                 Values has one
//	,"a\nb", and "$a$;$b$" in __mv_      Values has two; Value joins them by LF
//
// splunkd itself writes an empty text as null.
package scp
