package server

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// matching is the entries that the parameter search asks for: words that all must
// hold, each KEY=VALUE, KEY!=VALUE or a text that stands somewhere in the entry; * is
// a wildcard, and case has no meaning.
func (c *call) matching(entries []entry) []entry {
	words := splitWords(c.form.Get("search"))
	if len(words) == 0 {
		return entries
	}
	var out []entry
	for _, e := range entries {
		if !slices.ContainsFunc(words, func(word string) bool { return !e.holds(word) }) {
			out = append(out, e)
		}
	}
	return out
}

// splitWords splits a text at blanks outside of double quotes, which are cut.
func splitWords(text string) []string {
	var out []string
	var word strings.Builder
	quoted, any := false, false
	end := func() {
		if any {
			out = append(out, word.String())
		}
		word.Reset()
		any = false
	}
	for _, r := range text {
		switch {
		case r == '"':
			quoted, any = !quoted, true
		case (r == ' ' || r == '\t' || r == '\n') && !quoted:
			end()
		default:
			word.WriteRune(r)
			any = true
		}
	}
	end()
	return slices.DeleteFunc(out, func(word string) bool { return word == "AND" || word == "search" || word == "" })
}

// holds tells whether a word of a search fits an entry.
func (e *entry) holds(word string) bool {
	if key, value, ok := strings.Cut(word, "="); ok {
		key, not := strings.CutSuffix(key, "!")
		return wildcard(value, e.text(key)) != not
	}
	word = "*" + word + "*"
	if wildcard(word, e.name) {
		return true
	}
	for _, value := range e.content {
		if wildcard(word, plainText(value)) {
			return true
		}
	}
	return false
}

// text is a setting as text; name and title are what the entry is called.
func (e *entry) text(key string) string {
	switch key {
	case "name", "title":
		return e.name
	case "eai:acl.app":
		return e.acl.content()["app"].(string)
	case "eai:acl.owner":
		return e.acl.content()["owner"].(string)
	}
	return plainText(e.content[key])
}

// wildcard tells whether a text fits a pattern in which * is any text; case has no
// meaning. Its time is bounded by the product of the lengths.
func wildcard(pattern, text string) bool {
	pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	star, mark, p, t := -1, 0, 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && pattern[p] == text[t]:
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// sorted is the entries as sort_key, sort_dir and sort_mode ask for; without a key in
// the order in which they came.
func (c *call) sorted(entries []entry) []entry {
	key := c.form.Get("sort_key")
	if key == "" && c.form.Get("sort_dir") == "" {
		return entries
	}
	key = cmp.Or(key, "name")
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b entry) int {
		n := compareTexts(a.text(key), b.text(key), c.form.Get("sort_mode"))
		if c.form.Get("sort_dir") == "desc" {
			return -n
		}
		return n
	})
	return entries
}

// compareTexts compares as numbers, as texts, or (auto) as numbers where both are.
func compareTexts(a, b, mode string) int {
	if mode != "alpha" && mode != "alpha_case" {
		x, errX := strconv.ParseFloat(a, 64)
		y, errY := strconv.ParseFloat(b, 64)
		if errX == nil && errY == nil {
			return cmp.Compare(x, y)
		}
	}
	if mode == "alpha_case" {
		return cmp.Compare(a, b)
	}
	return cmp.Compare(strings.ToLower(a), strings.ToLower(b))
}
