//go:build race

package cli

// slowed: programs under the race detector take several times as long.
const slowed = true
