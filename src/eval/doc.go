// Package eval is both of Splunk's expression languages, compiled.
//
// A Predicate is a condition of search and of WHERE in tstats: literal right
// sides, `*` wildcards, case ignored, OR binding tighter than AND.
//
//	process_name="regsvcs*" OR process_name=regasm.exe NOT user=system
//
// An Expr is an expression of eval and where: fields on both sides, functions,
// case respected, numbers with their precision, null as a third truth value.
//
//	if(like(lower(name), "reg%"), round(size/1024, 1)." KiB", null())
//
// Both are compiled once, are immutable, and may be used by many goroutines.
// Both read columns: what depends on one field is computed once per distinct
// value of it, what depends on several once per distinct tuple, never once per
// row. What they see besides the row is in Env, and nothing else.
package eval
