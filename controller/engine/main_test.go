package engine

import (
	"flag"
	"os"
	"testing"
)

// checks is how many cases a property is tried with where nobody asks for more with -rapid.checks: a case is several
// passes with all policies.
const checks = "20"

func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
