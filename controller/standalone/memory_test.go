package standalone

import (
	"runtime"
	"testing"
)

func TestGiveBack(t *testing.T) {
	const much = 256 << 20
	taken := make([]byte, much)
	for i := 0; i < much; i += 4096 {
		taken[i] = 1 // so that the system gives the page
	}
	runtime.KeepAlive(taken)
	before := held()
	var m memory
	if m.giveBack(); held() > before-much/2 {
		t.Errorf("of %d bytes that nothing needs %d are held still", before, held())
	}
	kept := m.kept
	if m.giveBack(); kept == 0 || m.kept != kept {
		t.Errorf("memory was given back again although no more of it was taken: %d, then %d", kept, m.kept)
	}
}
