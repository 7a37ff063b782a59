// Package spl reads and writes Splunk's search language: macros expanded as
// text, text to a syntax tree, and the tree back to text.
//
//	src, problems := spl.Expand(text, find)   // `macros` and comments out, with a map back
//	tree, more := spl.Parse(src)              // every problem with its place
//	fmt.Println(spl.Print(tree))              // one line; parses to the same tree
//	fmt.Println(spl.Format(tree))             // one command a line
//
// It knows the shape of every command, not what it does: which arguments are
// options, fields, aggregates, conditions or sub-pipelines. A row of the table
// of forms says so for each command. Names of commands, options and aggregate
// functions are checked; those of eval's functions, fields, lookups and data
// models are not, for they depend on more than the text.
//
// What it promises:
//
//   - Nothing is taken for search text that is not: an unknown command is an
//     error with the nearest known name.
//   - A wrong stage does not hide the next one: Parse reports what it can find and
//     returns a tree of all that could be read.
//   - parse(print(parse(x))) is the same tree, places aside; so is
//     parse(format(parse(x))).
//   - It ends, on any input: texts are at most 1 MB after expansion, parentheses
//     200 deep, subsearches 8 deep, macros 100 deep.
//
// The two expression languages have opposite precedences (rules P1 and P2):
//
//	search a=1 OR b=2 c=3            (a=1 OR b=2) AND c=3
//	where  a=1 OR b=2 AND c=3        a=1 OR (b=2 AND c=3)
//
// A text that was not expanded parses too, for printing it as it was meant to be
// read: uses of macros stay as they are, as a stage, a word, a field or an
// argument, and comments stay with their stage.
package spl
