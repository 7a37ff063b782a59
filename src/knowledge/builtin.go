package knowledge

import (
	"embed"
	"io/fs"

	"riskreplay/src/conf"
)

// builtinFiles is the built-in knowledge: an app in Splunk's own formats.
//
//go:embed all:builtin
var builtinFiles embed.FS

// BuiltinApp is the id of the built-in knowledge among the apps, in messages.
const BuiltinApp = "builtin"

// builtin is the built-in knowledge as an app that exports everything.
func builtin() conf.App {
	root, err := fs.Sub(builtinFiles, "builtin")
	if err != nil {
		panic(err) // the name is a constant
	}
	return conf.App{ID: BuiltinApp, FS: root}
}
