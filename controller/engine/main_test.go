package engine

import (
	"flag"
	"maps"
	"os"
	"runtime/debug"
	"testing"
)

// usual is how properties are tried where nobody asks for something else. A case is several passes with all policies, so
// that there are few of them, and always the same: what a thousand others find is for whoever looks for it, with
// -rapid.seed=0 -rapid.checks=1000, and stands in TestUnknownCases then.
var usual = map[string]string{"rapid.checks": "20", "rapid.seed": "1"}

// garbage is how much of it, in percent of what is in use, is let be, as long as all takes no more bytes than enough. A pass
// makes far more than stays.
const garbage, enough = 400, 384 << 20

func TestMain(m *testing.M) {
	flag.Parse()
	settings := maps.Clone(usual)
	flag.Visit(func(f *flag.Flag) { delete(settings, f.Name) })
	for name, value := range settings {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
		debug.SetMemoryLimit(enough)
	}
	os.Exit(m.Run())
}
