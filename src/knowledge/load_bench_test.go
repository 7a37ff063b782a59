package knowledge_test

import "testing"

func BenchmarkLoadBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		load(b)
	}
}
