package codeowners_test

import (
	"errors"
	"io/fs"
	"runtime"
	"testing"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/codeowners/codeownerstest"
)

const sharedCorpus = "../../../shared/corpus" // beside the checkout

// BenchmarkCompile parses and compiles 54,001 rules (3 MB), and reports what they hold in memory.
func BenchmarkCompile(b *testing.B) {
	text, _ := codeownerstest.Synthetic(1, 0)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	before := heap()
	m := codeowners.Parse(text).Compile()
	held := heap() - before
	for b.Loop() {
		m = codeowners.Parse(text).Compile()
	}
	b.ReportMetric(float64(held)/(1<<20), "MiB-held")
	runtime.KeepAlive(m)
}

// BenchmarkMatch is one path against 54,001 rules, in the order of the list, which is random.
func BenchmarkMatch(b *testing.B) {
	text, files := codeownerstest.Synthetic(1, 100_000)
	m := codeowners.Parse(text).Compile()
	m.Match(files[0])
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.Match(files[i%len(files)])
		i++
	}
}

// BenchmarkCorpus matches every file of a real repository.
func BenchmarkCorpus(b *testing.B) {
	corpora, err := codeownerstest.Corpora(sharedCorpus)
	if errors.Is(err, fs.ErrNotExist) {
		b.Skip("the corpora are not beside the checkout: ", err)
	}
	if err != nil {
		b.Fatal(err)
	}
	for _, corpus := range corpora {
		m := codeowners.Parse(corpus.CodeOwners).Compile()
		b.Run(corpus.Name+"/all", func(b *testing.B) {
			var matches []codeowners.Match
			for b.Loop() {
				matches = m.AppendMatches(matches[:0], corpus.Files)
			}
			b.ReportMetric(float64(len(corpus.Files)), "files")
		})
		b.Run(corpus.Name+"/each", func(b *testing.B) {
			for b.Loop() {
				for _, file := range corpus.Files {
					m.Match(file)
				}
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
