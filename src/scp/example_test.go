package scp_test

import (
	"bytes"

	"riskreplay/src/diag"
	"riskreplay/src/scp"
)

// shoutCommand is the example of the package's documentation.
var shoutCommand = scp.Command{
	Name:    "shout",
	Short:   "Writes a field in capitals.",
	Options: []scp.Option{{Name: "field", Value: "<field>", Help: "The field to read."}},
	Setup: func(_ *scp.Info, args *scp.Args) (scp.Plan, diag.List) {
		field, ok := args.Get("field")
		if !ok {
			return scp.Plan{}, diag.List{{Text: "Missing field. Use field=<field>."}}
		}
		return scp.Plan{Streaming: shout{field}, Fields: []string{field}}, nil
	},
}

type shout struct{ field string }

func (s shout) Process(in *scp.Rows, out *scp.Writer) error {
	field, loud := in.Column(s.field), out.Field("loud")
	for in.Next() {
		out.Copy(in)
		if v := in.Value(field); v != nil {
			out.SetBytes(loud, bytes.ToUpper(v))
		}
	}
	return nil
}
