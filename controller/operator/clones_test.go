package operator

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/source/git/fetch"
)

// What no source names any more does not stay in the cache for ever, and is not looked for at each fetch.
func TestCacheIsTidied(t *testing.T) {
	cache := &cacheFolder{given: t.TempDir()}
	folder, err := cache.find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(folder, "00112233445566778899aabbccddeeff")
	find := func(want bool) {
		t.Helper()
		if _, err := cache.find(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(old); (err == nil) != want {
			t.Errorf("it is there: %v, want %v", err == nil, want)
		}
	}
	if err := os.Mkdir(old, 0o700); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-2 * fetch.Unused)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	find(true) // it was looked through a moment ago
	cache.tidied = time.Now().Add(-2 * tidyEvery)
	find(false)
}
