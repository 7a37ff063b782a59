//go:build !race

package cli

const slowed = false
