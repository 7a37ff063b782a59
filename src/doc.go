// Package src holds the law of imports alone: see deps_test.go.
package src
