package spl

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"riskreplay/src/diag"
)

// realistic are the searches of testdata/searches.txtar and its macros.
func realistic(t testing.TB) ([]*diag.Text, Macros) {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/searches.txtar")
	require.NoError(t, err)
	var list []*diag.Text
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, ".spl"); ok {
			list = append(list, &diag.Text{Name: name, Body: string(f.Data)})
		}
	}
	return list, *definitions(archive)
}

// BenchmarkParse expands and parses every realistic search; p99-us is the
// slowest of a hundred.
func BenchmarkParse(b *testing.B) {
	list, macros := realistic(b)
	size := 0
	for _, text := range list {
		size += len(text.Body)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	var took []time.Duration
	for b.Loop() {
		for _, text := range list {
			start := time.Now()
			src, problems := macros.Expand(text)
			_, more := Parse(src)
			took = append(took, time.Since(start))
			if problems.HasErrors() || more.HasErrors() {
				b.Fatal(text.Name, problems, more)
			}
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-us")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-us")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list))/1000, "us/search")
}

func BenchmarkPrint(b *testing.B) {
	list, macros := realistic(b)
	var trees []*Search
	for _, text := range list {
		src, _ := macros.Expand(text)
		tree, _ := Parse(src)
		trees = append(trees, tree)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, tree := range trees {
			_ = Print(tree)
		}
	}
}
