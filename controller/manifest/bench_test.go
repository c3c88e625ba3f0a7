package manifest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// BenchmarkLoad loads 10,000 areas, once as a file for each and once as a single file.
func BenchmarkLoad(b *testing.B) {
	const areas = 10_000
	cases := map[string]int{"FileEach": 1, "HundredFiles": areas / 100, "TwoFiles": areas / 2}
	for name, perFile := range cases {
		b.Run(name, func(b *testing.B) {
			dir := b.TempDir()
			writeAreas(b, dir, areas, perFile)
			b.ReportAllocs()
			for b.Loop() {
				loadAreas(b, newLoader(b), dir, areas)
			}
		})
	}
	b.Run("Unchanged", func(b *testing.B) {
		dir := b.TempDir()
		writeAreas(b, dir, areas, 1)
		loader := newLoader(b)
		loadAreas(b, loader, dir, areas)
		b.ReportAllocs()
		for b.Loop() {
			loadAreas(b, loader, dir, areas)
		}
	})
}

// BenchmarkHeld reports the memory that 10,000 loaded areas hold.
func BenchmarkHeld(b *testing.B) {
	const areas = 10_000
	dir := b.TempDir()
	writeAreas(b, dir, areas, 100)
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	for b.Loop() {
		before := heap()
		set := loadAreas(b, newLoader(b), dir, areas)
		b.ReportMetric(float64(heap()-before)/areas, "B/area")
		runtime.KeepAlive(set)
	}
}

func newLoader(t testing.TB) *Loader {
	t.Helper()
	loader, err := NewLoader()
	if err != nil {
		t.Fatal(err)
	}
	return loader
}

func loadAreas(b *testing.B, loader *Loader, dir string, want int) *Set {
	b.Helper()
	set, problems, err := loader.Load(dir)
	if err != nil || len(problems) > 0 || len(set.Areas) != want {
		b.Fatalf("%d areas, problems %v, error %v", len(set.Areas), problems, err)
	}
	return set
}

// BenchmarkFirst is what a small folder costs: mostly the compiling of one kind's schema and rules.
func BenchmarkFirst(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "area.yaml"), []byte(areaText(0)), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, problems, err := Load(dir); err != nil || len(problems) > 0 {
			b.Fatal(problems, err)
		}
	}
}

func writeAreas(b *testing.B, dir string, areas, perFile int) {
	b.Helper()
	for first := 0; first < areas; first += perFile {
		var text strings.Builder
		for i := first; i < first+perFile; i++ {
			text.WriteString(areaText(i))
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("area-%05d.yaml", first)), []byte(text.String()), 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

func areaText(i int) string {
	parent := ""
	if i > 0 {
		parent = fmt.Sprintf("\n  parent: area-%d", (i-1)/10)
	}
	return fmt.Sprintf(`---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata:
  name: area-%d
  labels: {part: "%d"}
spec:
  description: The part number %d of the organisation.
  tier: gold%s
  scope:
    repositories:
      - name: acme/repository-%d
        paths: [/cmd/, /internal/payments/, "*.proto"]
  roles:
    - role: accountable
      holders: [team:acme/team-%d]
    - role: approver
      holders: [team:acme/team-%d, user:user-%d]
    - role: deputy
      holders: [user:user-%d]
`, i, i%7, i, parent, i%1000, i%300, i%300, i%2000, i%1999)
}
