package standalone

import (
	"os"
	"runtime"
	"runtime/debug"
)

// garbagePercent is how much garbage a process that keeps running may hold, in percent of what it needs, before it is
// collected: half of Go's own default. The first pass makes many times as much garbage as it leaves facts, and takes a
// tenth longer for a peak that is a quarter lower (go -C bench run ./cmd/engine, with GOGC set). Whoever sets GOGC decides.
const garbagePercent = 50

// memory keeps down what a process holds that keeps running.
type memory struct {
	// kept is how many bytes it held when some were given back last.
	kept uint64
}

// limit sets how much garbage there may be.
func (*memory) limit() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
}

// giveBack returns memory to the system that a pass took and nothing needs until the next, where that is half as much as is
// kept: after the first pass it mostly is, since those after it look at what has changed only.
func (m *memory) giveBack() {
	if held() <= m.kept*3/2 {
		return
	}
	debug.FreeOSMemory()
	m.kept = held()
}

// held are the bytes of the heap that the system has given and not got back.
func held() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapSys - stats.HeapReleased
}
