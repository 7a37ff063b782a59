package diag

import "strings"

// Nearest is the known name that a wrong one was most likely meant to be, or ""
// when none is near: at most a third of the letters may differ. Case is ignored.
func Nearest(name string, known []string) string {
	best, bestAt := "", max(len(name)/3, 1)+1
	low := strings.ToLower(name)
	for _, k := range known {
		if d := distance(low, strings.ToLower(k)); d < bestAt {
			best, bestAt = k, d
		}
	}
	return best
}

// DidYouMean is a hint with the nearest known name, or "".
func DidYouMean(name string, known []string) string {
	if near := Nearest(name, known); near != "" {
		return `did you mean "` + near + `"?`
	}
	return ""
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment).
func distance(a, b string) int {
	before, last, this := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		this[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			this[j] = min(last[j]+1, this[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				this[j] = min(this[j], before[j-2]+1)
			}
		}
		before, last, this = last, this, before
	}
	return last[len(b)]
}
